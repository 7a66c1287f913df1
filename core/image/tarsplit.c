/* SPDX-License-Identifier: Apache-2.0 */
#include "image/tarsplit.h"

#include "common/base64.h"
#include "common/json_reader.h"
#include "common/trust.h"

#define CHUNK (64UL * 1024)
#define SUM_BYTES 8
#define NUMBER_MAX (INT64_MAX / 16) /* of a size: no sum of some overflows */

enum item { ITEM_NONE, ITEM_FILE, ITEM_SEGMENT };

/* A line as it stands; the texts are owned. */
struct line {
  uint64_t type, size;
  char *name, *payload;
  size_t name_length, payload_length;
  bool name_is_base64, has_payload;
};

struct tarsplit {
  struct inflate *stream; /* borrowed */
  const char *name;       /* borrowed */
  uint64_t line_number;   /* from 1; for messages */
  char *text;             /* owned: what was read and is not yet parsed */
  size_t at, end, capacity;

  enum item item; /* what the last line was */
  bool ended;
  char *segment; /* owned: its bytes */
  size_t segment_at, segment_end;
  struct tarsplit_file file;
  char *file_name; /* owned; cut at a NUL, which no name has */
};

struct tarsplit *tarsplit_new(struct inflate *stream, const char *name)
{
  struct tarsplit *record = xcalloc(1, sizeof(*record));
  record->stream = stream;
  record->name = name;
  record->capacity = CHUNK;
  record->text = xcalloc(record->capacity, 1);
  return record;
}

void tarsplit_free(struct tarsplit *record)
{
  if (record == NULL)
    return;
  free(record->text);
  free(record->segment);
  free(record->file_name);
  free(record);
}

static int malformed(const struct tarsplit *record, const char *cause, struct error *err)
{
  return error_set(err, "%s, line %llu: %s", record->name, (unsigned long long)record->line_number,
                   cause);
}

/* --- lines ----------------------------------------------------------------------------------- */

/* Makes room for a chunk behind what is there. */
static int make_room(struct tarsplit *record, struct error *err)
{
  size_t left = record->end - record->at;
  if (left > TARSPLIT_LINE_MAX)
    return error_set(err, "%s, line %llu is longer than %lu bytes", record->name,
                     (unsigned long long)record->line_number + 1, TARSPLIT_LINE_MAX);
  if (left > 0)
    memmove(record->text, record->text + record->at, left);
  record->at = 0;
  record->end = left;
  if (record->capacity - left < CHUNK) {
    record->capacity = 2 * left + CHUNK;
    record->text = xrealloc_array(record->text, record->capacity, 1);
  }
  return 0;
}

/* The next line, without its end, borrowed; NULL in *line at the end. */
static int next_line(struct tarsplit *record, const char **line, size_t *length, struct error *err)
{
  size_t searched = 0;
  for (;;) {
    const char *start = record->text + record->at;
    size_t left = record->end - record->at, got;
    const char *end = left > searched ? memchr(start + searched, '\n', left - searched) : NULL;
    if (end != NULL) {
      *line = start;
      *length = (size_t)(end - start);
      record->at += *length + 1;
      if (++record->line_number > TARSPLIT_LINES_MAX)
        return error_set(err, "%s has more than %d lines", record->name, TARSPLIT_LINES_MAX);
      return 0;
    }
    searched = left;
    if (make_room(record, err) < 0 ||
        inflate_read(record->stream, record->text + record->end, CHUNK, &got, err) < 0)
      return -1;
    record->end += got;
    if (got == 0) {
      *line = NULL;
      return left == 0 ? 0 : malformed(record, "the record ends within a line", err);
    }
  }
}

/* --- one line's JSON ------------------------------------------------------------------------- */

static int read_number(struct json_reader *reader, uint64_t *number)
{
  const char *start = reader->at;
  *number = 0;
  for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
    if (*number > NUMBER_MAX)
      return json_reader_fail(reader, start, "a number is too big");
    *number = *number * 10 + (uint64_t)(*reader->at - '0');
  }
  return reader->at > start ? 0 : json_reader_unexpected(reader, "a number");
}

/* Stores a copy, for the reader's own is gone with the next string; null is none. */
static int read_text(struct json_reader *reader, char **text, size_t *length, bool *there)
{
  const char *string;
  *there = !json_reader_accept_word(reader, "null");
  if (!*there)
    return 0;
  if (json_reader_string(reader, &string, length) < 0)
    return -1;
  free(*text);
  *text = xcalloc(*length + 1, 1);
  memcpy(*text, string, *length);
  return 0;
}

static bool is(const char *key, size_t length, const char *name)
{
  return length == strlen(name) && memcmp(key, name, length) == 0;
}

static int read_member(struct json_reader *reader, struct line *line)
{
  const char *key, *start = reader->at;
  size_t length;
  uint64_t ignored;
  bool there;
  if (json_reader_string(reader, &key, &length) < 0)
    return -1;
  if (!json_reader_accept(reader, ':'))
    return json_reader_unexpected(reader, "':'");
  if (is(key, length, "type"))
    return read_number(reader, &line->type);
  if (is(key, length, "size"))
    return read_number(reader, &line->size);
  if (is(key, length, "position"))
    return read_number(reader, &ignored);
  if (is(key, length, "payload"))
    return read_text(reader, &line->payload, &line->payload_length, &line->has_payload);
  if (is(key, length, "name"))
    return read_text(reader, &line->name, &line->name_length, &there);
  line->name_is_base64 = is(key, length, "name_raw");
  if (line->name_is_base64)
    return read_text(reader, &line->name, &line->name_length, &there);
  return json_reader_fail(reader, start, "an unknown member");
}

/* Go writes it without white space. */
static int read_object(struct json_reader *reader, struct line *line)
{
  if (!json_reader_accept(reader, '{'))
    return json_reader_unexpected(reader, "'{'");
  do {
    if (read_member(reader, line) < 0)
      return -1;
  } while (json_reader_accept(reader, ','));
  if (!json_reader_accept(reader, '}'))
    return json_reader_unexpected(reader, "',' or '}'");
  return reader->at == reader->end ? 0 : json_reader_unexpected(reader, "the end of the line");
}

static int parse_line(const struct tarsplit *record, const char *text, size_t length,
                      struct line *line, struct error *err)
{
  struct json_reader reader;
  json_reader_start(&reader, text, length, "JSON", err);
  int result = read_object(&reader, line);
  json_reader_end(&reader);
  if (result < 0)
    return error_wrap(err, "%s, line %llu", record->name, (unsigned long long)record->line_number);
  return 0;
}

/* --- what a line means ----------------------------------------------------------------------- */

static int take_segment(struct tarsplit *record, const struct line *line, struct error *err)
{
  record->item = ITEM_SEGMENT;
  record->segment_at = 0;
  record->segment_end = 0;
  free(record->segment);
  record->segment = NULL;
  if (line->has_payload &&
      !base64_decode(line->payload, line->payload_length, &record->segment, &record->segment_end))
    return malformed(record, "its payload is no base64", err);
  return 0;
}

/* The check sum, big-endian as Go's Sum() gives it. */
static int take_sum(struct tarsplit *record, const struct line *line, struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t count;
  record->file.has_sum = line->has_payload;
  if (!line->has_payload)
    return 0;
  if (!base64_decode(line->payload, line->payload_length, &bytes, &count) || count != SUM_BYTES)
    return malformed(record, "its payload is no check sum", err);
  for (size_t i = 0; i < SUM_BYTES; i++)
    record->file.sum = record->file.sum << 8 | (unsigned char)bytes[i];
  return 0;
}

static int take_file(struct tarsplit *record, struct line *line, struct error *err)
{
  cleanup_free char *raw = NULL;
  size_t count;
  if (line->name == NULL || line->name_length > TARSPLIT_NAME_MAX)
    return malformed(record, "the file has no name, or a very long one", err);
  if (line->name_is_base64 && !base64_decode(line->name, line->name_length, &raw, &count))
    return malformed(record, "its name_raw is no base64", err);
  free(record->file_name);
  record->file_name = raw != NULL ? steal_pointer(&raw) : steal_pointer(&line->name);
  record->item = ITEM_FILE;
  record->file = (struct tarsplit_file){.name = record->file_name, .size = line->size};
  return take_sum(record, line, err);
}

/* Goes on to the next line; at the end the item is none. */
static int advance(struct tarsplit *record, struct error *err)
{
  struct line line = {.name = NULL};
  const char *text;
  size_t length;
  record->item = ITEM_NONE;
  if (next_line(record, &text, &length, err) < 0)
    return -1;
  record->ended = text == NULL;
  if (record->ended)
    return 0;
  int result = parse_line(record, text, length, &line, err);
  if (result == 0)
    result = line.type == 1   ? take_file(record, &line, err)
             : line.type == 2 ? take_segment(record, &line, err)
                              : malformed(record, "its type is neither 1 nor 2", err);
  free(line.name);
  free(line.payload);
  return result;
}

/* --- reading --------------------------------------------------------------------------------- */

/* Has what the last line brought been used up? A file without bytes has nothing to use. */
static bool is_used_up(const struct tarsplit *record)
{
  switch (record->item) {
  case ITEM_NONE:
    return !record->ended;
  case ITEM_FILE:
    return record->file.size == 0;
  case ITEM_SEGMENT:
    return record->segment_at == record->segment_end;
  default:
    return false;
  }
}

static int skip_used(struct tarsplit *record, struct error *err)
{
  while (is_used_up(record))
    if (advance(record, err) < 0)
      return -1;
  return 0;
}

int tarsplit_read(struct tarsplit *record, void *buffer, size_t length, size_t *got,
                  struct error *err)
{
  *got = 0;
  while (*got < length) {
    if (skip_used(record, err) < 0)
      return -1;
    if (record->ended)
      return 0;
    if (record->item == ITEM_FILE)
      return malformed(record,
                       "a file's bytes where the tar stream has a header, or the map of a sparse "
                       "file of PAX version 1.0, which tar-split leaves out",
                       err);
    size_t left = record->segment_end - record->segment_at, wanted = length - *got;
    size_t count = left < wanted ? left : wanted;
    memcpy((unsigned char *)buffer + *got, record->segment + record->segment_at, count);
    record->segment_at += count;
    *got += count;
  }
  return 0;
}

int tarsplit_file(struct tarsplit *record, uint64_t size, struct error *err)
{
  if (skip_used(record, err) < 0)
    return -1;
  if (record->item != ITEM_FILE || record->file.size != size)
    return malformed(record, "not the file that the tar stream has there", err);
  record->item = ITEM_NONE;
  return 0;
}

int tarsplit_next_file(struct tarsplit *record, struct tarsplit_file *file, struct error *err)
{
  do {
    if (advance(record, err) < 0)
      return -1;
    if (record->ended)
      return 0;
  } while (record->item != ITEM_FILE || record->file.size == 0);
  *file = record->file;
  return 1;
}

/* --- the whole of a record ------------------------------------------------------------------- */

int tarsplit_total(struct tarsplit *record, int64_t *size, struct error *err)
{
  *size = 0;
  for (;;) {
    if (advance(record, err) < 0)
      return -1;
    if (record->ended)
      return 0;
    uint64_t more = record->item == ITEM_FILE ? record->file.size : record->segment_end;
    if (__builtin_add_overflow(*size, more, size))
      return malformed(record, "the layer is too large to be one", err);
  }
}

int tarsplit_size(const char *path, int64_t *size, struct error *err)
{
  int fd = trust_open_file(path, err);
  cleanup_inflate struct inflate *stream = fd >= 0 ? inflate_open(fd, path, err) : NULL;
  if (stream == NULL)
    return -1;
  cleanup_tarsplit struct tarsplit *record = tarsplit_new(stream, path);
  return tarsplit_total(record, size, err);
}
