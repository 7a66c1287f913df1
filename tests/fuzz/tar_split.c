/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar-split, packed or not: zlib passes on what is no gzip.
 *
 * Covers: core/image/tar_split.c
 */
#include "fuzz.h"

#include "image/tar_split.h"

#include "common/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  int64_t size = 0;
  int fd = file_in_memory("fuzz");
  if (fd < 0 || file_write_all(fd, (const char *)bytes, length) < 0 || lseek(fd, 0, SEEK_SET) != 0)
    abort();
  int result = tar_split_size_of(fd, "fuzz", &size, &err);
  if (result == 0 ? size < 0 : err.text[0] == '\0')
    abort();
  return 0;
}
