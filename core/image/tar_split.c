/* SPDX-License-Identifier: Apache-2.0 */
#include "image/tar_split.h"

#include "common/base64.h"
#include "common/document.h"
#include "common/trust.h"

#include <zlib.h>

enum { ENTRY_FILE = 1, ENTRY_SEGMENT = 2 };

/* --- a line -------------------------------------------------------------------------------- */

/* A folder's or a link's entry has no size. */
static int file_size(const struct value *root, int64_t *size, struct error *err)
{
  struct value member;
  *size = 0;
  return value_find(root, "size", &member) ? value_number(&member, 0, INT64_MAX, size, err) : 0;
}

static int segment_size(const struct value *root, int64_t *size, struct error *err)
{
  struct value payload;
  const char *text;
  size_t length;
  cleanup_free char *bytes = NULL;
  if (value_need(root, "payload", &payload, err) < 0 || value_text(&payload, &text, err) < 0)
    return -1;
  if (!base64_decode(text, strlen(text), &bytes, &length))
    return value_error(&payload, err, "is not base64");
  *size = (int64_t)length;
  return 0;
}

static int line_size(const struct value *root, int64_t *size, struct error *err)
{
  struct value type;
  int64_t number;
  if (value_type(root, json_type_object, err) < 0 || value_need(root, "type", &type, err) < 0 ||
      value_number(&type, ENTRY_FILE, ENTRY_SEGMENT, &number, err) < 0)
    return -1;
  return number == ENTRY_FILE ? file_size(root, size, err) : segment_size(root, size, err);
}

static int read_line(const char *line, const char *name, int64_t *size, struct error *err)
{
  cleanup_json struct json_object *tree = NULL;
  struct document document = {.name = name};
  if (json_parse(line, strlen(line), name, &tree, err) < 0)
    return -1;
  document.tree = tree;
  struct value root = document_root(&document);
  return line_size(&root, size, err);
}

/* --- all of it ----------------------------------------------------------------------------- */

static int read_all(gzFile stream, const char *path, int64_t *size, struct error *err)
{
  cleanup_free char *line = xcalloc(TAR_SPLIT_LINE_MAX + 1, 1);
  *size = 0;
  for (size_t number = 1; gzgets(stream, line, (int)TAR_SPLIT_LINE_MAX + 1) != NULL; number++) {
    cleanup_free char *name = xasprintf("%s, line %zu", path, number);
    int64_t more;
    if (number > TAR_SPLIT_LINES_MAX)
      return error_set(err, "%s has more than %d lines", path, TAR_SPLIT_LINES_MAX);
    if (strchr(line, '\n') == NULL && !gzeof(stream))
      return error_set(err, "%s is longer than %lu bytes", name, TAR_SPLIT_LINE_MAX);
    if (read_line(line, name, &more, err) < 0)
      return -1;
    if (__builtin_add_overflow(*size, more, size))
      return error_set(err, "%s: the layer is too large to be one", path);
  }
  int code;
  const char *cause = gzerror(stream, &code);
  if (code != Z_OK && code != Z_STREAM_END)
    return error_set(err, "cannot unpack %s: %s", path, cause);
  return 0;
}

int tar_split_size_of(int fd, const char *name, int64_t *size, struct error *err)
{
  gzFile stream = gzdopen(fd, "rb"); /* owns the descriptor now */
  if (stream == NULL) {
    close(fd);
    return error_set(err, "cannot unpack %s: out of memory", name);
  }
  int result = read_all(stream, name, size, err);
  /* A stream that ends too early is found out here. */
  if (gzclose(stream) != Z_OK && result == 0)
    result = error_set(err, "%s is cut off", name);
  return result;
}

int tar_split_size(const char *path, int64_t *size, struct error *err)
{
  int fd = trust_open_file(path, err);
  return fd < 0 ? -1 : tar_split_size_of(fd, path, size, err);
}
