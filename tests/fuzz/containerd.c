/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd's databases and its content (tests/fuzz/store.h).
 *
 * Covers: core/image/containerd.c core/image/containerd_record.c core/image/content.c
 */
#include "records.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct fuzz_store store;
  store_make(&store, bytes, length);
  cleanup_free char *root = fuzz_path("containerd");
  cleanup_free char *by_digest = store_expand(&store, "sha256:$D");
  records_of_container(IMAGE_CONTAINERD, root, "app");
  records_by_name(IMAGE_CONTAINERD, root, "docker.io/team/app:1");
  records_by_name(IMAGE_CONTAINERD, root, "default/docker.io/team/app:1");
  records_by_name(IMAGE_CONTAINERD, root, by_digest);
  store_free(&store);
  return 0;
}
