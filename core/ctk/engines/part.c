/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/part.h"

#include "ctk/text/toml_edit.h"

/* --- putting in ---------------------------------------------------------------------------- */

void part_start(struct part *part, const char *file, const char *owner, const char *text,
                struct error *err)
{
  *part = (struct part){
      .file = file,
      .owner = owner,
      .text = xstrdup(text != NULL ? text : ""),
      .lines = xstrdup(""),
      .err = err,
  };
}

void part_free(struct part *part)
{
  free(part->text);
  free(part->lines);
  free(part->open);
}

static void append(char **text, char *more)
{
  char *longer = xasprintf("%s%s", *text, more);
  free(*text);
  free(more);
  *text = longer;
}

static size_t depth_of(const char *const *path)
{
  size_t depth = 0;
  while (path[depth] != NULL)
    depth++;
  return depth;
}

/* [a.b.c] of the first components; owned by the caller. */
static char *header(const char *const *path, size_t depth)
{
  char *text = xstrdup("[");
  for (size_t i = 0; i < depth; i++) {
    cleanup_free char *key = toml_key(path[i]);
    append(&text, xasprintf("%s%s", i > 0 ? "." : "", key));
  }
  append(&text, xstrdup("]"));
  return text;
}

/* A path's table as a header, if the last line does not stand under it. */
static int open_table(struct part *part, const char *const *path, size_t depth)
{
  const char **table = xcalloc(depth + 1, sizeof(char *));
  for (size_t i = 0; i < depth; i++)
    table[i] = path[i];
  cleanup_free char *wanted = header(path, depth);
  int result = 0;
  if (part->open == NULL || !text_equal(part->open, wanted)) {
    result = toml_edit_can_open(part->text, part->file, table, part->err);
    append(&part->lines, xasprintf("%s\n", wanted));
    free(part->open);
    part->open = steal_pointer(&wanted);
  }
  free(table);
  return result;
}

static void add_line(struct part *part, const char *key, const char *value)
{
  cleanup_free char *quoted = toml_key(key);
  append(&part->lines, xasprintf("%s = %s\n", quoted, value));
}

int part_set(struct part *part, const char *const *path, const char *value)
{
  char *edited = NULL;
  size_t depth = depth_of(path) - 1;
  int result = toml_edit_set(part->text, part->file, path, value, &edited, part->err);
  if (result == 0) {
    free(part->text);
    part->text = edited;
  }
  if (result != 1)
    return result;
  if (open_table(part, path, depth) < 0)
    return -1;
  add_line(part, path[depth], value);
  return 0;
}

int part_set_text(struct part *part, const char *const *path, const char *text)
{
  cleanup_free char *quoted = toml_quote(text);
  return part_set(part, path, quoted);
}

static char *array_of(char *const *all, const char *attribute)
{
  char *text = xstrdup("[");
  for (char *const *element = all; *element != NULL; element++) {
    cleanup_free char *quoted = toml_quote(*element);
    append(&text, xasprintf("%s%s", element > all ? ", " : "", quoted));
  }
  append(&text, attribute != NULL ? xasprintf(", %s]", attribute) : xstrdup("]"));
  return text;
}

int part_list(struct part *part, const char *const *path, const char *element, char *const *all,
              const char *attribute)
{
  cleanup_free char *present = toml_edit_raw(part->text, path);
  if (present == NULL) {
    cleanup_free char *array = array_of(all, attribute);
    return part_set(part, path, array);
  }
  char *edited = NULL;
  if (toml_edit_list_add(part->text, part->file, path, element, &edited, part->err) < 0)
    return -1;
  free(part->text);
  part->text = edited;
  return 0;
}

int part_table(struct part *part, const char *const *path, const struct toml_keys *keys)
{
  if (open_table(part, path, depth_of(path)) < 0)
    return -1;
  for (size_t i = 0; i < keys->count; i++)
    add_line(part, keys->list[i].key, keys->list[i].raw);
  return 0;
}

static char *end(const struct part *part)
{
  cleanup_toml struct toml toml = {.count = 0};
  cleanup_free char *text = part->lines[0] != '\0'
                                ? toml_block_append(part->text, part->owner, part->lines)
                                : xstrdup(part->text);
  if (toml_parse(text, strlen(text), part->file, &toml, part->err) == 0)
    return steal_pointer(&text);
  error_append(part->err, " (after our edit)");
  return NULL;
}

int part_apply(struct engine_file *file, const struct engine_request *request, part_maker *put,
               const struct layers *layers, const void *data, struct error *err)
{
  struct error ignored;
  cleanup_part struct part part, by_hand;
  part_start(&part, file->path, request->name, file->text, err);
  part_start(&by_hand, file->path, request->name, NULL, &ignored);
  char *text = put(&part, request, layers, data) == 0 ? end(&part) : NULL;
  if (text != NULL) {
    free(file->text);
    file->text = text;
    return 0;
  }
  if (put(&by_hand, request, layers, data) == 0)
    error_append(err, "; nothing was changed. The lines to add are:\n%s", by_hand.lines);
  return -1;
}
