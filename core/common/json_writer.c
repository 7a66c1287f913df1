/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_writer.h"

#include <json-c/linkhash.h>

#define FIRST_CAPACITY (16UL * 1024) /* bytes; most specs have fewer */
#define NUMBER_MAX 24                /* bytes of a whole number, with its NUL */

struct writer {
  char *text;
  size_t used, capacity;
};

static void write_value(struct writer *writer, struct json_object *value);

/* Room for some bytes more. */
static char *reserve(struct writer *writer, size_t length)
{
  if (writer->capacity - writer->used < length) {
    writer->capacity = 2 * writer->capacity + length + FIRST_CAPACITY;
    writer->text = xrealloc_array(writer->text, writer->capacity, 1);
  }
  return writer->text + writer->used;
}

static void write_bytes(struct writer *writer, const char *bytes, size_t length)
{
  memcpy(reserve(writer, length), bytes, length);
  writer->used += length;
}

static void write_byte(struct writer *writer, char byte)
{
  *reserve(writer, 1) = byte;
  writer->used++;
}

/* --- strings ------------------------------------------------------------------------------- */

static bool is_plain(char byte)
{
  return (unsigned char)byte >= 0x20 && byte != '"' && byte != '\\';
}

static void write_escaped(struct writer *writer, char byte)
{
  static const char letters[] = "\"\\bfnrt", meanings[] = "\"\\\b\f\n\r\t";
  const char *meaning = memchr(meanings, byte, strlen(meanings));
  if (meaning != NULL)
    write_bytes(writer, (const char[]){'\\', letters[meaning - meanings]}, 2);
  else
    writer->used += (size_t)snprintf(reserve(writer, sizeof("\\u001f")), sizeof("\\u001f"),
                                     "\\u%04x", (unsigned char)byte);
}

static void write_string(struct writer *writer, const char *string, size_t length)
{
  const char *end = string + length;
  write_byte(writer, '"');
  while (string < end) {
    const char *run = string;
    while (string < end && is_plain(*string))
      string++;
    write_bytes(writer, run, (size_t)(string - run));
    if (string < end)
      write_escaped(writer, *string++);
  }
  write_byte(writer, '"');
}

/* --- the rest ------------------------------------------------------------------------------ */

static void write_word(struct writer *writer, const char *word)
{
  write_bytes(writer, word, strlen(word));
}

static void write_integer(struct writer *writer, struct json_object *value)
{
  char digits[NUMBER_MAX], *digit = digits + sizeof(digits);
  int64_t number = json_object_get_int64(value);
  uint64_t rest = number < 0 ? -(uint64_t)number : json_object_get_uint64(value);
  do
    *--digit = (char)('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (number < 0)
    *--digit = '-';
  write_bytes(writer, digit, (size_t)(digits + sizeof(digits) - digit));
}

static void write_array(struct writer *writer, struct json_object *array)
{
  size_t length = json_object_array_length(array);
  write_byte(writer, '[');
  for (size_t i = 0; i < length; i++) {
    if (i > 0)
      write_byte(writer, ',');
    write_value(writer, json_object_array_get_idx(array, i));
  }
  write_byte(writer, ']');
}

static void write_object(struct writer *writer, struct json_object *object)
{
  const struct lh_entry *entry;
  char lead = '{';
  lh_foreach (json_object_get_object(object), entry) {
    const char *key = lh_entry_k(entry);
    write_byte(writer, lead);
    write_string(writer, key, strlen(key));
    write_byte(writer, ':');
    write_value(writer, (struct json_object *)lh_entry_v(entry));
    lead = ',';
  }
  if (lead == '{')
    write_byte(writer, lead);
  write_byte(writer, '}');
}

static void write_value(struct writer *writer, struct json_object *value)
{
  switch (json_object_get_type(value)) {
  case json_type_object:
    write_object(writer, value);
    break;
  case json_type_array:
    write_array(writer, value);
    break;
  case json_type_string:
    write_string(writer, json_object_get_string(value), (size_t)json_object_get_string_len(value));
    break;
  case json_type_int:
    write_integer(writer, value);
    break;
  case json_type_double:
    write_word(writer, json_object_get_string(value));
    break;
  case json_type_boolean:
    write_word(writer, json_object_get_boolean(value) ? "true" : "false");
    break;
  case json_type_null:
    write_word(writer, "null");
    break;
  }
}

char *json_write(struct json_object *tree, size_t *length)
{
  struct writer writer = {.text = NULL};
  write_value(&writer, tree);
  *reserve(&writer, 1) = '\0';
  *length = writer.used;
  return writer.text;
}
