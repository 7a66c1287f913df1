/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/sparse.h"

static int malformed(struct error *err)
{
  return error_set(err, "a sparse file's map is malformed");
}

/* --- records --------------------------------------------------------------------------------- */

/* Version 0.0: "offset" and "numbytes" by turns. */
static int take_piece(struct sparse *sparse, bool offset, const char *value, struct error *err)
{
  if (offset != (sparse->pieces++ % 2 == 0) || strchr(value, ',') != NULL)
    return malformed(err);
  char *longer = xasprintf("%s%s%s", sparse->map != NULL ? sparse->map : "",
                           sparse->map != NULL ? "," : "", value);
  free(sparse->map);
  sparse->map = longer;
  return 0;
}

int sparse_take(struct sparse *sparse, const char *key, const char *value, struct error *err)
{
  const struct {
    const char *key;
    char **place;
  } known[] = {
      {"major", &sparse->major}, {"minor", &sparse->minor},        {"name", &sparse->name},
      {"size", &sparse->size},   {"realsize", &sparse->real_size}, {"numblocks", &sparse->count},
      {"map", &sparse->map},
  };
  if (text_equal(key, "offset") || text_equal(key, "numbytes"))
    return take_piece(sparse, text_equal(key, "offset"), value, err);
  for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
    if (!text_equal(key, known[i].key))
      continue;
    free(*known[i].place);
    *known[i].place = xstrdup(value);
    return 0;
  }
  return error_set(err, "a PAX header has the unknown record GNU.sparse.%.100s", key);
}

bool sparse_is(const struct sparse *sparse)
{
  return sparse->major != NULL || sparse->minor != NULL || sparse->name != NULL ||
         sparse->size != NULL || sparse->real_size != NULL || sparse->count != NULL ||
         sparse->map != NULL;
}

void sparse_free(struct sparse *sparse)
{
  free(sparse->major);
  free(sparse->minor);
  free(sparse->name);
  free(sparse->size);
  free(sparse->real_size);
  free(sparse->count);
  free(sparse->map);
  *sparse = (struct sparse){.major = NULL};
}

/* --- numbers --------------------------------------------------------------------------------- */

/* The number that a text begins with, up to `end`; the text is moved behind that. */
static bool next_number(const char **text, char end, uint64_t *number)
{
  size_t digits = 0;
  *number = 0;
  for (; **text >= '0' && **text <= '9'; (*text)++, digits++) {
    if (*number > (INT64_MAX - 9) / 10)
      return false;
    *number = *number * 10 + (uint64_t)(**text - '0');
  }
  if (digits == 0 || **text != end)
    return false;
  *text += end != '\0' ? 1 : 0;
  return true;
}

static bool whole_number(const char *text, uint64_t *number)
{
  return text != NULL && next_number(&text, '\0', number);
}

static int begin_fragments(struct tar_entry *entry, uint64_t count, struct error *err)
{
  if (count > TAR_FRAGMENTS_MAX)
    return error_set(err, "a sparse file has more than %d fragments", TAR_FRAGMENTS_MAX);
  free(entry->fragments);
  entry->fragments = xcalloc(count + 1, sizeof(*entry->fragments));
  entry->fragment_count = (size_t)count;
  return 0;
}

/* --- in the header: 0.0, 0.1 ------------------------------------------------------------------ */

static int read_header_map(const struct sparse *sparse, struct tar_entry *entry, struct error *err)
{
  const char *at = sparse->map != NULL ? sparse->map : "";
  uint64_t count;
  if (!whole_number(sparse->count, &count))
    return malformed(err);
  if (begin_fragments(entry, count, err) < 0)
    return -1;
  for (size_t i = 0; i < entry->fragment_count; i++) {
    struct tar_fragment *fragment = &entry->fragments[i];
    bool last = i + 1 == entry->fragment_count;
    if (!next_number(&at, ',', &fragment->offset) ||
        !next_number(&at, last ? '\0' : ',', &fragment->length))
      return malformed(err);
  }
  return *at == '\0' ? 0 : malformed(err);
}

/* --- in front of the bytes: 1.0 --------------------------------------------------------------- */

/* A number a line, in blocks that are read as they are needed. */
struct lines {
  const struct tar_source *source;
  uint64_t left; /* bytes that may still be read */
  char block[TAR_BLOCK];
  size_t at, end;
};

static int next_byte(struct lines *lines, char *byte, struct error *err)
{
  if (lines->at == lines->end) {
    if (lines->left < TAR_BLOCK)
      return malformed(err);
    if (lines->source->read(lines->source->data, lines->block, TAR_BLOCK, &lines->end, err) < 0)
      return -1;
    if (lines->end != TAR_BLOCK)
      return error_set(err, "the tar stream ends within a sparse file");
    lines->left -= TAR_BLOCK;
    lines->at = 0;
  }
  *byte = lines->block[lines->at++];
  return 0;
}

static int next_line(struct lines *lines, uint64_t *number, struct error *err)
{
  char text[32];
  for (size_t length = 0; length < sizeof(text); length++) {
    if (next_byte(lines, &text[length], err) < 0)
      return -1;
    if (text[length] != '\n')
      continue;
    text[length] = '\0';
    return whole_number(text, number) ? 0 : malformed(err);
  }
  return malformed(err);
}

static int read_stream_map(const struct tar_source *source, struct tar_entry *entry,
                           struct error *err)
{
  struct lines lines = {.source = source, .left = entry->stored};
  uint64_t count;
  if (next_line(&lines, &count, err) < 0 || begin_fragments(entry, count, err) < 0)
    return -1;
  for (size_t i = 0; i < entry->fragment_count; i++)
    if (next_line(&lines, &entry->fragments[i].offset, err) < 0 ||
        next_line(&lines, &entry->fragments[i].length, err) < 0)
      return -1;
  entry->stored = lines.left;
  return 0;
}

/* --- all of it ------------------------------------------------------------------------------- */

/* In their order, none over another, and as many bytes as there are. */
static int check_fragments(const struct tar_entry *entry, struct error *err)
{
  uint64_t end = 0, stored = 0;
  for (size_t i = 0; i < entry->fragment_count; i++) {
    const struct tar_fragment *fragment = &entry->fragments[i];
    if (fragment->offset < end || fragment->length > entry->size ||
        fragment->offset > entry->size - fragment->length)
      return malformed(err);
    end = fragment->offset + fragment->length;
    stored += fragment->length;
  }
  return stored == entry->stored ? 0 : malformed(err);
}

static bool is_version(const struct sparse *sparse, const char *major, const char *minor)
{
  return sparse->major != NULL && sparse->minor != NULL && text_equal(sparse->major, major) &&
         text_equal(sparse->minor, minor);
}

int sparse_map(const struct sparse *sparse, const struct tar_source *source,
               struct tar_entry *entry, struct error *err)
{
  bool unsaid = sparse->major == NULL && sparse->minor == NULL && sparse->map != NULL;
  bool header = unsaid || is_version(sparse, "0", "0") || is_version(sparse, "0", "1");
  if (!header && !is_version(sparse, "1", "0"))
    return error_set(err, "it has a sparse file of an unknown version");
  if (!whole_number(sparse->size != NULL ? sparse->size : sparse->real_size, &entry->size))
    return malformed(err);
  int result = header ? read_header_map(sparse, entry, err) : read_stream_map(source, entry, err);
  return result < 0 ? -1 : check_fragments(entry, err);
}
