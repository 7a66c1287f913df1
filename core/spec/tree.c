/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/tree.h"

#include "common/json.h"

#include <json-c/linkhash.h>

int tree_wrong_type(const char *pointer, struct json_object *value, enum json_type wanted,
                    struct error *err)
{
  return error_set(err, "config.json: %s is %s, not %s", pointer,
                   json_type_words(json_object_get_type(value)), json_type_words(wanted));
}

struct json_object *tree_need(struct json_object *parent, const char *key, enum json_type type,
                              const char *pointer, struct error *err)
{
  struct json_object *value = NULL;
  json_object_object_get_ex(parent, key, &value);
  if (value == NULL) {
    value = type == json_type_object ? json_object_new_object() : json_object_new_array();
    json_object_object_add(parent, key, value);
  } else if (!json_object_is_type(value, type)) {
    tree_wrong_type(pointer, value, type, err);
    return NULL;
  }
  return value;
}

struct json_object *tree_get(struct json_object *parent, const char *key, enum json_type type)
{
  struct json_object *value = NULL;
  if (!json_object_object_get_ex(parent, key, &value) || !json_object_is_type(value, type))
    return NULL;
  return value;
}

int tree_check_elements(struct json_object *array, enum json_type type, const char *pointer,
                        struct error *err)
{
  for (size_t i = 0; i < json_object_array_length(array); i++) {
    struct json_object *element = json_object_array_get_idx(array, i);
    if (json_object_is_type(element, type))
      continue;
    cleanup_free char *place = json_pointer_index(pointer, i);
    return tree_wrong_type(place, element, type, err);
  }
  return 0;
}

bool tree_has_element(struct json_object *array, struct json_object *value)
{
  for (size_t i = 0; i < json_object_array_length(array); i++)
    if (json_object_equal(json_object_array_get_idx(array, i), value))
      return true;
  return false;
}

/* json-c before 0.18 cannot insert. */
void tree_insert(struct json_object *array, size_t index, struct json_object *value)
{
  size_t length = json_object_array_length(array);
  json_object_array_add(array, NULL);
  for (size_t i = length; i > index; i--)
    json_object_array_put_idx(array, i, json_object_get(json_object_array_get_idx(array, i - 1)));
  json_object_array_put_idx(array, index, value);
}

/* The depth of what lies in an array or object. */
static size_t inner_depth(struct json_object *value)
{
  size_t deepest = 0;
  if (json_object_is_type(value, json_type_array)) {
    for (size_t i = 0; i < json_object_array_length(value); i++) {
      size_t depth = tree_depth(json_object_array_get_idx(value, i));
      deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
  }
  json_object_object_foreach (value, key, member) {
    (void)key;
    size_t depth = tree_depth(member);
    deepest = depth > deepest ? depth : deepest;
  }
  return deepest;
}

size_t tree_depth(struct json_object *value)
{
  bool nests =
      json_object_is_type(value, json_type_array) || json_object_is_type(value, json_type_object);
  return nests ? 1 + inner_depth(value) : 0;
}

static void measure(struct json_object *value, struct tree_size *size)
{
  enum json_type type = json_object_get_type(value);
  size->values++;
  if (type == json_type_array) {
    size->nests++;
    size->bytes += 2 + json_object_array_length(value);
    for (size_t i = 0; i < json_object_array_length(value); i++)
      measure(json_object_array_get_idx(value, i), size);
  } else if (type == json_type_object) {
    size->nests++;
    size->bytes += 2;
    json_object_object_foreach (value, key, member) {
      size->bytes += strlen(key) + 4;
      measure(member, size);
    }
  } else if (type == json_type_string) {
    size->bytes += (size_t)json_object_get_string_len(value) + 2;
  } else if (type == json_type_double) {
    size->bytes += strlen(json_object_to_json_string(value)); /* may have any number of digits */
  } else {
    size->bytes += 4;
  }
}

struct tree_size tree_measure(struct json_object *value)
{
  struct tree_size size = {.nests = 0};
  measure(value, &size);
  return size;
}

/* json-c calls an integer and a fraction different. */
static bool numbers_equal(struct json_object *integer, struct json_object *fraction)
{
  double value = json_object_get_double(fraction);
  if (value >= -0x1p63 && value < 0x1p63)
    return (double)(int64_t)value == value && json_object_get_int64(integer) == (int64_t)value;
  return value >= 0x1p63 && value < 0x1p64 && json_object_get_uint64(integer) == (uint64_t)value;
}

static bool arrays_equal(struct json_object *a, struct json_object *b)
{
  size_t length = json_object_array_length(a);
  if (length != json_object_array_length(b))
    return false;
  for (size_t i = 0; i < length; i++)
    if (!tree_equal(json_object_array_get_idx(a, i), json_object_array_get_idx(b, i)))
      return false;
  return true;
}

static bool objects_equal(struct json_object *a, struct json_object *b)
{
  if (json_object_object_length(a) != json_object_object_length(b))
    return false;
  json_object_object_foreach (a, key, member) {
    struct json_object *other;
    if (!json_object_object_get_ex(b, key, &other) || !tree_equal(member, other))
      return false;
  }
  return true;
}

bool tree_equal(struct json_object *a, struct json_object *b)
{
  enum json_type type = json_object_get_type(a), other = json_object_get_type(b);
  if (type == json_type_int && other == json_type_double)
    return numbers_equal(a, b);
  if (type == json_type_double && other == json_type_int)
    return numbers_equal(b, a);
  if (type != other)
    return false;
  if (type == json_type_array)
    return arrays_equal(a, b);
  if (type == json_type_object)
    return objects_equal(a, b);
  return json_object_equal(a, b) != 0;
}

int tree_copy(struct json_object *value, struct json_object **copy, struct error *err)
{
  *copy = NULL;
  if (value != NULL && json_object_deep_copy(value, copy, NULL) < 0)
    return error_set(err, "out of memory");
  return 0;
}

void tree_add_text(struct json_object *object, const char *key, const char *text)
{
  if (text != NULL)
    json_object_object_add(object, key, json_object_new_string(text));
}

void tree_add_texts(struct json_object *object, const char *key, const char *const *texts)
{
  if (texts == NULL || texts[0] == NULL)
    return;
  struct json_object *array = json_object_new_array();
  for (; *texts != NULL; texts++)
    json_object_array_add(array, json_object_new_string(*texts));
  json_object_object_add(object, key, array);
}
