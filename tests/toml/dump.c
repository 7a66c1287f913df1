/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What our parser makes of TOML texts, for compare.py. Reads "LENGTH\n" and as many bytes, again
 * and again, from standard input; writes a line of JSON for each: {"items": […]} or {"error": "…"}.
 */
#include "ctk/text/toml.h"

#include "common/json.h"

static struct json_object *text_between(const struct toml *toml, size_t start, size_t end)
{
  return json_object_new_string_len(toml->text + start, (int)(end - start));
}

static struct json_object *list_of(char **texts)
{
  struct json_object *list = json_object_new_array();
  for (; *texts != NULL; texts++)
    json_object_array_add(list, json_object_new_string(*texts));
  return list;
}

static struct json_object *describe(const struct toml *toml, const struct toml_item *item)
{
  struct json_object *all = json_object_new_object();
  json_object_object_add(all, "path", list_of(item->path));
  json_object_object_add(all, "header", json_object_new_boolean(item->kind == TOML_TABLE));
  json_object_object_add(all, "element", json_object_new_boolean(item->kind == TOML_ARRAY_TABLE));
  json_object_object_add(all, "inline", json_object_new_boolean(item->in_inline_table));
  json_object_object_add(all, "index", json_object_new_int64((int64_t)item->array_index));
  json_object_object_add(all, "line", json_object_new_int64(item->line));
  json_object_object_add(all, "start", json_object_new_int64((int64_t)item->start));
  json_object_object_add(all, "statement", text_between(toml, item->start, item->end));
  json_object_object_add(all, "value", text_between(toml, item->value_start, item->value_end));

  cleanup_free char *string = toml_string(toml, item);
  if (string != NULL)
    json_object_object_add(all, "decoded", json_object_new_string(string));
  char **strings = toml_strings(toml, item);
  if (strings != NULL)
    json_object_object_add(all, "decoded", list_of(strings));
  for (size_t i = 0; strings != NULL && strings[i] != NULL; i++)
    free(strings[i]);
  free(strings);
  return all;
}

static void answer(const char *text, size_t length)
{
  cleanup_json struct json_object *result = json_object_new_object();
  struct error err = {.text = ""};
  cleanup_toml struct toml toml;
  if (toml_parse(text, length, "f", &toml, &err) < 0)
    json_object_object_add(result, "error", json_object_new_string(err.text));
  else {
    struct json_object *items = json_object_new_array();
    for (size_t i = 0; i < toml.count; i++)
      json_object_array_add(items, describe(&toml, &toml.items[i]));
    json_object_object_add(result, "items", items);
  }
  puts(json_object_to_json_string_ext(result, JSON_C_TO_STRING_PLAIN));
  fflush(stdout);
}

int main(void)
{
  size_t length;
  while (scanf("%zu", &length) == 1 && getchar() == '\n') {
    cleanup_free char *text = xcalloc(length + 1, 1);
    if (fread(text, 1, length, stdin) != length)
      return EXIT_FAILURE;
    answer(text, length);
  }
  return EXIT_SUCCESS;
}
