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

/* --- taking out ---------------------------------------------------------------------------- */

/* A text from which one thing after another is taken. */
struct draft {
  const char *file, *owner, *before; /* borrowed */
  char *text;                        /* owned */
  struct error *err;
};

static void free_draft(struct draft *draft)
{
  free(draft->text);
}

#define cleanup_draft __attribute__((cleanup(free_draft)))

static int keep(struct draft *draft, int result, char *edited)
{
  if (result < 0)
    return -1;
  free(draft->text);
  draft->text = edited;
  return 0;
}

static int cut(struct draft *draft, const char *const *path)
{
  char *edited = NULL;
  int result = toml_edit_remove(draft->text, draft->file, path, &edited, draft->err);
  return keep(draft, result, edited);
}

static bool has(const char *text, const char *const *path)
{
  struct error ignored;
  struct layer layer = {.toml = {.count = 0}};
  if (text == NULL || toml_parse(text, strlen(text), "", &layer.toml, &ignored) < 0)
    return false;
  bool found = layer_below(&layer, path) != NULL;
  toml_free(&layer.toml);
  return found;
}

/* The old default, as it was spelt; without one the key goes. */
static int strip_default(struct draft *draft, const char *const *path)
{
  cleanup_free char *present = toml_edit_raw(draft->text, path);
  cleanup_free char *ours = toml_quote(draft->owner);
  cleanup_free char *literally = xasprintf("'%s'", draft->owner);
  if (present == NULL || (!text_equal(present, ours) && !text_equal(present, literally)))
    return 0;
  cleanup_free char *old = draft->before != NULL ? toml_edit_raw(draft->before, path) : NULL;
  if (old == NULL)
    return cut(draft, path);
  char *edited = NULL;
  int result = toml_edit_set(draft->text, draft->file, path, old, &edited, draft->err);
  return keep(draft, result, edited);
}

static bool is_in(const char *const *list, const char *text)
{
  for (; list != NULL && *list != NULL; list++)
    if (text_equal(*list, text))
      return true;
  return false;
}

static bool all_in(char *const *list, const char *const *others)
{
  for (; *list != NULL; list++)
    if (!is_in(others, *list))
      return false;
  return true;
}

static bool list_has(const char *text, const struct part_list *list)
{
  char **present = text != NULL ? toml_edit_list(text, list->path) : NULL;
  bool found = present != NULL && is_in((const char *const *)present, list->element);
  toml_edit_list_free(present);
  return found;
}

/* An array that we made goes as a whole, unless somebody else put something into it. */
static int strip_list(struct draft *draft, const struct part_list *list)
{
  char *edited = NULL;
  if (!list_has(draft->text, list) || list_has(draft->before, list))
    return 0;
  int result = toml_edit_list_remove(draft->text, draft->file, list->path, list->element, &edited,
                                     draft->err);
  if (keep(draft, result, edited) < 0)
    return -1;
  char **left = toml_edit_list(draft->text, list->path);
  bool made_by_us = left != NULL && all_in(left, list->others) && !has(draft->before, list->path);
  toml_edit_list_free(left);
  return made_by_us ? cut(draft, list->path) : 0;
}

static int strip_block(struct draft *draft)
{
  char *edited = NULL;
  int result = toml_block_remove(draft->text, draft->file, draft->owner, &edited, draft->err);
  return keep(draft, result, edited);
}

/* A last line without an end was given one, for the block behind it. */
static void strip_line_end(struct draft *draft, const char *present)
{
  const char *before = draft->before;
  size_t length = strlen(draft->text), old = before != NULL ? strlen(before) : 0;
  if (old == 0 || before[old - 1] == '\n' || length < 2 || draft->text[length - 1] != '\n' ||
      !toml_block_is_last(present, draft->owner))
    return;
  length -= draft->text[length - 2] == '\r' ? 2 : 1;
  draft->text[length] = '\0';
}

/* Is nothing left but the key that is not worth keeping alone? */
static bool is_left_over(const char *text, const char *alone)
{
  struct error ignored;
  cleanup_toml struct toml toml = {.count = 0};
  if (strchr(text, '#') != NULL || toml_parse(text, strlen(text), "", &toml, &ignored) < 0)
    return false;
  return toml.count == 0 ||
         (toml.count == 1 && alone != NULL && text_equal(toml.items[0].path[0], alone));
}

static int strip_all(struct draft *draft, const struct part_places *places,
                     const struct engine_past *past)
{
  if (strip_block(draft) < 0)
    return -1;
  if (!past->remembered && !past->removing)
    return 0;
  if (strip_default(draft, places->standard) < 0)
    return -1;
  for (const struct part_list *list = places->lists; list->path != NULL; list++)
    if (strip_list(draft, list) < 0)
      return -1;
  return has(draft->before, places->table) ? 0 : cut(draft, places->table);
}

int part_strip(const struct part_places *places, const char *owner, const struct engine_file *file,
               const struct engine_past *past, char **stripped, struct error *err)
{
  *stripped = NULL;
  if (file->present == NULL)
    return 0;
  cleanup_draft struct draft draft = {.file = file->path,
                                      .owner = owner,
                                      .before = past->before,
                                      .text = xstrdup(file->present),
                                      .err = err};
  if (strip_all(&draft, places, past) < 0)
    return -1;
  bool changed = !text_equal(draft.text, file->present);
  bool goes = past->remembered ? past->before == NULL : places->drop_in;
  if (changed)
    strip_line_end(&draft, file->present);
  if (!changed || !goes || !is_left_over(draft.text, places->alone))
    *stripped = steal_pointer(&draft.text);
  return 0;
}
