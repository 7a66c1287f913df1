/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/toml_edit.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define SHOWN_PATH_MAX 300 /* bytes of a path that a message shows */

/* --- paths --------------------------------------------------------------------------------- */

static size_t depth_of(const char *const *path)
{
  size_t depth = 0;
  while (path[depth] != NULL)
    depth++;
  return depth;
}

/* Do the item's first `depth` components equal the path's? */
static bool shares(const struct toml_item *item, const char *const *path, size_t depth)
{
  if (item->depth < depth)
    return false;
  for (size_t i = 0; i < depth; i++)
    if (!text_equal(item->path[i], path[i]))
      return false;
  return true;
}

static bool is_header(const struct toml_item *item)
{
  return item->kind == TOML_TABLE || item->kind == TOML_ARRAY_TABLE;
}

/* A path as TOML writes it; owned by the caller. */
static char *path_text(const char *const *path, size_t from, size_t depth)
{
  char *text = xstrdup("");
  for (size_t i = from; i < depth; i++) {
    char *key = toml_key(path[i]);
    char *longer = xasprintf("%s%s%s", text, i > from ? "." : "", key);
    free(key);
    free(text);
    text = longer;
  }
  return text;
}

static int fail_at(const struct toml_item *item, const char *name, const char *const *path,
                   size_t depth, const char *cause, struct error *err)
{
  cleanup_free char *shown = path_text(path, 0, depth);
  return error_set(err, "%s:%u: %.*s %s", name, item->line, SHOWN_PATH_MAX, shown, cause);
}

/* --- bytes --------------------------------------------------------------------------------- */

static char *splice(const char *text, size_t start, size_t end, const char *middle)
{
  return xasprintf("%.*s%s%s", (int)start, text, middle, text + end);
}

static size_t line_start(const char *text, size_t at)
{
  while (at > 0 && text[at - 1] != '\n')
    at--;
  return at;
}

/* Behind the line's end. */
static size_t line_end(const char *text, size_t at)
{
  at += strcspn(text + at, "\n");
  return text[at] == '\n' ? at + 1 : at;
}

static const char *newline_of(const char *text)
{
  return strstr(text, "\r\n") != NULL ? "\r\n" : "\n";
}

static int parse(const char *text, const char *name, struct toml *toml, struct error *err)
{
  return toml_parse(text, strlen(text), name, toml, err);
}

/* --- keys ---------------------------------------------------------------------------------- */

/* A new line behind the one in which `at` lies, indented like the line of `like`. */
static char *insert_line(const char *text, size_t at, size_t like, const char *line)
{
  size_t end = line_end(text, at), indented = line_start(text, like);
  size_t indent = strspn(text + indented, " \t");
  const char *newline = newline_of(text);
  bool open = end > 0 && text[end - 1] != '\n'; /* the last line has no end: so it stays */
  cleanup_free char *whole = xasprintf("%s%.*s%s%s", open ? newline : "", (int)indent,
                                       text + indented, line, open ? "" : newline);
  return splice(text, end, end, whole);
}

/* The last header before an item; NULL: it lies at the root. */
static const struct toml_item *header_of(const struct toml *toml, const struct toml_item *item)
{
  while (item > toml->items)
    if (is_header(--item))
      return item;
  return NULL;
}

/* An item that is written as a.b.c = … below a shallower header, and so makes the table. */
static const struct toml_item *find_dotted(const struct toml *toml, const char *const *table,
                                           size_t depth)
{
  for (size_t i = 0; i < toml->count; i++) {
    const struct toml_item *item = &toml->items[i];
    if (is_header(item) || item->in_inline_table || item->depth <= depth ||
        !shares(item, table, depth))
      continue;
    const struct toml_item *header = header_of(toml, item);
    if (header == NULL || header->depth < depth)
      return item;
  }
  return NULL;
}

static char *key_line(const char *const *path, size_t from, const char *value)
{
  cleanup_free char *key = path_text(path, from, depth_of(path));
  return xasprintf("%s = %s", key, value);
}

static char *insert_below_header(const struct toml *toml, const struct toml_item *header,
                                 const char *line)
{
  const struct toml_item *next = header + 1;
  bool has_key = next < toml->items + toml->count && !is_header(next);
  return insert_line(toml->text, header->end, has_key ? next->start : header->start, line);
}

static char *insert_at_root(const struct toml *toml, const char *line)
{
  if (toml->count > 0 && !is_header(&toml->items[0]))
    return insert_line(toml->text, toml->items[0].end, toml->items[0].start, line);
  cleanup_free char *whole = xasprintf("%s%s", line, newline_of(toml->text));
  size_t start = text_starts(toml->text, BYTE_ORDER_MARK) ? strlen(BYTE_ORDER_MARK) : 0;
  return splice(toml->text, start, start, whole);
}

/* Is the table, or one above it, in a form that no line can be added to? */
static int can_hold(const struct toml *toml, const char *name, const char *const *path,
                    size_t depth, struct error *err)
{
  for (size_t i = 0; i < toml->count; i++) {
    const struct toml_item *item = &toml->items[i];
    if (item->depth == 0 || item->depth > depth || !shares(item, path, item->depth) ||
        item->kind == TOML_TABLE)
      continue;
    const char *cause = item->kind == TOML_INLINE_TABLE  ? "is an inline table { }"
                        : item->kind == TOML_ARRAY_TABLE ? "is an array of tables [[ ]]"
                                                         : "is no table";
    return fail_at(item, name, path, item->depth, cause, err);
  }
  return 0;
}

static int set_new(const struct toml *toml, const char *name, const char *const *path,
                   const char *value, char **edited, struct error *err)
{
  size_t depth = depth_of(path) - 1;
  if (can_hold(toml, name, path, depth, err) < 0)
    return -1;
  cleanup_free char *plain = key_line(path, depth, value);
  if (depth == 0) {
    *edited = insert_at_root(toml, plain);
    return 0;
  }
  for (size_t i = 0; i < toml->count; i++) {
    const struct toml_item *item = &toml->items[i];
    if (item->kind == TOML_TABLE && item->depth == depth && shares(item, path, depth)) {
      *edited = insert_below_header(toml, item, plain);
      return 0;
    }
  }
  const struct toml_item *dotted = find_dotted(toml, path, depth);
  if (dotted == NULL)
    return 1;
  const struct toml_item *header = header_of(toml, dotted);
  cleanup_free char *line = key_line(path, header != NULL ? header->depth : 0, value);
  *edited = insert_line(toml->text, dotted->end, dotted->start, line);
  return 0;
}

int toml_edit_set(const char *text, const char *name, const char *const *path, const char *value,
                  char **edited, struct error *err)
{
  cleanup_toml struct toml toml = {.count = 0};
  if (parse(text, name, &toml, err) < 0)
    return -1;
  size_t depth = depth_of(path);
  const struct toml_item *item = toml_find(&toml, path);
  for (size_t i = 0; item == NULL && i < toml.count; i++) /* headers and dots make tables too */
    if (shares(&toml.items[i], path, depth))
      return fail_at(&toml.items[i], name, path, depth, "is a table", err);
  if (item == NULL)
    return set_new(&toml, name, path, value, edited, err);
  if (is_header(item))
    return fail_at(item, name, path, depth, "is a table", err);
  *edited = splice(text, item->value_start, item->value_end, value);
  return 0;
}

int toml_edit_can_open(const char *text, const char *name, const char *const *path,
                       struct error *err)
{
  cleanup_toml struct toml toml = {.count = 0};
  size_t depth = depth_of(path);
  if (parse(text, name, &toml, err) < 0 || can_hold(&toml, name, path, depth, err) < 0)
    return -1;
  const struct toml_item *item = toml_find(&toml, path);
  if (item == NULL)
    item = find_dotted(&toml, path, depth);
  return item == NULL ? 0 : fail_at(item, name, path, depth, "is defined there already", err);
}

/* --- taking out ---------------------------------------------------------------------------- */

/* Marks the lines of bytes [start, end) as going. A last line without an end takes that of the line
   before it along. */
static void mark(const char *text, size_t start, size_t end, char *going)
{
  size_t from = line_start(text, start), to = line_end(text, end);
  if (to > 0 && text[to - 1] != '\n' && from > 0)
    from -= from > 1 && text[from - 2] == '\r' ? 2 : 1;
  memset(going + from, 1, to - from);
}

/* All items under a header, so that comments behind the last of them stay. */
static void mark_table(const struct toml *toml, size_t header, char *going)
{
  size_t last = header;
  while (last + 1 < toml->count && !is_header(&toml->items[last + 1]))
    last++;
  size_t end = toml->items[header].end;
  for (size_t i = header + 1; i <= last; i++)
    if (toml->items[i].end > end)
      end = toml->items[i].end;
  mark(toml->text, toml->items[header].start, end, going);
}

static char *without_marked(const char *text, size_t length, const char *going)
{
  char *left = xcalloc(length + 1, 1);
  size_t used = 0;
  for (size_t i = 0; i < length; i++)
    if (!going[i])
      left[used++] = text[i];
  return left;
}

int toml_edit_remove(const char *text, const char *name, const char *const *path, char **edited,
                     struct error *err)
{
  cleanup_toml struct toml toml = {.count = 0};
  size_t depth = depth_of(path), length = strlen(text);
  if (parse(text, name, &toml, err) < 0)
    return -1;
  cleanup_free char *going = xcalloc(length + 1, 1);
  for (size_t i = 0; i < toml.count; i++) {
    const struct toml_item *item = &toml.items[i];
    if (!shares(item, path, depth) || going[item->start])
      continue;
    if (item->in_inline_table)
      return fail_at(item, name, path, depth, "lies in an inline table: take it out by hand", err);
    if (is_header(item))
      mark_table(&toml, i, going);
    else
      mark(text, item->start, item->end, going);
  }
  *edited = without_marked(text, length, going);
  return 0;
}

char *toml_edit_raw(const char *text, const char *const *path)
{
  struct error ignored;
  cleanup_toml struct toml toml = {.count = 0};
  if (parse(text, "", &toml, &ignored) < 0)
    return NULL;
  const struct toml_item *item = toml_find(&toml, path);
  if (item == NULL || is_header(item))
    return NULL;
  return xstrndup(text + item->value_start, item->value_end - item->value_start);
}

char *toml_edit_string(const char *text, const char *const *path)
{
  struct error ignored;
  cleanup_toml struct toml toml = {.count = 0};
  if (parse(text, "", &toml, &ignored) < 0)
    return NULL;
  const struct toml_item *item = toml_find(&toml, path);
  return item != NULL ? toml_string(&toml, item) : NULL;
}
