/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/config_list.h"

#include "ctk/config_lines.h"

/* An entry's bytes: with the comments above it, and behind its comma. */
struct piece {
  const char *body, *tail; /* borrowed */
  size_t body_length, tail_length;
};

/* A list taken apart: the bytes up to its first entry, the entries, the bytes behind. */
struct parts {
  struct piece *pieces; /* owned */
  size_t count;
  size_t head, rest; /* where the first entry begins, where the last one ends */
};

static void cleanup_partsp(const struct parts *parts)
{
  free(parts->pieces);
}

#define cleanup_parts __attribute__((cleanup(cleanup_partsp)))

/* Where what stands behind `at` in its line ends, if that is comments only; else `at`. */
static size_t behind_comments(const char *text, size_t at)
{
  size_t end = config_lines_end(text, at);
  return end != CONFIG_LINES_NONE ? end : at;
}

/* The comma that ends an element; its `end` is behind it. */
static size_t comma_of(const struct config_node *element)
{
  return element->next != NULL ? element->end - 1 : element->value_end;
}

static struct parts take_apart(const char *text, const struct config_node *list)
{
  struct parts parts = {.head = behind_comments(text, list->value_start + 1)};
  for (const struct config_node *one = list->first; one != NULL; one = one->next)
    parts.count++;
  parts.pieces = xcalloc(parts.count + 1, sizeof(*parts.pieces)); /* room for one more */

  struct piece *piece = parts.pieces;
  parts.rest = parts.head;
  for (const struct config_node *one = list->first; one != NULL; one = one->next, piece++) {
    size_t comma = comma_of(one), end = behind_comments(text, one->end);
    *piece = (struct piece){
        .body = text + parts.rest,
        .body_length = comma - parts.rest,
        .tail = text + one->end,
        .tail_length = end - one->end,
    };
    parts.rest = end;
  }
  return parts;
}

/* Bytes that would fall to a comment before them begin a line of their own. */
static void put(FILE *out, const char *bytes, size_t length, const char *before,
                size_t before_length, const char *line_break)
{
  bool comment =
      memchr(before, '#', before_length) != NULL || memmem(before, before_length, "//", 2) != NULL;
  if (comment && length > 0 && bytes[0] != '\n' && bytes[0] != '\r')
    fputs(line_break, out);
  fwrite(bytes, 1, length, out);
}

static char *put_together(const char *text, const struct config_node *list,
                          const struct parts *parts)
{
  char *edited;
  size_t length;
  const char *line_break = config_lines_break(text), *before = text + list->value_start;
  size_t before_length = parts->head - list->value_start;
  FILE *out = xmemstream(&edited, &length);
  fwrite(text, 1, parts->head, out);
  for (size_t i = 0; i < parts->count; i++) {
    const struct piece *piece = &parts->pieces[i];
    put(out, piece->body, piece->body_length, before, before_length, line_break);
    if (i + 1 < parts->count)
      putc(',', out);
    before = piece->tail;
    before_length = piece->tail_length;
    fwrite(before, 1, before_length, out);
  }
  put(out, text + parts->rest, strlen(text + parts->rest), before, before_length, line_break);
  xmemstream_close(out);
  return edited;
}

static void insert_piece(struct parts *parts, struct piece piece, size_t to)
{
  if (to > parts->count)
    to = parts->count;
  memmove(&parts->pieces[to + 1], &parts->pieces[to], (parts->count - to) * sizeof(piece));
  parts->pieces[to] = piece;
  parts->count++;
}

char *config_list_move(const char *text, const struct config_node *list, size_t from, size_t to)
{
  cleanup_parts struct parts parts = take_apart(text, list);
  struct piece piece = parts.pieces[from];
  parts.count--;
  memmove(&parts.pieces[from], &parts.pieces[from + 1], (parts.count - from) * sizeof(piece));
  insert_piece(&parts, piece, to);
  return put_together(text, list, &parts);
}

/* Over lines, unless its neighbours stand in one. */
static char *lay_out(const char *text, const struct config_node *list, const char *setting)
{
  const struct config_node *first = list->first;
  const char *line_break = config_lines_break(text);
  if (first != NULL && !config_lines_is_first(text, first->start))
    return xasprintf(" { %s }", setting);
  int width;
  const char *indent =
      config_lines_indent(text, first != NULL ? first->start : list->start, &width);
  const char *more = first != NULL ? "" : "  ";
  return xasprintf("%s%.*s%s{%s%.*s%s  %s%s%.*s%s}", line_break, width, indent, more, line_break,
                   width, indent, more, setting, line_break, width, indent, more);
}

char *config_list_insert(const char *text, const struct config_node *list, const char *setting,
                         size_t to)
{
  cleanup_parts struct parts parts = take_apart(text, list);
  cleanup_free char *body = lay_out(text, list, setting), *line = NULL;
  struct piece piece = {.body = body, .body_length = strlen(body), .tail = ""};
  bool closed_in_line = config_lines_end(text, parts.rest) == CONFIG_LINES_NONE;
  if (list->first == NULL && closed_in_line) { /* ( ) becomes three lines */
    int width;
    const char *indent = config_lines_indent(text, list->start, &width);
    line = xasprintf("%s%.*s", config_lines_break(text), width, indent);
    piece.tail = line;
    piece.tail_length = strlen(line);
    parts.rest += strspn(text + parts.rest, " \t");
  }
  insert_piece(&parts, piece, to);
  return put_together(text, list, &parts);
}
