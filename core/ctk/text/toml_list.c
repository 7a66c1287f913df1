/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays of strings in a TOML text: what is in them, and one string more or less. */
#include "ctk/text/toml_edit.h"
#include "ctk/text/toml_reader.h"

#define ELEMENTS_MAX 1024

/* An element; its text is NULL if it is no string. */
struct element {
  size_t start, end;
  char *text; /* owned */
};

struct elements {
  struct element list[ELEMENTS_MAX];
  size_t count;
};

static void free_elements(struct elements **elements)
{
  for (size_t i = 0; *elements != NULL && i < (*elements)->count; i++)
    free((*elements)->list[i].text);
  free(*elements);
}

#define cleanup_elements __attribute__((cleanup(free_elements)))

/* --- reading ------------------------------------------------------------------------------- */

/* Over an element that is no string: a number, or something in brackets. */
static int skip_other(struct toml_reader *reader)
{
  int depth = 0;
  while (reader->at < reader->end) {
    char byte = *reader->at;
    if (byte == '"' || byte == '\'') {
      if (toml_reader_string(reader) < 0)
        return -1;
      continue;
    }
    if (depth == 0 && strchr(",] \t\r\n#", byte) != NULL)
      return 0;
    if (byte == '#') {
      toml_reader_skip_lines(reader);
      continue;
    }
    depth += byte == '[' || byte == '{' ? 1 : byte == ']' || byte == '}' ? -1 : 0;
    reader->at++;
  }
  return 0;
}

static int read_element(struct toml_reader *reader, struct elements *elements)
{
  struct element *element = &elements->list[elements->count];
  bool string = toml_reader_is_next(reader, '"') || toml_reader_is_next(reader, '\'');
  element->start = (size_t)(reader->at - reader->start);
  if ((string ? toml_reader_string(reader) : skip_other(reader)) < 0)
    return -1;
  element->end = (size_t)(reader->at - reader->start);
  element->text = string ? xstrdup(reader->scratch) : NULL;
  elements->count++;
  return 0;
}

/* The text was parsed before, so nothing but strings can go wrong here, and they cannot either. */
static struct elements *read_elements(const struct toml *toml, const struct toml_item *item)
{
  struct error ignored;
  cleanup_toml_reader struct toml_reader reader;
  struct elements *elements = xcalloc(1, sizeof(*elements));
  toml_reader_start(&reader, toml->text, toml->length, "", &ignored);
  reader.at = toml->text + item->value_start + 1;
  for (;;) {
    toml_reader_skip_lines(&reader);
    if (toml_reader_accept(&reader, ','))
      continue;
    if (reader.at >= toml->text + item->value_end - 1 || elements->count == ELEMENTS_MAX ||
        read_element(&reader, elements) < 0)
      return elements;
  }
}

static const struct toml_item *find_array(const struct toml *toml, const char *const *path)
{
  const struct toml_item *item = toml_find(toml, path);
  return item != NULL && item->kind == TOML_ARRAY ? item : NULL;
}

char **toml_edit_list(const char *text, const char *const *path)
{
  struct error ignored;
  cleanup_toml struct toml toml = {.count = 0};
  if (toml_parse(text, strlen(text), "", &toml, &ignored) < 0)
    return NULL;
  const struct toml_item *item = find_array(&toml, path);
  if (item == NULL)
    return NULL;
  cleanup_elements struct elements *elements = read_elements(&toml, item);
  char **list = xcalloc(elements->count + 1, sizeof(char *));
  size_t used = 0;
  for (size_t i = 0; i < elements->count; i++)
    if (elements->list[i].text != NULL)
      list[used++] = steal_pointer(&elements->list[i].text);
  return list;
}

void toml_edit_list_free(char **list)
{
  for (size_t i = 0; list != NULL && list[i] != NULL; i++)
    free(list[i]);
  free(list);
}

/* --- editing ------------------------------------------------------------------------------- */

static char *splice(const char *text, size_t start, size_t end, const char *middle)
{
  return xasprintf("%.*s%s%s", (int)start, text, middle, text + end);
}

static const struct element *find_string(const struct elements *elements, const char *text)
{
  for (size_t i = 0; i < elements->count; i++)
    if (elements->list[i].text != NULL && text_equal(elements->list[i].text, text))
      return &elements->list[i];
  return NULL;
}

/* The white space before an element that stands on a line of its own, from the line's end on; ""
   or " " if it does not. */
static char *lead_of(const char *text, size_t start)
{
  size_t at = start;
  while (at > 0 && strchr(" \t", text[at - 1]) != NULL)
    at--;
  if (at == 0 || text[at - 1] != '\n')
    return xstrdup(" ");
  at -= at > 1 && text[at - 2] == '\r' ? 2 : 1;
  return xstrndup(text + at, start - at);
}

static size_t skip_blanks(const char *text, size_t at)
{
  return at + strspn(text + at, " \t");
}

/* Behind an element and the comma that may follow. */
static size_t skip_comma(const char *text, size_t end)
{
  size_t comma = skip_blanks(text, end);
  return text[comma] == ',' ? comma + 1 : end;
}

/* Behind the comment that an element ends its line with, so that this stays beside what it is
   about. */
static char *add_line(const char *text, const struct element *last, const char *lead,
                      const char *quoted)
{
  size_t behind = skip_comma(text, last->end), end = behind + strcspn(text + behind, "\r\n");
  bool comma = behind > last->end;
  return xasprintf("%.*s%s%.*s%s%s%s%s", (int)last->end, text, comma ? "" : ",",
                   (int)(end - last->end), text + last->end, lead, quoted, comma ? "," : "",
                   text + end);
}

/* Behind the last string; others (podman's attributes) stay the last. */
static char *add(const char *text, const struct toml_item *item, const struct elements *elements,
                 const char *element)
{
  cleanup_free char *quoted = toml_quote(element);
  const struct element *last = NULL;
  for (size_t i = 0; i < elements->count; i++)
    if (elements->list[i].text != NULL)
      last = &elements->list[i];
  if (last == NULL) {
    cleanup_free char *first = xasprintf("%s%s", quoted, elements->count > 0 ? ", " : "");
    return splice(text, item->value_start + 1, item->value_start + 1, first);
  }
  cleanup_free char *lead = lead_of(text, last->start);
  bool has_comment = text[skip_blanks(text, skip_comma(text, last->end))] == '#';
  if (has_comment && lead[0] != ' ')
    return add_line(text, last, lead, quoted);
  cleanup_free char *more = xasprintf(",%s%s", lead, quoted);
  return splice(text, last->end, last->end, more);
}

int toml_edit_list_add(const char *text, const char *name, const char *const *path,
                       const char *element, char **edited, struct error *err)
{
  cleanup_toml struct toml toml = {.count = 0};
  if (toml_parse(text, strlen(text), name, &toml, err) < 0)
    return -1;
  const struct toml_item *item = find_array(&toml, path);
  if (item == NULL)
    return error_set(err, "%s: %s is no array", name, path[0]);
  cleanup_elements struct elements *elements = read_elements(&toml, item);
  if (find_string(elements, element) != NULL)
    *edited = xstrdup(text);
  else
    *edited = add(text, item, elements, element);
  return 0;
}

static bool ends_line(const char *text, size_t end)
{
  return strchr("\r\n", text[skip_blanks(text, skip_comma(text, end))]) != NULL;
}

/* A line behind a comment. The comma before the comment goes if ours has none. */
static char *take_line(const char *text, const struct element *found, size_t lead)
{
  size_t before = found[-1].end, start = found->start - lead, end = skip_comma(text, found->end);
  bool has_comma = end > found->end || text[before] != ',';
  size_t from = has_comma ? before : before + 1;
  return xasprintf("%.*s%.*s%s", (int)before, text, (int)(start - from), text + from, text + end);
}

/* Comments stay. */
static char *take_only(const char *text, const struct toml_item *item, const struct element *only)
{
  const char *value = text + item->value_start;
  bool is_first = only->start == item->value_start + 1;
  bool has_comment = memchr(value, '#', item->value_end - item->value_start) != NULL;
  if (is_first || has_comment)
    return splice(text, only->start, skip_comma(text, only->end), "");
  return splice(text, item->value_start, item->value_end, "[]");
}

/* With the comma behind it, and a space. */
static char *take_first(const char *text, const struct element *first)
{
  size_t end = skip_comma(text, first->end);
  if (end == first->end) /* a comment comes before the comma */
    return splice(text, first->start, first[1].start, "");
  return splice(text, first->start, end + (text[end] == ' '), "");
}

/* With the comma before it. */
static char *take(const char *text, const struct toml_item *item, const struct elements *elements,
                  const struct element *found)
{
  if (elements->count == 1)
    return take_only(text, item, found);
  if (found == elements->list)
    return take_first(text, found);
  cleanup_free char *lead = lead_of(text, found->start);
  size_t between = found->start - found[-1].end;
  if (lead[0] != ' ' && between > strlen(",") + strlen(lead) && ends_line(text, found->end))
    return take_line(text, found, strlen(lead));
  return splice(text, found[-1].end, found->end, "");
}

int toml_edit_list_remove(const char *text, const char *name, const char *const *path,
                          const char *element, char **edited, struct error *err)
{
  cleanup_toml struct toml toml = {.count = 0};
  if (toml_parse(text, strlen(text), name, &toml, err) < 0)
    return -1;
  const struct toml_item *item = find_array(&toml, path);
  cleanup_elements struct elements *elements = item != NULL ? read_elements(&toml, item) : NULL;
  const struct element *found = elements != NULL ? find_string(elements, element) : NULL;
  *edited = found != NULL ? take(text, item, elements, found) : xstrdup(text);
  return 0;
}
