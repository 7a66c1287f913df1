/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docker's records of a container and its images (tests/fuzz/store.h).
 *
 * Covers: core/image/docker.c core/image/image.c core/image/state.c
 * Covers: core/image/manifest_make.c
 */
#include "records.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct fuzz_store store;
  store_make(&store, bytes, length);
  cleanup_free char *root = fuzz_path("docker"), *id = store_expand(&store, "$c");
  cleanup_free char *prefix = store_expand(&store, "sha256:$C");
  records_of_container(IMAGE_DOCKER, root, id);
  records_by_name(IMAGE_DOCKER, root, "team/app:1");
  records_by_name(IMAGE_DOCKER, root, prefix);
  if (strlen(prefix) > 12)
    prefix[12] = '\0';
  records_by_name(IMAGE_DOCKER, root, prefix);
  store_free(&store);
  return 0;
}
