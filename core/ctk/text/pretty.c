/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/pretty.h"

#include "common/json.h"

#include <json-c/linkhash.h>

static void put_value(FILE *out, struct json_object *value, int depth);

static void start_line(FILE *out, int depth)
{
  fprintf(out, "\n%*s", 2 * depth, "");
}

static void put_leaf(FILE *out, struct json_object *leaf)
{
  size_t length;
  const char *text = json_text(leaf, &length);
  fwrite(text, 1, length, out);
}

static void put_object(FILE *out, struct json_object *object, int depth)
{
  const char *before = "{";
  json_object_object_foreach (object, name, value) {
    cleanup_json struct json_object *key = json_object_new_string(name);
    fputs(before, out);
    start_line(out, depth + 1);
    put_leaf(out, key);
    fputs(": ", out);
    put_value(out, value, depth + 1);
    before = ",";
  }
  start_line(out, depth);
  putc('}', out);
}

static void put_array(FILE *out, struct json_object *array, int depth)
{
  for (size_t i = 0; i < json_object_array_length(array); i++) {
    putc(i == 0 ? '[' : ',', out);
    start_line(out, depth + 1);
    put_value(out, json_object_array_get_idx(array, i), depth + 1);
  }
  start_line(out, depth);
  putc(']', out);
}

static void put_value(FILE *out, struct json_object *value, int depth)
{
  if (json_object_is_type(value, json_type_object) && json_object_object_length(value) > 0)
    put_object(out, value, depth);
  else if (json_object_is_type(value, json_type_array) && json_object_array_length(value) > 0)
    put_array(out, value, depth);
  else
    put_leaf(out, value);
}

char *text_pretty(struct json_object *tree)
{
  char *text = NULL;
  size_t length = 0;
  FILE *out = xmemstream(&text, &length);
  put_value(out, tree, 0);
  putc('\n', out);
  xmemstream_close(out);
  return text;
}
