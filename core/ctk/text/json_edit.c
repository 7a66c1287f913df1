/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/json_edit.h"

#include "common/json.h"
#include "common/json_reader.h"

#include <json-c/linkhash.h>

#define UNIT_DEFAULT "    " /* as the engines' own tools indent */

/* --- where things stand -------------------------------------------------------------------- */

/* A member of an object, or an element of an array, whose key is empty. All point into the text. */
struct member {
  const char *lead; /* behind the bracket or comma before it */
  const char *key, *key_end;
  const char *value, *value_end;
  const char *next; /* at the comma or bracket behind it */
};

/* The text is known to be JSON from here on, so nothing needs to be checked again. */
static const char *skip_space(const char *at)
{
  return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at)
{
  for (at++; *at != '"'; at++)
    if (*at == '\\')
      at++;
  return at + 1;
}

static const char *skip_value(const char *at)
{
  int depth = 0;
  do {
    if (*at == '"') {
      at = skip_string(at);
      continue;
    }
    if (*at == '{' || *at == '[')
      depth++;
    else if (*at == '}' || *at == ']')
      depth--;
    else if (depth == 0)
      return at + strcspn(at, ",]} \t\r\n");
    at++;
  } while (depth > 0);
  return at;
}

/* Reads the member behind a bracket or comma; false if there is none. */
static bool read_member(const char *lead, bool object, struct member *member)
{
  *member = (struct member){.lead = lead};
  member->key = member->key_end = member->value = skip_space(lead);
  if (*member->key == '}' || *member->key == ']')
    return false;
  if (object) {
    member->key_end = skip_string(member->key);
    member->value = skip_space(skip_space(member->key_end) + 1);
  }
  member->value_end = skip_value(member->value);
  member->next = skip_space(member->value_end);
  return true;
}

static bool first_member(const char *container, struct member *member)
{
  return read_member(container + 1, *container == '{', member);
}

static bool next_member(const char *container, struct member *member)
{
  return *member->next == ',' && read_member(member->next + 1, *container == '{', member);
}

/* --- pointers ------------------------------------------------------------------------------ */

/* The pointer's first step, unescaped, owned by the caller; moves the pointer behind it. */
static char *take_step(const char **pointer)
{
  const char *from = *pointer + 1;
  size_t length = strcspn(from, "/"), used = 0;
  char *step = xcalloc(length + 1, 1);
  for (size_t i = 0; i < length; i++) {
    if (from[i] == '~' && i + 1 < length)
      step[used++] = from[++i] == '1' ? '/' : '~';
    else
      step[used++] = from[i];
  }
  *pointer = from + length;
  return step;
}

static bool has_key(const struct member *member, const char *wanted)
{
  struct error ignored;
  struct json_reader reader;
  const char *key;
  size_t length;
  json_reader_start(&reader, member->key, (size_t)(member->key_end - member->key), "", &ignored);
  bool same = json_reader_string(&reader, &key, &length) == 0 && length == strlen(wanted) &&
              memcmp(key, wanted, length) == 0;
  json_reader_end(&reader);
  return same;
}

static bool has_index(size_t index, const char *wanted)
{
  char text[24];
  snprintf(text, sizeof(text), "%zu", index);
  return text_equal(text, wanted);
}

static bool find_member(const char *container, const char *step, struct member *member)
{
  size_t index = 0;
  bool object = *container == '{';
  if (!object && *container != '[')
    return false;
  for (bool more = first_member(container, member); more; more = next_member(container, member)) {
    if (object ? has_key(member, step) : has_index(index, step))
      return true;
    index++;
  }
  return false;
}

/* Follows the pointer as far as it goes. */
struct way {
  const char *container; /* the last one reached */
  struct member parent;  /* the member whose value it is; its key is NULL if it is the root */
  struct member member;  /* what the last step leads to, if `found` */
  bool found;
  const char *rest; /* the steps behind the one that was not found */
  char *step;       /* the last one taken; owned */
};

static void free_way(struct way *way)
{
  free(way->step);
}

#define cleanup_way __attribute__((cleanup(free_way)))

static void follow(struct way *way, const char *text, const char *pointer)
{
  *way = (struct way){.container = skip_space(text), .rest = pointer};
  while (*way->rest != '\0') {
    free(way->step);
    way->step = take_step(&way->rest);
    way->found = find_member(way->container, way->step, &way->member);
    if (!way->found || *way->rest == '\0')
      return;
    if (*way->member.value != '{' && *way->member.value != '[')
      return;
    way->parent = way->member;
    way->container = way->member.value;
  }
}

/* --- layout -------------------------------------------------------------------------------- */

/* How what is new is written. */
struct layout {
  const char *newline; /* NULL: all on one line */
  const char *space;   /* behind a comma, on one line */
  char *unit;          /* owned */
  char *colon;         /* with the white space around it; owned */
};

static void free_layout(struct layout *layout)
{
  free(layout->unit);
  free(layout->colon);
}

#define cleanup_layout __attribute__((cleanup(free_layout)))

/* The indentation of a member that stands on a line of its own; NULL if it does not. */
static char *indentation_of(const struct member *member)
{
  for (const char *at = member->key; at > member->lead; at--)
    if (at[-1] == '\n')
      return xstrndup(at, (size_t)(member->key - at));
  return NULL;
}

static struct layout layout_like(const char *text, const struct member *neighbour, bool lines)
{
  struct layout layout = {.newline = NULL, .space = " "};
  struct member first;
  const char *root = skip_space(text);
  if (lines)
    layout.newline = strstr(text, "\r\n") != NULL ? "\r\n" : "\n";
  if (*root == '{' && first_member(root, &first))
    layout.unit = indentation_of(&first);
  if (layout.unit == NULL || layout.unit[0] == '\0') {
    free(layout.unit);
    layout.unit = xstrdup(UNIT_DEFAULT);
  }
  if (neighbour != NULL && neighbour->key != NULL && neighbour->key < neighbour->key_end) {
    layout.colon = xstrndup(neighbour->key_end, (size_t)(neighbour->value - neighbour->key_end));
    if (strchr(layout.colon, '\n') == NULL) {
      layout.space = text_equal(layout.colon, ":") ? "" : " ";
      return layout;
    }
    free(layout.colon);
  }
  layout.colon = xstrdup(": ");
  return layout;
}

static void write_value(FILE *out, const struct layout *layout, const char *indent,
                        struct json_object *value);

static void write_break(FILE *out, const struct layout *layout, const char *indent, bool first)
{
  if (layout->newline != NULL)
    fprintf(out, "%s%s%s", first ? "" : ",", layout->newline, indent);
  else if (!first)
    fprintf(out, ",%s", layout->space);
}

static void write_scalar(FILE *out, struct json_object *value)
{
  size_t length;
  const char *text = json_text(value, &length);
  fwrite(text, 1, length, out);
}

static void write_close(FILE *out, const struct layout *layout, const char *indent, char bracket)
{
  if (layout->newline != NULL)
    fprintf(out, "%s%s", layout->newline, indent);
  fputc(bracket, out);
}

static void write_object(FILE *out, const struct layout *layout, const char *indent,
                         struct json_object *object)
{
  cleanup_free char *deeper = xasprintf("%s%s", indent, layout->unit);
  bool first = true;
  fputc('{', out);
  json_object_object_foreach (object, key, member) {
    cleanup_json struct json_object *name = json_object_new_string(key);
    write_break(out, layout, deeper, first);
    write_scalar(out, name);
    fputs(layout->colon, out);
    write_value(out, layout, deeper, member);
    first = false;
  }
  write_close(out, layout, indent, '}');
}

static void write_array(FILE *out, const struct layout *layout, const char *indent,
                        struct json_object *array)
{
  cleanup_free char *deeper = xasprintf("%s%s", indent, layout->unit);
  size_t length = json_object_array_length(array);
  fputc('[', out);
  for (size_t i = 0; i < length; i++) {
    write_break(out, layout, deeper, i == 0);
    write_value(out, layout, deeper, json_object_array_get_idx(array, i));
  }
  write_close(out, layout, indent, ']');
}

static void write_value(FILE *out, const struct layout *layout, const char *indent,
                        struct json_object *value)
{
  bool object = json_object_is_type(value, json_type_object);
  bool array = json_object_is_type(value, json_type_array);
  if (object && json_object_object_length(value) > 0)
    write_object(out, layout, indent, value);
  else if (array && json_object_array_length(value) > 0)
    write_array(out, layout, indent, value);
  else
    fputs(object ? "{}" : array ? "[]" : "", out);
  if (!object && !array)
    write_scalar(out, value);
}

static char *value_text(const struct layout *layout, const char *indent, struct json_object *value)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL)
    return xstrdup("");
  write_value(out, layout, indent, value);
  fclose(out);
  return text;
}

/* --- edits --------------------------------------------------------------------------------- */

/* The text with [start, end) replaced; owned by the caller. */
static char *splice(const char *text, const char *start, const char *end, const char *middle)
{
  return xasprintf("%.*s%s%s", (int)(start - text), text, middle, end);
}

static char *insert_into_empty(const char *text, const struct way *way, struct json_object *value)
{
  bool root = way->parent.key == NULL;
  cleanup_free char *around = root ? xstrdup("") : indentation_of(&way->parent);
  cleanup_layout struct layout layout =
      layout_like(text, root ? NULL : &way->parent, around != NULL);
  cleanup_json struct json_object *object = json_object_new_object();
  json_object_object_add(object, way->step, json_object_get(value));
  cleanup_free char *new = value_text(&layout, around != NULL ? around : "", object);
  return splice(text, way->container, skip_value(way->container), new);
}

/* Behind the last member, and like it. */
static char *insert_behind(const char *text, const struct member *last, bool alone,
                           const char *step, struct json_object *value)
{
  cleanup_free char *indent = indentation_of(last);
  cleanup_layout struct layout layout = layout_like(text, last, indent != NULL);
  cleanup_json struct json_object *name = json_object_new_string(step);
  cleanup_free char *new = value_text(&layout, indent != NULL ? indent : "", value);
  cleanup_free char *lead = NULL;
  size_t length;
  if (indent != NULL)
    lead = xasprintf("%s%s", layout.newline, indent);
  else
    lead = alone ? xstrdup(layout.space) : xstrndup(last->lead, (size_t)(last->key - last->lead));
  cleanup_free char *member =
      xasprintf(",%s%s%s%s", lead, json_text(name, &length), layout.colon, new);
  return splice(text, last->value_end, last->value_end, member);
}

static char *insert(const char *text, const struct way *way, struct json_object *value)
{
  struct member last, next;
  size_t count = 1;
  if (!first_member(way->container, &last))
    return insert_into_empty(text, way, value);
  for (next = last; next_member(way->container, &next); last = next)
    count++;
  return insert_behind(text, &last, count == 1, way->step, value);
}

static char *replace(const char *text, const struct member *member, struct json_object *value)
{
  cleanup_free char *indent = indentation_of(member);
  cleanup_layout struct layout layout = layout_like(text, member, indent != NULL);
  cleanup_free char *new = value_text(&layout, indent != NULL ? indent : "", value);
  return splice(text, member->value, member->value_end, new);
}

/* --- the interface ------------------------------------------------------------------------- */

/* The text, or {} for one that is blank or null; owned by the caller. NULL after an error. */
static char *checked_text(const char *text, const char *name, struct error *err)
{
  const char *value = skip_space(text);
  if (*value == '\0')
    return xstrdup("{}\n");
  cleanup_json struct json_object *tree = NULL;
  if (json_parse(text, strlen(text), name, &tree, err) < 0)
    return NULL;
  return tree != NULL ? xstrdup(text) : splice(text, value, value + strlen("null"), "{}");
}

static const char *kind_of(const char *value)
{
  return *value == '{'                    ? "an object"
         : *value == '['                  ? "an array"
         : *value == '"'                  ? "a text"
         : *value == 't' || *value == 'f' ? "a boolean"
                                          : "a number";
}

/* What stands at `value` should hold the member, and cannot. */
static int refuse(const char *text, const char *name, const char *value, const char *pointer,
                  size_t length, struct error *err)
{
  struct json_reader reader;
  json_reader_start(&reader, text, strlen(text), name, err);
  json_reader_fail(&reader, value, "%.*s is %s, not an object",
                   length > 0 ? (int)length : (int)strlen("the file"),
                   length > 0 ? pointer : "the file", kind_of(value));
  json_reader_end(&reader);
  return -1;
}

/* Objects for the steps that are left, the value innermost; takes ownership of the value. */
static struct json_object *wrap(const char *rest, struct json_object *value)
{
  if (*rest == '\0')
    return value;
  cleanup_free char *step = take_step(&rest);
  struct json_object *object = json_object_new_object();
  json_object_object_add(object, step, wrap(rest, value));
  return object;
}

static bool is_equal(const struct member *member, struct json_object *value)
{
  struct error ignored;
  cleanup_json struct json_object *present = NULL;
  return json_parse(member->value, (size_t)(member->value_end - member->value), "", &present,
                    &ignored) == 0 &&
         json_object_equal(present, value);
}

static int set(const char *text, const char *name, const char *pointer, struct json_object *value,
               char **edited, struct error *err)
{
  cleanup_way struct way way = {.step = NULL};
  follow(&way, text, pointer);
  size_t passed = strlen(pointer) - strlen(way.rest);
  if (!way.found && *way.container != '{')
    return refuse(text, name, way.container, pointer, passed - strlen(way.step) - 1, err);
  if (way.found && *way.rest != '\0' && *way.member.value != 'n')
    return refuse(text, name, way.member.value, pointer, passed, err);

  cleanup_json struct json_object *new = wrap(way.rest, json_object_get(value));
  if (!way.found)
    *edited = insert(text, &way, new);
  else if (*way.rest == '\0' && is_equal(&way.member, new))
    *edited = xstrdup(text);
  else
    *edited = replace(text, &way.member, new);
  return 0;
}

int json_edit_set(const char *text, const char *name, const char *pointer, const char *value,
                  char **edited, struct error *err)
{
  cleanup_free char *base = checked_text(text, name, err);
  cleanup_free char *result = NULL;
  cleanup_json struct json_object *new = NULL, *again = NULL;
  if (base == NULL || json_parse(value, strlen(value), pointer, &new, err) < 0 ||
      set(base, name, pointer, new, &result, err) < 0 ||
      json_parse(result, strlen(result), name, &again, err) < 0) /* it may nest too deep now */
    return -1;
  *edited = steal_pointer(&result);
  return 0;
}

int json_edit_put(const char *text, const char *name, const char *pointer, const char *bytes,
                  char **edited, struct error *err)
{
  cleanup_free char *base = checked_text(text, name, err);
  cleanup_way struct way way = {.step = NULL};
  if (base == NULL)
    return -1;
  follow(&way, base, pointer);
  if (!way.found || *way.rest != '\0')
    return error_set(err, "%s: there is no %s", name, pointer);
  *edited = splice(base, way.member.value, way.member.value_end, bytes);
  return 0;
}

/* A member's own white space goes with it: the lead before it, and what follows if it is the only
   one. */
static char *without_member(const char *text, const struct way *way)
{
  struct member member = way->member, first;
  first_member(way->container, &first);
  bool is_first = first.key == member.key, is_last = *member.next != ',';
  if (is_first && is_last)
    return splice(text, member.lead, member.next, "");
  if (is_last)
    return splice(text, member.lead - 1, member.value_end, "");
  return splice(text, member.lead, member.next + 1, "");
}

int json_edit_remove(const char *text, const char *name, const char *pointer, char **edited,
                     struct error *err)
{
  cleanup_free char *base = checked_text(text, name, err);
  cleanup_way struct way way = {.step = NULL};
  if (base == NULL)
    return -1;
  follow(&way, base, pointer);
  if (!way.found || *way.rest != '\0')
    *edited = xstrdup(text);
  else
    *edited = without_member(base, &way);
  return 0;
}

char *json_edit_get(const char *text, const char *pointer)
{
  struct error ignored;
  cleanup_free char *base = checked_text(text, "", &ignored);
  cleanup_way struct way way = {.step = NULL};
  if (base == NULL)
    return NULL;
  follow(&way, base, pointer);
  if (*pointer == '\0')
    return xstrndup(way.container, (size_t)(skip_value(way.container) - way.container));
  if (!way.found || *way.rest != '\0')
    return NULL;
  return xstrndup(way.member.value, (size_t)(way.member.value_end - way.member.value));
}
