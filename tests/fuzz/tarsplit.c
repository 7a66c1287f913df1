/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any record, plain or compressed: read as a tar stream is, for its files, and for its size.
 *
 * Covers: core/image/tarsplit.c
 */
#include "image/tarsplit.h"
#include "fuzz.h"
#include "rootfs/tar.h"

#include <sys/mman.h>

/* Opens the input as a file in memory. NULL where it does not even begin well. */
static struct inflate *open_input(const uint8_t *bytes, size_t length)
{
  struct error err;
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || write(fd, bytes, length) != (ssize_t)length || lseek(fd, 0, SEEK_SET) != 0)
    abort();
  return inflate_open(fd, "fuzz", &err);
}

static int read_record(void *data, void *buffer, size_t length, size_t *got, struct error *err)
{
  return tarsplit_read(data, buffer, length, got, err);
}

static void read_as_stream(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  const struct tar_entry *entry;
  cleanup_inflate struct inflate *stream = open_input(bytes, length);
  if (stream == NULL)
    return;
  cleanup_tarsplit struct tarsplit *record = tarsplit_new(stream, "fuzz");
  const struct tar_source source = {.read = read_record, .data = record};
  cleanup_tar struct tar *tar = tar_new(&source);
  while (tar_next(tar, &entry, &err) == 1)
    if (entry->size > 0 && tarsplit_file(record, entry->size, &err) < 0)
      return;
}

static void read_files(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  struct tarsplit_file file;
  cleanup_inflate struct inflate *stream = open_input(bytes, length);
  if (stream == NULL)
    return;
  cleanup_tarsplit struct tarsplit *record = tarsplit_new(stream, "fuzz");
  while (tarsplit_next_file(record, &file, &err) == 1)
    if (file.size == 0 || strlen(file.name) > TARSPLIT_NAME_MAX)
      abort();
}

static void add_up(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  int64_t size = 0;
  cleanup_inflate struct inflate *stream = open_input(bytes, length);
  if (stream == NULL)
    return;
  cleanup_tarsplit struct tarsplit *record = tarsplit_new(stream, "fuzz");
  if (tarsplit_total(record, &size, &err) == 0 ? size < 0 : err.text[0] == '\0')
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  add_up(bytes, length);
  read_as_stream(bytes, length);
  read_files(bytes, length);
  return 0;
}
