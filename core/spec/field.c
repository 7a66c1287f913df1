/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/field.h"

#include "common/json.h"
#include "common/utf8.h"
#include "spec/pointer.h"
#include "spec/tree.h"

/* --- getting ------------------------------------------------------------------------------- */

int field_get(struct json_object *spec, const char *pointer, struct json_object **value,
              struct error *err)
{
  struct json_object *found = NULL;
  if (pointer_check(pointer, err) < 0)
    return -1;
  if (pointer_find(spec, pointer, &found, err) < 0)
    return error_wrap(err, "config.json");
  if (found != NULL)
    *value = found;
  return 0;
}

/* The value at the pointer, if there is one, which must then be of this type. */
static int get_typed(struct json_object *spec, const char *pointer, enum json_type type,
                     struct json_object **value, struct error *err)
{
  if (field_get(spec, pointer, value, err) < 0)
    return -1;
  if (*value != NULL && !json_object_is_type(*value, type))
    return tree_wrong_type(pointer, *value, type, err);
  return 0;
}

int field_text(struct json_object *spec, const char *pointer, const char **value, struct error *err)
{
  struct json_object *found = NULL;
  if (get_typed(spec, pointer, json_type_string, &found, err) < 0)
    return -1;
  if (found != NULL)
    *value = json_object_get_string(found);
  return 0;
}

int field_number(struct json_object *spec, const char *pointer, int64_t *value, struct error *err)
{
  struct json_object *found = NULL;
  if (get_typed(spec, pointer, json_type_int, &found, err) < 0)
    return -1;
  if (found == NULL)
    return 0;
  /* json-c clamps the one to the other. */
  if (json_object_get_uint64(found) > INT64_MAX)
    return error_set(err, "config.json: %s is %s, beyond a signed 64-bit number", pointer,
                     json_object_get_string(found));
  *value = json_object_get_int64(found);
  return 0;
}

int field_boolean(struct json_object *spec, const char *pointer, bool *value, struct error *err)
{
  struct json_object *found = NULL;
  if (get_typed(spec, pointer, json_type_boolean, &found, err) < 0)
    return -1;
  if (found != NULL)
    *value = json_object_get_boolean(found);
  return 0;
}

int field_list(struct json_object *spec, const char *pointer, const char ***values,
               struct error *err)
{
  struct json_object *found = NULL;
  if (get_typed(spec, pointer, json_type_array, &found, err) < 0)
    return -1;
  if (found == NULL)
    return 0;
  if (tree_check_elements(found, json_type_string, pointer, err) < 0)
    return -1;
  size_t length = json_object_array_length(found);
  const char **list = xcalloc(length + 1, sizeof(*list));
  for (size_t i = 0; i < length; i++)
    list[i] = json_object_get_string(json_object_array_get_idx(found, i));
  *values = list;
  return 0;
}

/* --- setting ------------------------------------------------------------------------------- */

static int check_target(const char *pointer, struct error *err)
{
  if (pointer[0] == '\0')
    return error_set(err, "the JSON pointer '' is the whole spec, which stays");
  return pointer_check(pointer, err);
}

int field_set(struct json_object *spec, const char *pointer, struct json_object *value,
              struct error *err)
{
  cleanup_json struct json_object *owned = value;
  if (check_target(pointer, err) < 0)
    return -1;
  if (value == NULL)
    return error_set(err, "null cannot be set at %s: remove what is there", pointer);
  if (pointer_set(&spec, pointer, steal_pointer(&owned), err) < 0)
    return error_wrap(err, "config.json");
  return 0;
}

int field_set_text(struct json_object *spec, const char *pointer, const char *value,
                   struct error *err)
{
  size_t left = strlen(value), length;
  for (const char *at = value; left > 0; at += length, left -= length) {
    length = utf8_length(at, left);
    if (length == 0)
      return error_set(err, "the text for %s is not UTF-8", pointer);
  }
  return field_set(spec, pointer, json_object_new_string(value), err);
}

int field_set_json(struct json_object *spec, const char *pointer, const char *json,
                   struct error *err)
{
  struct json_object *value = NULL;
  size_t length = strnlen(json, FIELD_JSON_MAX + 1);
  if (length > FIELD_JSON_MAX)
    return error_set(err, "the JSON text for %s is longer than %d bytes", pointer, FIELD_JSON_MAX);
  cleanup_free char *name = xasprintf("the JSON text for %s", pointer);
  if (json_parse(json, length, name, &value, err) < 0)
    return -1;
  return field_set(spec, pointer, value, err);
}

int field_remove(struct json_object *spec, const char *pointer, struct error *err)
{
  struct json_object *found = NULL;
  if (check_target(pointer, err) < 0)
    return -1;
  int there = pointer_find(spec, pointer, &found, err);
  if (there > 0)
    there = pointer_remove(&spec, pointer, NULL, err);
  return there < 0 ? error_wrap(err, "config.json") : 0;
}
