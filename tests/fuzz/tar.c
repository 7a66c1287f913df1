/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any tar stream: no path of an entry climbs out, and nothing is read past the end.
 *
 * Covers: core/rootfs/tar.c core/rootfs/tar_header.c core/rootfs/pax.c
 */
#include "fuzz.h"

#include "rootfs/tar.h"

#include <limits.h>

struct memory {
  const uint8_t *bytes;
  size_t at, length;
};

static int read_memory(void *data, void *buffer, size_t length, size_t *got, struct error *err)
{
  struct memory *memory = data;
  (void)err;
  size_t left = memory->length - memory->at;
  *got = left < length ? left : length;
  if (*got > 0)
    memcpy(buffer, memory->bytes + memory->at, *got);
  memory->at += *got;
  return 0;
}

/* Relative, without empty parts, "." and "..". */
static void expect_clean(const char *path)
{
  must(strlen(path) < PATH_MAX && path[0] != '/');
  for (const char *at = path; *path != '\0'; at += strcspn(at, "/") + 1) {
    size_t length = strcspn(at, "/");
    must(length > 0 && !(length == 1 && at[0] == '.') && strncmp(at, "../", 3) != 0);
    must(!text_equal(at, ".."));
    if (at[length] == '\0')
      return;
  }
}

/* In their order and within the file, and as many bytes as are stored. */
static void expect_fragments(const struct tar_entry *entry)
{
  uint64_t end = 0, stored = 0;
  for (size_t i = 0; i < entry->fragment_count; i++) {
    const struct tar_fragment *fragment = &entry->fragments[i];
    must(fragment->offset >= end && fragment->offset <= entry->size);
    must(fragment->length <= entry->size - fragment->offset);
    end = fragment->offset + fragment->length;
    stored += fragment->length;
  }
  must(stored == entry->stored);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct memory memory = {.bytes = bytes, .length = length};
  const struct tar_source source = {.read = read_memory, .data = &memory};
  const struct tar_entry *entry;
  struct error err = {.text = ""};
  cleanup_tar struct tar *tar = tar_new(&source);
  int result;
  while ((result = tar_next(tar, &entry, &err)) == 1) {
    expect_clean(entry->path);
    must(entry->type == TAR_FILE || entry->size == 0);
    expect_fragments(entry);
    must(entry->xattr_count <= TAR_XATTRS_MAX);
    uint64_t left = memory.length - memory.at;
    memory.at += entry->stored < left ? entry->stored : left;
  }
  must((result == 0) == (err.text[0] == '\0'));
  must(result < 0 || memory.at == memory.length);
  return 0;
}
