/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed: a manifest or an index, and the name that it is signed under. */
#ifndef CORE_CTK_IMAGE_SUBJECT_H
#define CORE_CTK_IMAGE_SUBJECT_H

#include "ctk/image_find.h"
#include "image/reference.h"
#include "policy/store.h"

struct subject {
  struct digest digest; /* of what is signed */
  struct digest config; /* the image's id; "" for an index */
  char *bytes;          /* the manifest or index; owned */
  size_t length;
  char *name; /* the image's, in full; owned; NULL: none is known */
  bool made;  /* the engine has no manifest: this was made of what it has */
};

/*
 * The manifest of an image in an engine: as the engine has it, or the trust store (NULL: there is
 * none), or else made anew.
 */
int subject_of_image(const struct image_place *place, const struct store *store, const char *word,
                     struct subject *subject, struct error *err);

/* Where manifests can be read: an OCI layout, or a repository of a registry. */
struct manifest_source {
  /* The bytes are owned by the caller, their digest is not checked yet. -1 with errno ENOENT if it
     is not there. */
  int (*read)(const struct manifest_source *source, const struct digest *digest, char **bytes,
              size_t *length, struct error *err);
  const char *place;    /* the layout's folder, or the repository; borrowed */
  const void *registry; /* borrowed; NULL: it is a layout */
};

/* Puts it into the store and, if it is an index, the manifests that it lists for this machine, or
   all. The digests of what was kept are added to the list. Without a source (NULL) it is no
   index. */
int subject_keep(const struct subject *subject, const struct manifest_source *source, bool all,
                 struct store *store, struct digest_list *kept, struct error *err);

void subject_free(struct subject *subject);

#define cleanup_subject __attribute__((cleanup(subject_free)))

#endif
