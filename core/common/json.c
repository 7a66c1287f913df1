/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_reader.h"

#include <limits.h>
#include <locale.h>

#define FEW_ELEMENTS 4   /* what a new array has room for; most of a spec's have no more */
#define SHOWN_KEY_MAX 64 /* bytes of a key that a message shows */

static int read_value(struct json_reader *reader, struct json_object **value);

/* Stores what json-c has made, if it had the memory. */
static int keep(struct json_reader *reader, struct json_object *made, struct json_object **value)
{
  if (made == NULL)
    return json_reader_fail(reader, reader->at, "out of memory");
  *value = made;
  return 0;
}

/* --- numbers ------------------------------------------------------------------------------- */

static bool digit_is_next(const struct json_reader *reader)
{
  return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

static int skip_digits(struct json_reader *reader)
{
  if (!digit_is_next(reader))
    return json_reader_unexpected(reader, "a digit");
  while (digit_is_next(reader))
    reader->at++;
  return 0;
}

static int read_integer(struct json_reader *reader, const char *start, struct json_object **value)
{
  bool negative = *start == '-', too_big = false;
  uint64_t number = 0;
  for (const char *digit = start + negative; digit < reader->at; digit++)
    too_big |= __builtin_mul_overflow(number, 10U, &number) ||
               __builtin_add_overflow(number, (uint64_t)(*digit - '0'), &number);
  if (too_big || (negative && number > (uint64_t)INT64_MAX + 1))
    return json_reader_fail(reader, start, "an integer beyond 64 bits");

  if (!negative && number > INT64_MAX)
    return keep(reader, json_object_new_uint64(number), value);
  int64_t with_sign = (int64_t)(negative ? -number : number);
  return keep(reader, json_object_new_int64(with_sign), value);
}

/* The value is only for those who compute with it, and must not depend on a locale that a plugin
   may have set. */
struct json_object *json_number(const char *text)
{
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  double number = strtod_l(text, NULL, plain);
  freelocale(plain);
  return json_object_new_double_s(number, text);
}

/* Reads on behind the whole part. */
static int read_fraction(struct json_reader *reader, const char *start, struct json_object **value)
{
  if (json_reader_accept(reader, '.') && skip_digits(reader) < 0)
    return -1;
  if (json_reader_accept(reader, 'e') || json_reader_accept(reader, 'E')) {
    if (!json_reader_accept(reader, '+'))
      json_reader_accept(reader, '-');
    if (skip_digits(reader) < 0)
      return -1;
  }
  reader->used = 0;
  json_reader_append(reader, start, (size_t)(reader->at - start));
  json_reader_append(reader, "", 1);
  return keep(reader, json_number(reader->scratch), value);
}

static int read_number(struct json_reader *reader, struct json_object **value)
{
  const char *start = reader->at;
  json_reader_accept(reader, '-');
  const char *whole = reader->at;
  if (skip_digits(reader) < 0)
    return -1;
  if (*whole == '0' && reader->at > whole + 1)
    return json_reader_fail(reader, start, "a number with a leading zero");

  if (json_reader_is_next(reader, '.') || json_reader_is_next(reader, 'e') ||
      json_reader_is_next(reader, 'E'))
    return read_fraction(reader, start, value);
  return read_integer(reader, start, value);
}

/* --- arrays and objects -------------------------------------------------------------------- */

/* Goes into an array or object, whose opening bracket is next. */
static int enter(struct json_reader *reader)
{
  if (reader->depth == JSON_DEPTH_MAX)
    return json_reader_fail(reader, reader->at, "nested deeper than %d", JSON_DEPTH_MAX);
  if (reader->nests == JSON_NESTS_MAX)
    return json_reader_fail(reader, reader->at, "more than %d arrays and objects", JSON_NESTS_MAX);
  reader->depth++;
  reader->nests++;
  reader->at++;
  json_reader_skip_space(reader);
  return 0;
}

static int leave(struct json_reader *reader, char closing, const char *wanted)
{
  if (!json_reader_accept(reader, closing))
    return json_reader_unexpected(reader, wanted);
  reader->depth--;
  return 0;
}

static bool accept_comma(struct json_reader *reader)
{
  json_reader_skip_space(reader);
  if (!json_reader_accept(reader, ','))
    return false;
  json_reader_skip_space(reader);
  return true;
}

static int read_element(struct json_reader *reader, struct json_object *array)
{
  cleanup_json struct json_object *element = NULL;
  if (read_value(reader, &element) < 0)
    return -1;
  if (json_object_array_add(array, element) < 0)
    return json_reader_fail(reader, reader->at, "out of memory");
  steal_pointer(&element);
  return 0;
}

static int read_array(struct json_reader *reader, struct json_object **value)
{
  cleanup_json struct json_object *array = NULL;
  if (enter(reader) < 0 || keep(reader, json_object_new_array_ext(FEW_ELEMENTS), &array) < 0)
    return -1;
  if (!json_reader_is_next(reader, ']')) {
    do
      if (read_element(reader, array) < 0)
        return -1;
    while (accept_comma(reader));
  }
  if (leave(reader, ']', "',' or ']'") < 0)
    return -1;
  *value = steal_pointer(&array);
  return 0;
}

/* Reads a key and its colon; the key is owned by the caller. */
static int read_key(struct json_reader *reader, char **key)
{
  const char *string;
  size_t length;
  if (!json_reader_is_next(reader, '"'))
    return json_reader_unexpected(reader, "a key in double quotes");
  if (json_reader_string(reader, &string, &length) < 0)
    return -1;
  *key = xstrndup(string, length);

  json_reader_skip_space(reader);
  if (!json_reader_accept(reader, ':'))
    return json_reader_unexpected(reader, "':'");
  json_reader_skip_space(reader);
  return 0;
}

static int read_member(struct json_reader *reader, struct json_object *object)
{
  const char *start = reader->at;
  cleanup_free char *key = NULL;
  cleanup_json struct json_object *value = NULL;
  if (read_key(reader, &key) < 0)
    return -1;
  if (json_object_object_get_ex(object, key, NULL))
    return json_reader_fail(reader, start, "the key \"%.*s\" stands in this object twice",
                            SHOWN_KEY_MAX, key);
  if (read_value(reader, &value) < 0)
    return -1;
  if (json_object_object_add_ex(object, key, value, JSON_C_OBJECT_ADD_KEY_IS_NEW) < 0)
    return json_reader_fail(reader, reader->at, "out of memory");
  steal_pointer(&value);
  return 0;
}

static int read_object(struct json_reader *reader, struct json_object **value)
{
  cleanup_json struct json_object *object = NULL;
  if (enter(reader) < 0 || keep(reader, json_object_new_object(), &object) < 0)
    return -1;
  if (!json_reader_is_next(reader, '}')) {
    do
      if (read_member(reader, object) < 0)
        return -1;
    while (accept_comma(reader));
  }
  if (leave(reader, '}', "',' or '}'") < 0)
    return -1;
  *value = steal_pointer(&object);
  return 0;
}

/* --- values -------------------------------------------------------------------------------- */

static int read_text(struct json_reader *reader, struct json_object **value)
{
  const char *string;
  size_t length;
  if (json_reader_string(reader, &string, &length) < 0)
    return -1;
  return keep(reader, json_object_new_string_len(string, (int)length), value);
}

static int read_word(struct json_reader *reader, struct json_object **value)
{
  if (json_reader_accept_word(reader, "true"))
    return keep(reader, json_object_new_boolean(true), value);
  if (json_reader_accept_word(reader, "false"))
    return keep(reader, json_object_new_boolean(false), value);
  if (!json_reader_accept_word(reader, "null"))
    return json_reader_unexpected(reader, "a value");
  *value = NULL;
  return 0;
}

/* The value is next: white space before it is skipped. */
static int read_value(struct json_reader *reader, struct json_object **value)
{
  if (reader->values == JSON_VALUES_MAX)
    return json_reader_fail(reader, reader->at, "more than %d values", JSON_VALUES_MAX);
  reader->values++;
  if (json_reader_is_next(reader, '"'))
    return read_text(reader, value);
  if (json_reader_is_next(reader, '{'))
    return read_object(reader, value);
  if (json_reader_is_next(reader, '['))
    return read_array(reader, value);
  if (json_reader_is_next(reader, '-') || digit_is_next(reader))
    return read_number(reader, value);
  return read_word(reader, value);
}

static int read_document(struct json_reader *reader, struct json_object **tree)
{
  cleanup_json struct json_object *value = NULL;
  if (reader->end - reader->start > INT_MAX)
    return json_reader_fail(reader, reader->at, "longer than json-c can hold");
  if (json_reader_accept_word(reader, "\xef\xbb\xbf"))
    return json_reader_fail(reader, reader->start, "a byte order mark: remove these three bytes");
  json_reader_skip_space(reader);
  if (read_value(reader, &value) < 0)
    return -1;
  json_reader_skip_space(reader);
  if (reader->at < reader->end)
    return json_reader_unexpected(reader, "the end of the text");
  *tree = steal_pointer(&value);
  return 0;
}

int json_parse(const char *text, size_t length, const char *name, struct json_object **tree,
               struct error *err)
{
  struct json_reader reader;
  json_reader_start(&reader, text, length, name, err);
  int result = read_document(&reader, tree);
  json_reader_end(&reader);
  return result;
}

/* --- pointers ------------------------------------------------------------------------------ */

/* Goes on by one step if the pointer begins with it; takes ownership of the step. */
static bool take_step(const char **pointer, char *step)
{
  size_t length = strlen(step);
  bool taken =
      text_starts(*pointer, step) && ((*pointer)[length] == '/' || (*pointer)[length] == '\0');
  if (taken)
    *pointer += length;
  free(step);
  return taken;
}

/* Reads into the array or object that is next, up to the value that the pointer's first step
   leads to. `found` is where that value's key, or in an array the value itself, stands. */
static int descend(struct json_reader *reader, const char **pointer, const char **found)
{
  bool object = json_reader_is_next(reader, '{');
  if ((!object && !json_reader_is_next(reader, '[')) || enter(reader) < 0 ||
      json_reader_is_next(reader, ']'))
    return -1;
  size_t index = 0;
  do {
    cleanup_free char *key = NULL;
    cleanup_json struct json_object *passed = NULL;
    *found = reader->at;
    if (object && read_key(reader, &key) < 0)
      return -1;
    if (take_step(pointer, key != NULL ? json_pointer_key("", key) : json_pointer_index("", index)))
      return 0;
    if (read_value(reader, &passed) < 0)
      return -1;
    index++;
  } while (accept_comma(reader));
  return -1;
}

int json_locate(const char *text, size_t length, const char *pointer, struct json_place *place)
{
  struct error ignored;
  struct json_reader reader;
  json_reader_start(&reader, text, length, "", &ignored);
  json_reader_skip_space(&reader);
  const char *found = reader.at;
  int result = 0;
  while (result == 0 && *pointer != '\0')
    result = descend(&reader, &pointer, &found);
  if (result == 0)
    *place = json_reader_place(&reader, found);
  json_reader_end(&reader);
  return result;
}

char *json_pointer_key(const char *pointer, const char *key)
{
  size_t length = strlen(pointer);
  char *longer = xcalloc(length + 2 * strlen(key) + 2, 1); /* an escape doubles a byte */
  memcpy(longer, pointer, length);
  char *end = longer + length;
  *end++ = '/';
  for (; *key != '\0'; key++) {
    bool escaped = *key == '~' || *key == '/';
    *end++ = escaped ? '~' : *key;
    if (escaped)
      *end++ = *key == '~' ? '0' : '1';
  }
  return longer;
}

char *json_pointer_index(const char *pointer, size_t index)
{
  return xasprintf("%s/%zu", pointer, index);
}

/* --- writing ------------------------------------------------------------------------------- */

const char *json_text(struct json_object *tree, size_t *length)
{
  return json_object_to_json_string_length(
      tree, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, length);
}

const char *json_type_words(enum json_type type)
{
  switch (type) {
  case json_type_object:
    return "an object";
  case json_type_array:
    return "an array";
  case json_type_string:
    return "a string";
  case json_type_boolean:
    return "a boolean";
  case json_type_int:
    return "a whole number";
  case json_type_double:
    return "a number with a fraction or an exponent";
  case json_type_null:
    break;
  }
  return "null";
}
