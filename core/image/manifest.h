/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an image is made of: index -> manifest -> config -> layers (OCI image spec, and docker's
 * schema 2, which has the same members).
 *
 * The bytes come from where anybody may have written them: whoever parses them has compared their
 * digest first. They are read strictly all the same (common/json.h); members that are not known are
 * fine, as the specs ask.
 */
#ifndef CORE_IMAGE_MANIFEST_H
#define CORE_IMAGE_MANIFEST_H

#include "common/error.h"
#include "image/digest.h"

#define MANIFEST_SIZE_MAX (4UL * 1024 * 1024) /* bytes (distribution spec: registries' limit) */
#define IMAGE_CONFIG_SIZE_MAX (8UL * 1024 * 1024)
#define MANIFEST_ENTRIES_MAX 1024 /* of an index */
#define IMAGE_LAYERS_MAX 500      /* overlay takes fewer */

/* OCI image spec, descriptor.md */
struct descriptor {
  char *media_type; /* owned; "" where there is none */
  struct digest digest;
  int64_t size;                      /* bytes */
  char *os, *architecture, *variant; /* of an index's entry; owned; NULL: not said */
};

struct manifest {
  bool is_index;
  struct descriptor config;   /* of a manifest */
  struct descriptor *entries; /* owned; the layers of a manifest, the manifests of an index */
  size_t count;
};

/* `name` is for messages. */
int manifest_parse(const char *bytes, size_t length, const char *name, struct manifest *manifest,
                   struct error *err);
void manifest_free(struct manifest *manifest);

#define cleanup_manifest __attribute__((cleanup(manifest_free)))

/* Does the index list this manifest? */
bool manifest_lists(const struct manifest *index, const struct digest *digest);

struct image_config {
  struct digest *diff_ids; /* owned; of the layers uncompressed, the lowest first */
  size_t count;
};

int image_config_parse(const char *bytes, size_t length, const char *name,
                       struct image_config *config, struct error *err);
void image_config_free(struct image_config *config);

#define cleanup_image_config __attribute__((cleanup(image_config_free)))

/* The chain id of the lowest `count` layers (OCI image spec, config.md "Layer ChainID"); "" for 0.
 */
void image_chain_id(const struct image_config *config, size_t count, struct digest *chain);

/* Makes it the chain id of one layer more. */
void image_chain_add(struct digest *chain, const struct digest *diff_id);

#endif
