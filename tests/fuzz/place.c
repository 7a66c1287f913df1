/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose an overlay's upperdir is (tests/fuzz/store.h): the file "rootfs" says where it is mounted,
 * the file "upper" which folder that is. The data roots docker, storage and containerd are
 * believed.
 *
 * Covers: core/image/place.c
 */
#include "store.h"

#include "image/place.h"

/* Owned by the caller. */
static char *content_of(const struct fuzz_store *store, const char *name)
{
  for (size_t i = 0; i < store->count; i++)
    if (text_equal(store->files[i].path, name))
      return store_expand(store, store->files[i].content);
  return xstrdup("");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct fuzz_store store;
  struct error err = {.text = ""};
  cleanup_placed struct placed placed = {.root = NULL};
  store_make(&store, bytes, length);
  cleanup_free char *rootfs = content_of(&store, "rootfs"), *upper = content_of(&store, "upper");
  cleanup_free char *docker = fuzz_path("docker"), *storage = fuzz_path("storage");
  cleanup_free char *containerd = fuzz_path("containerd");
  const char *const roots[] = {docker, storage, containerd, NULL};
  if (placed_find(rootfs, upper, roots, &placed, &err) < 0) {
    must(err.text[0] != '\0');
  } else {
    must(text_starts(placed.root, fuzz_folder) && text_starts(placed.home, placed.root));
    must(placed.layer[0] != '\0' && strchr(placed.layer, '/') == NULL);
  }
  store_free(&store);
  return 0;
}
