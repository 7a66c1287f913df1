/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/check.h"

#include "common/utf8.h"

static int check_value(const struct value *value, int room, struct error *err);

static int check_bytes(const struct value *value, const char *text, size_t length,
                       struct error *err)
{
  if (memchr(text, '\0', length) != NULL)
    return value_error(value, err, "has a NUL");
  for (size_t valid; length > 0; text += valid, length -= valid)
    if ((valid = utf8_length(text, length)) == 0)
      return value_error(value, err, "has a byte 0x%02x that is not UTF-8", (unsigned char)*text);
  return 0;
}

/* As it will be written: a number that was read keeps its text, even where no double holds it, as
   1e999; and json-c's own reader, which a plugin may use, takes more than JSON has, as "1.". */
static bool is_number(struct json_object *number)
{
  struct error ignored;
  cleanup_json struct json_object *again = NULL;
  const char *text = json_object_to_json_string(number);
  return json_parse(text, strlen(text), "", &again, &ignored) == 0 &&
         (json_object_is_type(again, json_type_double) ||
          json_object_is_type(again, json_type_int));
}

int spec_check_key(const struct value *member, const struct lh_entry *entry, struct error *err)
{
  struct lh_table *table = json_object_get_object(member->parent->json);
  if (lh_table_lookup_entry(table, member->key) != entry)
    return value_error(member, err, "is there twice");
  return check_bytes(member, member->key, strlen(member->key), err);
}

static int check_object(const struct value *object, int room, struct error *err)
{
  const struct lh_entry *entry;
  lh_foreach (json_object_get_object(object->json), entry) {
    struct value member = {.document = object->document, .parent = object};
    member.key = lh_entry_k(entry);
    member.json = (struct json_object *)lh_entry_v(entry);
    if (spec_check_key(&member, entry, err) < 0 || check_value(&member, room, err) < 0)
      return -1;
  }
  return 0;
}

static int check_array(const struct value *array, int room, struct error *err)
{
  for (size_t i = 0; i < json_object_array_length(array->json); i++) {
    struct value element = value_element(array, i);
    if (check_value(&element, room, err) < 0)
      return -1;
  }
  return 0;
}

/* `room` is how many arrays and objects there may still be within each other. */
static int check_value(const struct value *value, int room, struct error *err)
{
  enum json_type type = json_object_get_type(value->json);
  bool nests = type == json_type_object || type == json_type_array;
  if (nests && room == 0)
    return error_set(err, "config.json is nested deeper than %d, or holds itself", JSON_DEPTH_MAX);
  if (type == json_type_object)
    return check_object(value, room - 1, err);
  if (type == json_type_array)
    return check_array(value, room - 1, err);
  if (type == json_type_double && !is_number(value->json))
    return value_error(value, err, "is no number that JSON has");
  if (type != json_type_string)
    return 0;
  return check_bytes(value, json_object_get_string(value->json),
                     (size_t)json_object_get_string_len(value->json), err);
}

int spec_check_value(const struct value *value, struct error *err)
{
  int room = JSON_DEPTH_MAX;
  for (const struct value *above = value->parent; above != NULL; above = above->parent)
    room--;
  return check_value(value, room, err);
}

int spec_check(struct json_object *spec, struct error *err)
{
  const struct document document = {.name = "config.json", .tree = spec};
  const struct value root = document_root(&document);
  return value_type(&root, json_type_object, err) < 0 ? -1
                                                      : check_value(&root, JSON_DEPTH_MAX, err);
}
