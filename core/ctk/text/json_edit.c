/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/json_edit.h"

#include "common/json.h"
#include "common/json_reader.h"
#include "ctk/text/json_layout.h"

/* --- edits --------------------------------------------------------------------------------- */

/* The text with [start, end) replaced; owned by the caller. */
static char *splice(const char *text, const char *start, const char *end, const char *middle)
{
  return xasprintf("%.*s%s%s", (int)(start - text), text, middle, end);
}

static char *insert_into_empty(const char *text, const struct json_way *way,
                               struct json_object *value)
{
  bool root = way->parent.key == NULL;
  cleanup_free char *around = root ? xstrdup("") : json_indentation(&way->parent);
  cleanup_json_layout struct json_layout layout =
      json_layout_like(text, root ? NULL : &way->parent, around != NULL);
  cleanup_json struct json_object *object = json_object_new_object();
  json_object_object_add(object, way->step, json_object_get(value));
  cleanup_free char *new = json_layout_text(&layout, around != NULL ? around : "", object);
  return splice(text, way->container, json_skip_value(way->container), new);
}

/* Behind the last member, and like it. */
static char *insert_behind(const char *text, const struct json_member *last, bool alone,
                           const char *step, struct json_object *value)
{
  cleanup_free char *indent = json_indentation(last);
  cleanup_json_layout struct json_layout layout = json_layout_like(text, last, indent != NULL);
  cleanup_json struct json_object *name = json_object_new_string(step);
  cleanup_free char *new = json_layout_text(&layout, indent != NULL ? indent : "", value);
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

static char *insert(const char *text, const struct json_way *way, struct json_object *value)
{
  struct json_member last, next;
  size_t count = 1;
  if (!json_first_member(way->container, &last))
    return insert_into_empty(text, way, value);
  for (next = last; json_next_member(way->container, &next); last = next)
    count++;
  return insert_behind(text, &last, count == 1, way->step, value);
}

static char *replace(const char *text, const struct json_member *member, struct json_object *value)
{
  cleanup_free char *indent = json_indentation(member);
  cleanup_json_layout struct json_layout layout = json_layout_like(text, member, indent != NULL);
  cleanup_free char *new = json_layout_text(&layout, indent != NULL ? indent : "", value);
  return splice(text, member->value, member->value_end, new);
}

/* --- the interface ------------------------------------------------------------------------- */

static int parse(const char *text, const char *name, struct json_object **tree, struct error *err)
{
  const char *body = json_body(text);
  return json_parse(body, strlen(body), name, tree, err);
}

/* The text, or {} for one that is blank or null; owned by the caller. NULL after an error. */
static char *checked_text(const char *text, const char *name, struct error *err)
{
  text = text != NULL ? text : "";
  const char *body = json_body(text), *value = json_skip_space(body);
  if (*value == '\0')
    return splice(text, body, value, "{}\n");
  cleanup_json struct json_object *tree = NULL;
  if (parse(text, name, &tree, err) < 0)
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
  json_reader_start(&reader, json_body(text), strlen(json_body(text)), name, err);
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
  cleanup_free char *step = json_take_step(&rest);
  struct json_object *object = json_object_new_object();
  json_object_object_add(object, step, wrap(rest, value));
  return object;
}

static bool is_equal(const struct json_member *member, struct json_object *value)
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
  cleanup_json_way struct json_way way = {.step = NULL};
  json_way_follow(&way, text, pointer);
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
      parse(result, name, &again, err) < 0) /* it may nest too deep now */
    return -1;
  *edited = steal_pointer(&result);
  return 0;
}

int json_edit_put(const char *text, const char *name, const char *pointer, const char *bytes,
                  char **edited, struct error *err)
{
  cleanup_free char *base = checked_text(text, name, err);
  cleanup_json_way struct json_way way = {.step = NULL};
  if (base == NULL)
    return -1;
  json_way_follow(&way, base, pointer);
  if (!way.found || *way.rest != '\0')
    return error_set(err, "%s: there is no %s", name, pointer);
  *edited = splice(base, way.member.value, way.member.value_end, bytes);
  return 0;
}

/* A member's own white space goes with it: the lead before it, and what follows if it is the only
   one. */
static char *without_member(const char *text, const struct json_way *way)
{
  struct json_member member = way->member, first;
  json_first_member(way->container, &first);
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
  cleanup_json_way struct json_way way = {.step = NULL};
  if (base == NULL)
    return -1;
  json_way_follow(&way, base, pointer);
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
  cleanup_json_way struct json_way way = {.step = NULL};
  if (base == NULL)
    return NULL;
  json_way_follow(&way, base, pointer);
  if (*pointer == '\0')
    return xstrndup(way.container, (size_t)(json_skip_value(way.container) - way.container));
  if (!way.found || *way.rest != '\0')
    return NULL;
  return xstrndup(way.member.value, (size_t)(way.member.value_end - way.member.value));
}

char *json_edit_text(const char *text, const char *pointer)
{
  struct error ignored;
  cleanup_json struct json_object *value = NULL;
  cleanup_free char *bytes = json_edit_get(text, pointer);
  if (bytes == NULL || json_parse(bytes, strlen(bytes), "", &value, &ignored) < 0 ||
      !json_object_is_type(value, json_type_string))
    return NULL;
  return xstrdup(json_object_get_string(value));
}
