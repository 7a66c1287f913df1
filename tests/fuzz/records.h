/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an engine's records say of a container, and of an image: either an error, or an image whose
 * parts hang together. The store's name says whose it is ("docker", "storage", "containerd").
 */
#ifndef TESTS_FUZZ_RECORDS_H
#define TESTS_FUZZ_RECORDS_H

#include "store.h"

#include "image/image.h"
#include "image/manifest_make.h"

#define RECORDS_BLOB_MAX 4096

/* The blobs are of their digests, or are not there, or an error says why. */
static inline void records_expect_blob(const struct image *image, const struct digest *digest)
{
  struct error err = {.text = ""};
  struct digest found;
  cleanup_free char *bytes = NULL;
  size_t length;
  if (image_blob(image, digest, RECORDS_BLOB_MAX, &bytes, &length, &err) < 0) {
    must(err.text[0] != '\0' && bytes == NULL);
    return;
  }
  hash_bytes(bytes, length, &found);
  must(digest_equal(&found, digest));
}

/* The manifest that is made of it is one of its config and its layers. */
static inline void records_expect_manifest(const struct image *image)
{
  struct error err = {.text = ""};
  cleanup_manifest struct manifest manifest = {.is_index = false};
  cleanup_free char *bytes = NULL;
  size_t length;
  if (manifest_make(image, &bytes, &length, &err) < 0) {
    must(err.text[0] != '\0');
    return;
  }
  must(manifest_parse(bytes, length, "made", &manifest, &err) == 0 && !manifest.is_index);
  must(digest_equal(&manifest.config.digest, &image->id) && manifest.count == image->layer_count);
}

static inline void records_expect_whole(const struct image *image, enum image_engine engine)
{
  must(image->engine == engine && digest_is_set(&image->id) && image->root[0] == '/');
  must(image->recorded != NULL && image->layer_count <= IMAGE_LAYERS_MAX);
  for (size_t i = 0; i < image->layer_count; i++) {
    const struct image_layer *layer = &image->layers[i];
    must(digest_is_set(&layer->diff_id) && (layer->folder == NULL || layer->folder[0] == '/'));
    must(layer->folder == NULL || strstr(layer->folder, "/../") == NULL);
    must(layer->kind != LAYER_BLOB || digest_is_set(&layer->blob));
  }
  records_expect_blob(image, &image->id);
  records_expect_manifest(image);
  for (size_t i = 0; i < image->manifest_count; i++)
    records_expect_blob(image, &image->manifests[i]);
}

static inline void records_by_name(enum image_engine engine, const char *root, const char *name)
{
  struct error err = {.text = ""};
  cleanup_image struct image image;
  if (image_by_name(engine, root, name, &image, &err) == 0)
    records_expect_whole(&image, engine);
  else
    must(err.text[0] != '\0');
}

/* Seeds have the container $c, mounted at ~/bundle/rootfs. */
static inline void records_of_container(enum image_engine engine, const char *root, const char *id)
{
  const char *const roots[] = {root, NULL};
  struct error err = {.text = ""};
  cleanup_free char *mountinfo = fuzz_path("mountinfo"), *bundle = fuzz_path("bundle");
  const struct image_container container = {
      .id = id, .bundle = bundle, .rootfs = "rootfs", .roots = roots, .mountinfo = mountinfo};
  cleanup_image struct image image;
  if (image_of_container(&container, &image, &err) < 0) {
    must(err.text[0] != '\0');
    return;
  }
  must(image.engine == engine && image.upper != NULL && image.rootfs != NULL);
  for (size_t i = 0; i < image.layer_count; i++)
    must(image.layers[i].folder != NULL);
  records_expect_whole(&image, engine);
}

#endif
