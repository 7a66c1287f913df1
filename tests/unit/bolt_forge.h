/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bolt databases, forged: all buckets lie inside of each other in one page of the root. Written by
 * the format's description (bbolt's page.go and db.go), not with the reader's structures.
 */
#ifndef TESTS_UNIT_BOLT_FORGE_H
#define TESTS_UNIT_BOLT_FORGE_H

#include "common/util.h"

#include <assert.h>

#define FORGE_PAGE 4096U

struct forged {
  char *bytes;
  size_t length;
};

static inline void forge_number(FILE *stream, uint64_t number, size_t size)
{
  size_t written = fwrite(&number, 1, size, stream); /* of a little-endian machine */
  assert(written == size);
  (void)written;
}

static inline void forge_header(FILE *stream, uint64_t id, unsigned flags, size_t count,
                                uint64_t overflow)
{
  forge_number(stream, id, 8);
  forge_number(stream, flags, 2);
  forge_number(stream, count, 2);
  forge_number(stream, overflow, 4);
}

/* One entry of a bucket: a value, or a bucket. */
struct forge_entry {
  char *key;
  struct forged value;
  bool is_bucket;
};

/* The page of a bucket with these entries. */
static inline struct forged forge_leaf(uint64_t id, const struct forge_entry *entries, size_t count)
{
  struct forged page = {.bytes = NULL};
  size_t position = 16 * count;
  FILE *stream = xmemstream(&page.bytes, &page.length);
  forge_header(stream, id, 2, count, 0);
  for (size_t i = 0; i < count; i++) {
    forge_number(stream, entries[i].is_bucket, 4);
    forge_number(stream, position - 16 * i, 4);
    forge_number(stream, strlen(entries[i].key), 4);
    forge_number(stream, entries[i].value.length, 4);
    position += strlen(entries[i].key) + entries[i].value.length;
  }
  for (size_t i = 0; i < count; i++) {
    fputs(entries[i].key, stream);
    fwrite(entries[i].value.bytes, 1, entries[i].value.length, stream);
  }
  xmemstream_close(stream);
  return page;
}

/* What follows '=' in a line: a text, or "#NUMBER" in Go's variable length. */
static inline struct forged forge_value(const char *text)
{
  struct forged value = {.bytes = NULL};
  FILE *stream = xmemstream(&value.bytes, &value.length);
  if (text[0] != '#') {
    fputs(text, stream);
  } else {
    unsigned long number = strtoul(text + 1, NULL, 10);
    for (; number >= 0x80; number >>= 7)
      fputc((int)(number & 0x7f) | 0x80, stream);
    fputc((int)number, stream);
  }
  xmemstream_close(stream);
  return value;
}

/*
 * A bucket of the lines "KEY|KEY|…|KEY=VALUE" that begin with a prefix. Lines of one bucket stand
 * together.
 */
static inline struct forged forge_bucket(const char *const *lines, size_t count, size_t skip,
                                         uint64_t id)
{
  struct forge_entry entries[32];
  size_t used = 0;
  for (size_t i = 0; i < count;) {
    const char *line = lines[i] + skip;
    size_t length = strcspn(line, "|="), same = 1;
    assert(used < ARRAY_LENGTH(entries));
    struct forge_entry *entry = &entries[used++];
    *entry = (struct forge_entry){.key = xstrndup(line, length), .is_bucket = line[length] == '|'};
    while (entry->is_bucket && i + same < count &&
           strncmp(lines[i + same] + skip, line, length + 1) == 0)
      same++;
    entry->value = entry->is_bucket ? forge_bucket(lines + i, same, skip + length + 1, 0)
                                    : forge_value(line + length + 1);
    i += same;
  }
  struct forged page = forge_leaf(id, entries, used), bucket = page;
  if (id == 0) { /* in its parent: its head comes first */
    FILE *stream = xmemstream(&bucket.bytes, &bucket.length);
    forge_number(stream, 0, 8);
    forge_number(stream, 0, 8);
    fwrite(page.bytes, 1, page.length, stream);
    xmemstream_close(stream);
    free(page.bytes);
  }
  for (size_t i = 0; i < used; i++) {
    free(entries[i].key);
    free(entries[i].value.bytes);
  }
  return bucket;
}

static inline uint64_t forge_checksum(const char *bytes, size_t length)
{
  uint64_t sum = 0xcbf29ce484222325U;
  for (size_t i = 0; i < length; i++)
    sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001b3U;
  return sum;
}

/* A meta page of a transaction, FORGE_PAGE bytes. */
static inline void forge_meta(FILE *stream, uint64_t transaction, uint64_t root, uint64_t pages)
{
  char meta[64];
  const uint64_t numbers[] = {root, 0, 2, pages, transaction};
  const uint32_t head[] = {0xED0CDAED, 2, FORGE_PAGE, 0};
  memcpy(meta, head, sizeof(head));
  memcpy(meta + 16, numbers, sizeof(numbers));
  uint64_t sum = forge_checksum(meta, 56);
  memcpy(meta + 56, &sum, 8);
  forge_header(stream, transaction % 2, 4, 0, 0);
  fwrite(meta, 1, sizeof(meta), stream);
  for (size_t i = 16 + sizeof(meta); i < FORGE_PAGE; i++)
    fputc(0, stream);
}

/* A whole database of some lines, owned by the caller. Its root is page 3. */
static inline struct forged forge_database(const char *const *lines, size_t count)
{
  struct forged whole = {.bytes = NULL}, root = forge_bucket(lines, count, 0, 3);
  size_t pages = (root.length + FORGE_PAGE - 1) / FORGE_PAGE;
  uint32_t overflow = (uint32_t)pages - 1;
  memcpy(root.bytes + 12, &overflow, 4);
  FILE *stream = xmemstream(&whole.bytes, &whole.length);
  forge_meta(stream, 4, 3, 3 + pages);
  forge_meta(stream, 5, 3, 3 + pages);
  for (size_t i = 0; i < FORGE_PAGE; i++) /* the list of free pages, which no reader needs */
    fputc(0, stream);
  fwrite(root.bytes, 1, root.length, stream);
  for (size_t i = root.length; i < pages * FORGE_PAGE; i++)
    fputc(0, stream);
  xmemstream_close(stream);
  free(root.bytes);
  return whole;
}

#endif
