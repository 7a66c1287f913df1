/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/snapshot.h"

#include "common/json.h"

#include <json-c/linkhash.h>

#define FIRST_ROOM 1024              /* values; most specs have fewer */
#define FIRST_CAPACITY (16UL * 1024) /* bytes; the same */

static void record(struct snapshot *snapshot, const char *key, struct json_object *json);

/* --- taking -------------------------------------------------------------------------------- */

static size_t keep_bytes(struct snapshot *snapshot, const char *bytes, size_t length)
{
  if (snapshot->capacity - snapshot->used <= length) {
    snapshot->capacity = 2 * snapshot->capacity + length + FIRST_CAPACITY;
    snapshot->bytes = xrealloc_array(snapshot->bytes, snapshot->capacity, 1);
  }
  size_t at = snapshot->used;
  memcpy(snapshot->bytes + at, bytes, length);
  snapshot->bytes[at + length] = '\0';
  snapshot->used += length + 1;
  return at;
}

static struct past *add_value(struct snapshot *snapshot)
{
  if (snapshot->count == snapshot->room) {
    snapshot->room = 2 * snapshot->room + FIRST_ROOM;
    snapshot->values = xrealloc_array(snapshot->values, snapshot->room, sizeof(struct past));
  }
  return &snapshot->values[snapshot->count++];
}

static void record_text(struct snapshot *snapshot, struct past *past, const char *text,
                        size_t length)
{
  past->text = keep_bytes(snapshot, text, length);
  past->length = (uint32_t)length;
}

static void record_number(struct past *past, struct json_object *json)
{
  int64_t number = json_object_get_int64(json);
  past->negative = number < 0;
  past->bits = past->negative ? (uint64_t)number : json_object_get_uint64(json);
}

static uint32_t record_members(struct snapshot *snapshot, struct json_object *object)
{
  uint32_t count = 0;
  const struct lh_entry *entry;
  lh_foreach (json_object_get_object(object), entry) {
    record(snapshot, lh_entry_k(entry), (struct json_object *)lh_entry_v(entry));
    count++;
  }
  return count;
}

static uint32_t record_elements(struct snapshot *snapshot, struct json_object *array)
{
  size_t count = json_object_array_length(array);
  for (size_t i = 0; i < count; i++)
    record(snapshot, NULL, json_object_array_get_idx(array, i));
  return (uint32_t)count;
}

/* The array of values may move while those within this one are recorded. */
static void record_nest(struct snapshot *snapshot, size_t at, struct json_object *json)
{
  uint32_t length = snapshot->values[at].type == json_type_object ? record_members(snapshot, json)
                                                                  : record_elements(snapshot, json);
  snapshot->values[at].length = length;
  snapshot->values[at].size = (uint32_t)(snapshot->count - at);
}

static void record(struct snapshot *snapshot, const char *key, struct json_object *json)
{
  size_t at = snapshot->count;
  struct past *past = add_value(snapshot);
  *past = (struct past){.type = json_object_get_type(json), .size = 1};
  if (key != NULL)
    past->key = keep_bytes(snapshot, key, strlen(key));
  switch (past->type) {
  case json_type_object:
  case json_type_array:
    record_nest(snapshot, at, json);
    break;
  case json_type_string:
    record_text(snapshot, past, json_object_get_string(json),
                (size_t)json_object_get_string_len(json));
    break;
  case json_type_double: {
    const char *text = json_object_get_string(json);
    record_text(snapshot, past, text, strlen(text));
    break;
  }
  case json_type_int:
    record_number(past, json);
    break;
  case json_type_boolean:
    past->bits = (uint64_t)json_object_get_boolean(json);
    break;
  case json_type_null:
    break;
  }
}

void snapshot_take(struct snapshot *snapshot, struct json_object *tree)
{
  *snapshot = (struct snapshot){.values = NULL};
  record(snapshot, NULL, tree);
}

void snapshot_free(struct snapshot *snapshot)
{
  free(snapshot->values);
  free(snapshot->bytes);
  *snapshot = (struct snapshot){.values = NULL};
}

/* --- comparing ----------------------------------------------------------------------------- */

/* Its members stand in another order, or some are others. As many as there were, each of which is
   found by its key, leave no room for one more, nor for a key twice. */
static bool members_equal_in_any_order(const struct snapshot *snapshot, const struct past *past,
                                       struct json_object *now)
{
  const struct past *member = past_first(past);
  for (uint32_t i = 0; i < past->length; i++, member = past_next(member)) {
    struct json_object *value;
    if (!json_object_object_get_ex(now, past_key(snapshot, member), &value) ||
        !past_equal(snapshot, member, value))
      return false;
  }
  return true;
}

static bool members_equal(const struct snapshot *snapshot, const struct past *past,
                          struct json_object *now)
{
  const struct past *member = past_first(past);
  const struct lh_entry *entry;
  if ((size_t)json_object_object_length(now) != past->length)
    return false;
  lh_foreach (json_object_get_object(now), entry) {
    if (!text_equal(lh_entry_k(entry), past_key(snapshot, member)))
      return members_equal_in_any_order(snapshot, past, now);
    if (!past_equal(snapshot, member, (struct json_object *)lh_entry_v(entry)))
      return false;
    member = past_next(member);
  }
  return true;
}

static bool elements_equal(const struct snapshot *snapshot, const struct past *past,
                           struct json_object *now)
{
  const struct past *element = past_first(past);
  if (json_object_array_length(now) != past->length)
    return false;
  for (uint32_t i = 0; i < past->length; i++, element = past_next(element))
    if (!past_equal(snapshot, element, json_object_array_get_idx(now, i)))
      return false;
  return true;
}

static bool text_unchanged(const struct snapshot *snapshot, const struct past *past,
                           const char *text, size_t length)
{
  return past->length == length && memcmp(snapshot->bytes + past->text, text, length) == 0;
}

bool past_equal(const struct snapshot *snapshot, const struct past *past, struct json_object *now)
{
  struct past number;
  if (past->type != json_object_get_type(now))
    return false;
  switch (past->type) {
  case json_type_object:
    return members_equal(snapshot, past, now);
  case json_type_array:
    return elements_equal(snapshot, past, now);
  case json_type_string:
    return text_unchanged(snapshot, past, json_object_get_string(now),
                          (size_t)json_object_get_string_len(now));
  case json_type_double: {
    const char *text = json_object_get_string(now);
    return text_unchanged(snapshot, past, text, strlen(text));
  }
  case json_type_int:
    record_number(&number, now);
    return past->negative == number.negative && past->bits == number.bits;
  case json_type_boolean:
    return past->bits == (uint64_t)json_object_get_boolean(now);
  case json_type_null:
    break;
  }
  return true;
}

/* --- going back ---------------------------------------------------------------------------- */

static struct json_object *restore(const struct snapshot *snapshot, const struct past *past);

/* A part that is left out for want of memory would be an edit that nobody made. */
static void must(int added)
{
  if (added < 0)
    xmade(NULL);
}

static struct json_object *restore_object(const struct snapshot *snapshot, const struct past *past)
{
  struct json_object *object = xmade(json_object_new_object());
  const struct past *member = past_first(past);
  for (uint32_t i = 0; i < past->length; i++, member = past_next(member))
    must(json_object_object_add_ex(object, past_key(snapshot, member), restore(snapshot, member),
                                   JSON_C_OBJECT_ADD_KEY_IS_NEW));
  return object;
}

static struct json_object *restore_array(const struct snapshot *snapshot, const struct past *past)
{
  struct json_object *array = xmade(json_object_new_array());
  const struct past *element = past_first(past);
  for (uint32_t i = 0; i < past->length; i++, element = past_next(element))
    must(json_object_array_add(array, restore(snapshot, element)));
  return array;
}

static struct json_object *restore(const struct snapshot *snapshot, const struct past *past)
{
  switch (past->type) {
  case json_type_object:
    return restore_object(snapshot, past);
  case json_type_array:
    return restore_array(snapshot, past);
  case json_type_string:
    return xmade(json_object_new_string_len(snapshot->bytes + past->text, (int)past->length));
  case json_type_double:
    return xmade(json_number(snapshot->bytes + past->text));
  case json_type_int:
    return xmade(!past->negative && past->bits > INT64_MAX
                     ? json_object_new_uint64(past->bits)
                     : json_object_new_int64((int64_t)past->bits));
  case json_type_boolean:
    return xmade(json_object_new_boolean(past->bits != 0));
  case json_type_null:
    break;
  }
  return NULL;
}

struct json_object *snapshot_restore(const struct snapshot *snapshot)
{
  return restore(snapshot, snapshot->values);
}
