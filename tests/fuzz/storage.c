/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of containers/storage (tests/fuzz/store.h), and the signatures that it keeps.
 *
 * Covers: core/image/storage.c core/image/storage_table.c core/policy/storage_signatures.c
 */
#include "records.h"

#include "policy/storage_signatures.h"

static void read_signatures(const struct fuzz_store *store, const char *root)
{
  struct error err = {.text = ""};
  cleanup_signature_blobs struct signature_blobs blobs = {.count = 0};
  const struct image image = {
      .engine = IMAGE_STORAGE, .root = (char *)(uintptr_t)root, .id = store->config};
  if (storage_signatures(&image, &store->manifest, &blobs, &err) < 0)
    must(err.text[0] != '\0');
  must(blobs.count <= SIGNATURES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct fuzz_store store;
  store_make(&store, bytes, length);
  cleanup_free char *root = fuzz_path("storage"), *id = store_expand(&store, "$c");
  cleanup_free char *by_id = store_expand(&store, "$C");
  cleanup_free char *by_digest = store_expand(&store, "sha256:$D");
  records_of_container(IMAGE_STORAGE, root, id);
  records_by_name(IMAGE_STORAGE, root, "app:1");
  records_by_name(IMAGE_STORAGE, root, by_id);
  records_by_name(IMAGE_STORAGE, root, by_digest);
  read_signatures(&store, root);
  store_free(&store);
  return 0;
}
