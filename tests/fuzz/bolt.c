/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever stands in a bolt database, reading all of it ends, within its bounds. The checksums of
 * the meta pages are put right first: nothing behind them would be tried otherwise.
 *
 * Covers: core/image/bolt*.c
 */
#include "fuzz.h"

#include "image/bolt.h"

#include <sys/mman.h>

#define META 16        /* where it begins in its page */
#define META_SUMMED 56 /* bytes of it */
#define PAGE 4096

static int visit(const struct bolt_bucket *bucket, void *data, struct error *err)
{
  static const char *const keys[] = {"v1", "name", "id", "target", "", "default"};
  int *depth = data;
  if (*depth == 8)
    return 0;
  for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
    cleanup_free char *text = NULL;
    struct bolt_bucket found;
    uint64_t number;
    bolt_text(bucket, keys[i], &text, err);
    bolt_number(bucket, keys[i], &number, err);
    bolt_bucket(bucket, keys[i], &found, err);
  }
  ++*depth;
  int result = bolt_each_bucket(bucket, visit, data, err);
  --*depth;
  return result;
}

static int visit_root(const struct bolt_bucket *root, void *data, struct error *err)
{
  *(int *)data = 0;
  return visit(root, data, err);
}

static void put_checksum(char *meta)
{
  uint64_t sum = 0xcbf29ce484222325U;
  for (size_t i = 0; i < META_SUMMED; i++)
    sum = (sum ^ (unsigned char)meta[i]) * 0x100000001b3U;
  memcpy(meta + META_SUMMED, &sum, sizeof(sum));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  int depth;
  cleanup_close int fd = memfd_create("bolt", MFD_CLOEXEC);
  if (fd < 0 || length < 2UL * PAGE || ftruncate(fd, (off_t)length) < 0)
    return 0;
  char *file = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (file == MAP_FAILED)
    return 0;
  memcpy(file, bytes, length);
  put_checksum(file + META);
  put_checksum(file + PAGE + META);
  munmap(file, length);
  bolt_view(fd, "fuzz", visit_root, &depth, &err);
  return 0;
}
