/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/json_layout.h"

#include "common/json.h"

#include <json-c/linkhash.h>

#define UNIT_DEFAULT "    " /* as the engines' own tools indent */

/* --- what the text is like -------------------------------------------------------------------- */

void json_layout_free(struct json_layout *layout)
{
  free(layout->unit);
  free(layout->colon);
}

char *json_indentation(const struct json_member *member)
{
  for (const char *at = member->key; at > member->lead; at--)
    if (at[-1] == '\n')
      return xstrndup(at, (size_t)(member->key - at));
  return NULL;
}

struct json_layout json_layout_like(const char *text, const struct json_member *neighbour,
                                    bool lines)
{
  struct json_layout layout = {.newline = NULL, .space = " "};
  struct json_member first;
  const char *root = json_skip_space(json_body(text));
  if (lines)
    layout.newline = strstr(text, "\r\n") != NULL ? "\r\n" : "\n";
  if (*root == '{' && json_first_member(root, &first))
    layout.unit = json_indentation(&first);
  if (layout.unit == NULL || layout.unit[0] == '\0') {
    free(layout.unit);
    layout.unit = xstrdup(UNIT_DEFAULT);
  }
  if (neighbour != NULL && neighbour->key != NULL && neighbour->key < neighbour->key_end) {
    layout.colon = xstrndup(neighbour->key_end, (size_t)(neighbour->value - neighbour->key_end));
    if (strchr(layout.colon, '\n') == NULL) {
      layout.space = text_equal(layout.colon, ":") ? "" : " ";
      return layout;
    }
    free(layout.colon);
  }
  layout.colon = xstrdup(": ");
  return layout;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_value(FILE *out, const struct json_layout *layout, const char *indent,
                        struct json_object *value);

static void write_break(FILE *out, const struct json_layout *layout, const char *indent, bool first)
{
  if (layout->newline != NULL)
    fprintf(out, "%s%s%s", first ? "" : ",", layout->newline, indent);
  else if (!first)
    fprintf(out, ",%s", layout->space);
}

static void write_scalar(FILE *out, struct json_object *value)
{
  size_t length;
  const char *text = json_text(value, &length);
  fwrite(text, 1, length, out);
}

static void write_close(FILE *out, const struct json_layout *layout, const char *indent,
                        char bracket)
{
  if (layout->newline != NULL)
    fprintf(out, "%s%s", layout->newline, indent);
  fputc(bracket, out);
}

static void write_object(FILE *out, const struct json_layout *layout, const char *indent,
                         struct json_object *object)
{
  cleanup_free char *deeper = xasprintf("%s%s", indent, layout->unit);
  bool first = true;
  fputc('{', out);
  json_object_object_foreach (object, key, member) {
    cleanup_json struct json_object *name = json_object_new_string(key);
    write_break(out, layout, deeper, first);
    write_scalar(out, name);
    fputs(layout->colon, out);
    write_value(out, layout, deeper, member);
    first = false;
  }
  write_close(out, layout, indent, '}');
}

static void write_array(FILE *out, const struct json_layout *layout, const char *indent,
                        struct json_object *array)
{
  cleanup_free char *deeper = xasprintf("%s%s", indent, layout->unit);
  size_t length = json_object_array_length(array);
  fputc('[', out);
  for (size_t i = 0; i < length; i++) {
    write_break(out, layout, deeper, i == 0);
    write_value(out, layout, deeper, json_object_array_get_idx(array, i));
  }
  write_close(out, layout, indent, ']');
}

static void write_value(FILE *out, const struct json_layout *layout, const char *indent,
                        struct json_object *value)
{
  bool object = json_object_is_type(value, json_type_object);
  bool array = json_object_is_type(value, json_type_array);
  if (object && json_object_object_length(value) > 0)
    write_object(out, layout, indent, value);
  else if (array && json_object_array_length(value) > 0)
    write_array(out, layout, indent, value);
  else
    fputs(object ? "{}" : array ? "[]" : "", out);
  if (!object && !array)
    write_scalar(out, value);
}

char *json_layout_text(const struct json_layout *layout, const char *indent,
                       struct json_object *value)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL)
    return xstrdup("");
  write_value(out, layout, indent, value);
  fclose(out);
  return text;
}
