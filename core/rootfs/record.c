/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/record.h"

#include "common/base64.h"

#include <zlib.h>

#define SEGMENT_MAX (512UL * 1024) /* bytes; tar-split's own have up to 1 MiB */

struct record {
  gzFile file;            /* owned; NULL: it could not be opened */
  unsigned char *segment; /* owned; of SEGMENT_MAX bytes, of which some are used */
  size_t used;
  uint64_t position;
  bool failed;
};

struct record *record_new(int fd)
{
  struct record *record = xcalloc(1, sizeof(*record));
  record->segment = xcalloc(SEGMENT_MAX, 1);
  record->file = gzdopen(fd, "wb1");
  record->failed = record->file == NULL;
  if (record->failed)
    close(fd);
  return record;
}

static void write_text(struct record *record, const char *text, size_t length)
{
  if (!record->failed && length > 0)
    record->failed = gzwrite(record->file, text, (unsigned)length) != (int)length;
}

/* {"type":TYPE,"KEY":"BASE64"REST,"position":N} */
static void write_line(struct record *record, int type, const char *key, const void *bytes,
                       size_t length, const char *rest)
{
  cleanup_free char *start = xasprintf("{\"type\":%d,\"%s\":\"", type, key);
  cleanup_free char *end =
      xasprintf("\"%s,\"position\":%llu}\n", rest, (unsigned long long)record->position++);
  cleanup_free char *base64 = base64_encode(bytes, length);
  write_text(record, start, strlen(start));
  write_text(record, base64, strlen(base64));
  write_text(record, end, strlen(end));
}

static void flush(struct record *record)
{
  if (record->used > 0)
    write_line(record, 2, "payload", record->segment, record->used, "");
  record->used = 0;
}

void record_add(struct record *record, const void *bytes, size_t length)
{
  for (size_t at = 0; at < length;) {
    size_t room = SEGMENT_MAX - record->used, left = length - at;
    size_t count = left < room ? left : room;
    memcpy(record->segment + record->used, (const unsigned char *)bytes + at, count);
    record->used += count;
    at += count;
    if (record->used == SEGMENT_MAX)
      flush(record);
  }
}

void record_add_file(struct record *record, const char *path, uint64_t size)
{
  cleanup_free char *rest = xasprintf(",\"size\":%llu,\"payload\":null", (unsigned long long)size);
  flush(record);
  write_line(record, 1, "name_raw", path, strlen(path), rest);
}

void record_spoil(struct record *record)
{
  record->failed = true;
}

int record_end(struct record *record)
{
  flush(record);
  bool failed = record->failed;
  if (record->file != NULL)
    failed |= gzclose(record->file) != Z_OK;
  free(record->segment);
  free(record);
  return failed ? -1 : 0;
}
