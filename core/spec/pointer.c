/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/pointer.h"

#include "common/json.h"
#include "common/utf8.h"
#include "spec/tree.h"

#define INDEX_DIGITS_MAX 9 /* no array here has more elements */

/* --- pointers as text ---------------------------------------------------------------------- */

int pointer_check(const char *pointer, struct error *err)
{
  size_t left = strlen(pointer), steps = 0, length;
  if (left > 0 && pointer[0] != '/')
    return error_set(err, "'%s' is no JSON pointer: it must begin with '/'", pointer);
  for (const char *at = pointer; *at != '\0'; at += length, left -= length) {
    length = utf8_length(at, left);
    if (length == 0)
      return error_set(err, "a JSON pointer with bytes that are not UTF-8");
    if (*at == '~' && at[1] != '0' && at[1] != '1')
      return error_set(err, "'%s' is no JSON pointer: '~' is written as '~0'", pointer);
    steps += *at == '/';
  }
  if (steps > JSON_DEPTH_MAX)
    return error_set(err, "a JSON pointer of more than %d steps", JSON_DEPTH_MAX);
  return 0;
}

/* Takes the first step off, which is there, and returns it without its escapes; owned by the
   caller. */
static char *take_step(const char **pointer)
{
  const char *start = *pointer + 1;
  const char *end = strchrnul(start, '/');
  char *step = xcalloc((size_t)(end - start) + 1, 1);
  char *byte = step;
  for (const char *at = start; at < end; at++) {
    *byte++ = *at != '~' ? *at : at[1] == '0' ? '~' : '/';
    at += *at == '~';
  }
  *pointer = end;
  return step;
}

/* Can the step be taken in an array? If so its index; that of "-" is the array's length, and that
   of digits beyond all bounds SIZE_MAX. */
static bool read_index(const char *step, size_t length, size_t *index)
{
  size_t digits = strspn(step, "0123456789");
  if (text_equal(step, "-"))
    *index = length;
  else if (digits == 0 || step[digits] != '\0' || (step[0] == '0' && digits > 1))
    return false;
  else
    *index = digits <= INDEX_DIGITS_MAX ? strtoul(step, NULL, 10) : SIZE_MAX;
  return true;
}

/* --- following them ------------------------------------------------------------------------ */

/* Where the steps that were taken lead to. */
struct place {
  const char *pointer;        /* the whole of it */
  const char *rest;           /* the steps that are left */
  const char *last;           /* the last step that was taken, in `pointer` */
  char *step;                 /* the same without escapes, owned; NULL: none was taken */
  size_t index;               /* its meaning, if it was taken in an array */
  struct json_object *parent; /* what it was taken in; NULL: none was taken */
  struct json_object *value;  /* NULL: null, or nothing */
  bool there;                 /* not nothing */
};

static void free_place(struct place *place)
{
  free(place->step);
}

#define cleanup_place __attribute__((cleanup(free_place)))

static int start(struct place *place, struct json_object *tree, const char *pointer,
                 struct error *err)
{
  *place = (struct place){
      .pointer = pointer, .rest = pointer, .last = pointer, .value = tree, .there = true};
  return pointer_check(pointer, err);
}

/* Begins a message with the pointer up to `end`. */
static void name_place(const struct place *place, const char *end, struct error *err)
{
  if (end == place->pointer)
    error_set(err, "the document");
  else
    error_set(err, "%.*s", (int)(end - place->pointer), place->pointer);
}

/* Says that there is nothing. */
static int missing(const struct place *place, struct error *err)
{
  error_set(err, "there is no %.*s", (int)(place->rest - place->pointer), place->pointer);
  if (json_object_is_type(place->parent, json_type_array))
    error_append(err, ": the array's length is %zu", json_object_array_length(place->parent));
  return -1;
}

/* Says that no step can be taken from here. */
static int no_way_on(const struct place *place, struct error *err)
{
  if (!place->there)
    return missing(place, err);
  name_place(place, place->rest, err);
  return error_append(err, " is %s, not an array or an object",
                      json_type_words(json_object_get_type(place->value)));
}

/* Takes the next step, which there is. */
static int advance(struct place *place, struct error *err)
{
  bool object = json_object_is_type(place->value, json_type_object);
  if (!object && !json_object_is_type(place->value, json_type_array))
    return no_way_on(place, err);

  free(place->step);
  place->last = place->rest;
  place->step = take_step(&place->rest);
  place->parent = steal_pointer(&place->value);
  if (object) {
    place->there = json_object_object_get_ex(place->parent, place->step, &place->value);
    return 0;
  }
  size_t length = json_object_array_length(place->parent);
  if (!read_index(place->step, length, &place->index)) {
    name_place(place, place->last, err);
    return error_append(err, " is an array, and '%s' is no index", place->step);
  }
  place->there = place->index < length;
  if (place->there)
    place->value = json_object_array_get_idx(place->parent, place->index);
  return 0;
}

/* Takes all steps; each but the last must lead to something. */
static int reach(struct place *place, struct json_object *tree, const char *pointer,
                 struct error *err)
{
  int result = start(place, tree, pointer, err);
  while (result == 0 && *place->rest != '\0')
    result = advance(place, err);
  return result;
}

/* Takes the steps that can be taken. */
static int approach(struct place *place, struct json_object *tree, const char *pointer,
                    struct error *err)
{
  int result = start(place, tree, pointer, err);
  while (result == 0 && place->value != NULL && *place->rest != '\0')
    result = advance(place, err);
  return result;
}

int pointer_find(struct json_object *tree, const char *pointer, struct json_object **value,
                 struct error *err)
{
  cleanup_place struct place place;
  if (approach(&place, tree, pointer, err) < 0)
    return -1;
  *value = place.value;
  return place.there && *place.rest == '\0' ? 1 : 0;
}

int pointer_get(struct json_object *tree, const char *pointer, struct json_object **value,
                struct error *err)
{
  cleanup_place struct place place;
  if (reach(&place, tree, pointer, err) < 0)
    return -1;
  if (!place.there)
    return missing(&place, err);
  *value = place.value;
  return 0;
}

/* --- changing ------------------------------------------------------------------------------ */

/* Fails if the value, below the pointer's steps, is nested deeper than what can be read again. */
static int check_depth(const char *pointer, struct json_object *value, struct error *err)
{
  size_t depth = tree_depth(value);
  for (; *pointer != '\0'; pointer++)
    depth += *pointer == '/';
  if (depth > JSON_DEPTH_MAX)
    return error_set(err, "nested deeper than %d", JSON_DEPTH_MAX);
  return 0;
}

/* Puts the value in the place, where something is or a member can be. */
static void put(struct json_object **tree, const struct place *place, struct json_object *value)
{
  if (place->parent == NULL) {
    json_object_put(*tree);
    *tree = value;
  } else if (json_object_is_type(place->parent, json_type_object)) {
    json_object_object_add(place->parent, place->step, value);
  } else {
    json_object_array_put_idx(place->parent, place->index, value);
  }
}

int pointer_add(struct json_object **tree, const char *pointer, struct json_object *value,
                struct error *err)
{
  cleanup_json struct json_object *owned = value;
  cleanup_place struct place place;
  if (reach(&place, *tree, pointer, err) < 0 || check_depth(pointer, value, err) < 0)
    return -1;
  if (!json_object_is_type(place.parent, json_type_array)) {
    put(tree, &place, steal_pointer(&owned));
    return 0;
  }
  if (place.index > json_object_array_length(place.parent))
    return missing(&place, err);
  tree_insert(place.parent, place.index, steal_pointer(&owned));
  return 0;
}

int pointer_replace(struct json_object **tree, const char *pointer, struct json_object *value,
                    struct error *err)
{
  cleanup_json struct json_object *owned = value;
  cleanup_place struct place place;
  if (reach(&place, *tree, pointer, err) < 0 || check_depth(pointer, value, err) < 0)
    return -1;
  if (!place.there)
    return missing(&place, err);
  put(tree, &place, steal_pointer(&owned));
  return 0;
}

int pointer_remove(struct json_object **tree, const char *pointer, struct json_object **removed,
                   struct error *err)
{
  cleanup_place struct place place;
  if (reach(&place, *tree, pointer, err) < 0)
    return -1;
  if (!place.there)
    return missing(&place, err);
  if (removed != NULL)
    *removed = json_object_get(place.value);
  if (place.parent == NULL)
    put(tree, &place, NULL);
  else if (json_object_is_type(place.parent, json_type_object))
    json_object_object_del(place.parent, place.step);
  else
    json_object_array_del_idx(place.parent, place.index, 1);
  return 0;
}

/* --- setting ------------------------------------------------------------------------------- */

/* Can parents be made for these steps? What lies before them is `place`. */
static int check_rest(const struct place *place, struct error *err)
{
  const char *rest = place->rest;
  while (*rest != '\0') {
    int length = (int)(rest - place->pointer);
    cleanup_free char *step = take_step(&rest);
    size_t index;
    if (!read_index(step, 0, &index))
      continue;
    if (!text_equal(step, "-"))
      return error_set(err, "there is no array %.*s, so no element %s: '-' appends", length,
                       place->pointer, step);
    if (*rest != '\0')
      return error_set(err, "'-' may be only the last step of %s", place->pointer);
  }
  return 0;
}

/* The value with the parents that these steps need around it. */
static struct json_object *wrap(const char *steps, struct json_object *value)
{
  if (*steps == '\0')
    return value;
  cleanup_free char *step = take_step(&steps);
  struct json_object *inner = wrap(steps, value), *parent;
  if (text_equal(step, "-")) {
    parent = json_object_new_array();
    json_object_array_add(parent, inner);
  } else {
    parent = json_object_new_object();
    json_object_object_add(parent, step, inner);
  }
  return parent;
}

/* Sets what would be an element, and is not there. */
static int append(const struct place *place, struct json_object *value, struct error *err)
{
  cleanup_json struct json_object *owned = value;
  if (!text_equal(place->step, "-"))
    return missing(place, err);
  if (*place->rest != '\0')
    return error_set(err, "'-' may be only the last step of %s", place->pointer);
  if (!tree_has_element(place->parent, value))
    json_object_array_add(place->parent, steal_pointer(&owned));
  return 0;
}

int pointer_set(struct json_object **tree, const char *pointer, struct json_object *value,
                struct error *err)
{
  cleanup_json struct json_object *owned = value;
  cleanup_place struct place place;
  if (approach(&place, *tree, pointer, err) < 0 || check_depth(pointer, value, err) < 0)
    return -1;
  if (!place.there && json_object_is_type(place.parent, json_type_array))
    return append(&place, steal_pointer(&owned), err);
  if (check_rest(&place, err) < 0)
    return -1;
  put(tree, &place, wrap(place.rest, steal_pointer(&owned)));
  return 0;
}
