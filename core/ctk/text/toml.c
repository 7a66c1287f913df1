/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/toml_names.h"
#include "ctk/text/toml_reader.h"

#define NO_ITEM SIZE_MAX

struct parser {
  struct toml_reader reader;
  struct toml *toml;
  struct toml_node *table; /* of the section that is read */
  size_t capacity;         /* of the items */
  size_t depth;            /* of the arrays and inline tables that we are in */
  unsigned line;           /* at `counted` */
  const char *counted;
};

/* --- items --------------------------------------------------------------------------------- */

/* The line of a place; each is behind the one before, or in its line. */
static unsigned line_of(struct parser *parser, const char *at)
{
  for (; parser->counted < at; parser->counted++)
    parser->line += *parser->counted == '\n';
  return parser->line;
}

static size_t array_index_of(const struct toml_node *node)
{
  while (node != NULL && node->kind != NODE_ELEMENT)
    node = node->parent;
  return node != NULL ? node->index : 0;
}

/* Appends an item that begins at `start` and returns its index. */
static size_t add_item(struct parser *parser, const struct toml_node *node, const char *start)
{
  struct toml *toml = parser->toml;
  if (toml->count == parser->capacity) {
    parser->capacity = 2 * parser->capacity + 16;
    toml->items = xrealloc_array(toml->items, parser->capacity, sizeof(*toml->items));
  }
  toml->items[toml->count] = (struct toml_item){
      .path = toml_names_path(node),
      .depth = node->depth,
      .start = (size_t)(start - toml->text),
      .line = line_of(parser, start),
      .array_index = array_index_of(node),
      .in_inline_table = parser->depth > 0,
  };
  return toml->count++;
}

static void end_item(struct parser *parser, size_t index, enum toml_kind kind, const char *value)
{
  struct toml_item *item = &parser->toml->items[index];
  item->kind = kind;
  item->value_start = (size_t)(value - parser->toml->text);
  item->value_end = item->end = (size_t)(parser->reader.at - parser->toml->text);
}

/* --- keys ---------------------------------------------------------------------------------- */

static struct toml_node *read_component(struct parser *parser, struct toml_node *from,
                                        enum toml_step inner, enum toml_step last, bool *more)
{
  struct toml_reader *reader = &parser->reader;
  const char *at = reader->at, *cause;
  if (toml_reader_key(reader) < 0)
    return NULL;
  toml_reader_skip_blanks(reader);
  *more = toml_reader_accept(reader, '.');
  toml_reader_skip_blanks(reader);
  if (from->depth == TOML_DEPTH_MAX) {
    toml_reader_fail(reader, at, "more than %d names within each other", TOML_DEPTH_MAX);
    return NULL;
  }
  unsigned line = line_of(parser, at);
  struct toml_node *node = toml_names_step(parser->toml->names, from, reader->scratch,
                                           *more ? inner : last, &line, &cause);
  if (node == NULL)
    toml_reader_fail(reader, at, "%.100s %s (see line %u)", reader->scratch, cause, line);
  return node;
}

/* Reads a key in the table `from`: `inner` is what each component but the `last` does. */
static struct toml_node *read_key(struct parser *parser, struct toml_node *from,
                                  enum toml_step inner, enum toml_step last)
{
  bool more = true;
  toml_reader_skip_blanks(&parser->reader);
  while (more && from != NULL)
    from = read_component(parser, from, inner, last, &more);
  return from;
}

/* --- values -------------------------------------------------------------------------------- */

static int read_value(struct parser *parser, struct toml_node *node, bool recorded,
                      enum toml_kind *kind);

/* KEY = VALUE. What lies in an array is not recorded. */
static int read_setting(struct parser *parser, struct toml_node *table, bool recorded)
{
  struct toml_reader *reader = &parser->reader;
  const char *start = reader->at;
  struct toml_node *node = read_key(parser, table, STEP_DOTTED, STEP_KEY);
  if (node == NULL)
    return -1;
  if (!toml_reader_accept(reader, '='))
    return toml_reader_unexpected(reader, "'='");
  toml_reader_skip_blanks(reader);

  const char *value = reader->at;
  size_t index = recorded ? add_item(parser, node, start) : NO_ITEM;
  enum toml_kind kind = TOML_STRING;
  if (read_value(parser, node, recorded, &kind) < 0)
    return -1;
  if (recorded)
    end_item(parser, index, kind, value);
  return 0;
}

/* All in one line but what stands within the values. `node` is the table. */
static int read_inline_table(struct parser *parser, struct toml_node *node, bool recorded)
{
  struct toml_reader *reader = &parser->reader;
  size_t section = toml_names_section(parser->toml->names);
  toml_reader_skip_blanks(reader);
  bool more = !toml_reader_accept(reader, '}');
  while (more) {
    toml_reader_skip_blanks(reader);
    if (read_setting(parser, node, recorded) < 0)
      return -1;
    toml_reader_skip_blanks(reader);
    more = toml_reader_accept(reader, ',');
    if (!more && !toml_reader_accept(reader, '}'))
      return toml_reader_unexpected(reader, "',' or '}' (inline tables end in their line)");
  }
  parser->toml->names->section = section;
  return 0;
}

static int read_element(struct parser *parser)
{
  struct toml_node *node = NULL;
  enum toml_kind kind;
  unsigned line = 0;
  const char *cause;
  if (toml_reader_is_next(&parser->reader, '{'))
    node = toml_names_step(parser->toml->names, NULL, NULL, STEP_INLINE_TABLE, &line, &cause);
  return read_value(parser, node, false, &kind);
}

static int read_array(struct parser *parser)
{
  struct toml_reader *reader = &parser->reader;
  for (;;) {
    toml_reader_skip_lines(reader);
    if (toml_reader_accept(reader, ']'))
      return 0;
    if (read_element(parser) < 0)
      return -1;
    toml_reader_skip_lines(reader);
    if (!toml_reader_accept(reader, ',') && !toml_reader_is_next(reader, ']'))
      return toml_reader_unexpected(reader, "',' or ']'");
  }
}

/* `node` is what has the value, NULL for one in an array that is no inline table. */
static int read_nested(struct parser *parser, struct toml_node *node, bool recorded,
                       enum toml_kind *kind)
{
  struct toml_reader *reader = &parser->reader;
  const char *opening = reader->at++;
  if (parser->depth == TOML_DEPTH_MAX)
    return toml_reader_fail(reader, opening, "nested deeper than %d", TOML_DEPTH_MAX);
  parser->depth++;
  *kind = *opening == '[' ? TOML_ARRAY : TOML_INLINE_TABLE;
  if (*kind == TOML_INLINE_TABLE)
    node->kind = NODE_INLINE_TABLE;
  int result = *kind == TOML_ARRAY ? read_array(parser) : read_inline_table(parser, node, recorded);
  parser->depth--;
  return result;
}

static int read_value(struct parser *parser, struct toml_node *node, bool recorded,
                      enum toml_kind *kind)
{
  struct toml_reader *reader = &parser->reader;
  if (toml_reader_is_next(reader, '[') || toml_reader_is_next(reader, '{'))
    return read_nested(parser, node, recorded, kind);
  if (toml_reader_is_next(reader, '"') || toml_reader_is_next(reader, '\'')) {
    *kind = TOML_STRING;
    return toml_reader_string(reader);
  }
  return toml_reader_scalar(reader, kind);
}

/* --- statements ---------------------------------------------------------------------------- */

/* [a.b] or [[a.b]] */
static int read_header(struct parser *parser)
{
  struct toml_reader *reader = &parser->reader;
  const char *start = reader->at;
  bool is_array = toml_reader_accept_word(reader, "[[");
  if (!is_array)
    reader->at++;
  toml_names_section(parser->toml->names);
  parser->table = read_key(parser, parser->toml->names->root, STEP_HEADER,
                           is_array ? STEP_ARRAY_TABLE : STEP_TABLE);
  if (parser->table == NULL)
    return -1;
  if (!toml_reader_accept_word(reader, is_array ? "]]" : "]"))
    return toml_reader_unexpected(reader, is_array ? "']]'" : "']'");
  end_item(parser, add_item(parser, parser->table, start), is_array ? TOML_ARRAY_TABLE : TOML_TABLE,
           start);
  return 0;
}

static int read_statements(struct parser *parser)
{
  struct toml_reader *reader = &parser->reader;
  toml_reader_accept_word(reader, "\xef\xbb\xbf"); /* a byte order mark */
  if (toml_reader_check(reader) < 0)
    return -1;
  parser->table = parser->toml->names->root;
  for (;;) {
    toml_reader_skip_lines(reader);
    if (reader->at == reader->end)
      return 0;
    int result = toml_reader_is_next(reader, '[') ? read_header(parser)
                                                  : read_setting(parser, parser->table, true);
    if (result < 0 || toml_reader_end_line(reader) < 0)
      return -1;
  }
}

int toml_parse(const char *text, size_t length, const char *name, struct toml *toml,
               struct error *err)
{
  *toml = (struct toml){.text = text, .length = length};
  if (length > TOML_SIZE_MAX)
    return error_set(err, "%s is larger than %lu bytes", name, TOML_SIZE_MAX);
  toml->names = toml_names_new();
  struct parser parser = {.toml = toml, .line = 1, .counted = text};
  toml_reader_start(&parser.reader, text, length, name, err);
  int result = read_statements(&parser);
  toml_reader_end(&parser.reader);
  if (result < 0)
    toml_free(toml);
  return result;
}

void toml_free(struct toml *toml)
{
  for (size_t i = 0; i < toml->count; i++)
    free(toml->items[i].path);
  free(toml->items);
  toml_names_free(toml->names);
  *toml = (struct toml){.text = NULL};
}

/* --- questions ----------------------------------------------------------------------------- */

static bool has_path(const struct toml_item *item, const char *const *path)
{
  for (size_t i = 0; i < item->depth; i++)
    if (path[i] == NULL || !text_equal(item->path[i], path[i]))
      return false;
  return path[item->depth] == NULL;
}

const struct toml_item *toml_find(const struct toml *toml, const char *const *path)
{
  for (size_t i = 0; i < toml->count; i++)
    if (has_path(&toml->items[i], path))
      return &toml->items[i];
  return NULL;
}

/* A reader of an item's value, which is known to be well. */
static struct toml_reader value_reader(const struct toml *toml, const struct toml_item *item,
                                       struct error *err)
{
  struct toml_reader reader;
  toml_reader_start(&reader, toml->text + item->value_start, item->value_end - item->value_start,
                    "", err);
  return reader;
}

char *toml_string(const struct toml *toml, const struct toml_item *item)
{
  if (item->kind != TOML_STRING)
    return NULL;
  struct error err;
  cleanup_toml_reader struct toml_reader reader = value_reader(toml, item, &err);
  return toml_reader_string(&reader) == 0 ? steal_pointer(&reader.scratch) : NULL;
}

static bool is_quote(char c)
{
  return c == '"' || c == '\'';
}

/* Reads the strings of an array behind its bracket. Returns false at anything else. */
static bool read_strings(struct toml_reader *reader, char ***strings, size_t *count)
{
  for (;;) {
    toml_reader_skip_lines(reader);
    if (toml_reader_accept(reader, ']'))
      return true;
    if (!is_quote(*reader->at) || toml_reader_string(reader) < 0)
      return false;
    *strings = xrealloc_array(*strings, *count + 2, sizeof(**strings));
    (*strings)[(*count)++] = xstrdup(reader->scratch);
    (*strings)[*count] = NULL;
    toml_reader_skip_lines(reader);
    toml_reader_accept(reader, ',');
  }
}

char **toml_strings(const struct toml *toml, const struct toml_item *item)
{
  if (item->kind != TOML_ARRAY)
    return NULL;
  struct error err;
  cleanup_toml_reader struct toml_reader reader = value_reader(toml, item, &err);
  size_t count = 0;
  char **strings = xcalloc(1, sizeof(*strings));
  toml_reader_accept(&reader, '[');
  if (read_strings(&reader, &strings, &count))
    return strings;
  while (count > 0)
    free(strings[--count]);
  free(strings);
  return NULL;
}

/* --- writing ------------------------------------------------------------------------------- */

char *toml_quote(const char *text)
{
  static const char specials[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
  char *quoted = xcalloc(strlen(text) + 1, sizeof("\\u00ff")), *to = quoted;
  *to++ = '"';
  for (; *text != '\0'; text++) {
    const char *special = strchr(specials, *text);
    if (special != NULL)
      to += sprintf(to, "\\%c", letters[special - specials]);
    else if ((unsigned char)*text < ' ' || *text == 0x7f)
      to += sprintf(to, "\\u%04x", (unsigned)(unsigned char)*text);
    else
      *to++ = *text;
  }
  *to = '"';
  return quoted;
}

char *toml_key(const char *component)
{
  size_t length = 0;
  while (toml_is_bare(component[length]))
    length++;
  return length > 0 && component[length] == '\0' ? xstrdup(component) : toml_quote(component);
}
