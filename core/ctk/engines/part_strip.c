/* SPDX-License-Identifier: Apache-2.0 */
/* Our part taken out of a TOML text that somebody may have edited since. */
#include "ctk/command.h"
#include "ctk/engines/part.h"
#include "ctk/text/toml_edit.h"

#define TABLE_DEPTH_MAX 8

/* A text from which one thing after another is taken. */
struct draft {
  const struct part_places *places;  /* borrowed, as the others */
  const char *file, *owner, *before; /* NULL: the file was not there */
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

/* Gives a key that is there the value that it had, as it was spelt; without one it goes. */
static int give_back(struct draft *draft, const char *const *path, const char *const *path_before)
{
  char *edited = NULL;
  const char *before = draft->before;
  cleanup_free char *old = before != NULL ? toml_edit_raw(before, path_before) : NULL;
  if (old == NULL)
    return cut(draft, path);
  int result = toml_edit_set(draft->text, draft->file, path, old, &edited, draft->err);
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

/* --- the block ----------------------------------------------------------------------------- */

/* How many components both begin with. */
static size_t shared(const struct toml_item *item, const char *const *path)
{
  size_t depth = 0;
  while (depth < item->depth && path[depth] != NULL && text_equal(item->path[depth], path[depth]))
    depth++;
  return depth;
}

static bool is_at(const struct toml_item *item, const char *const *path)
{
  size_t depth = shared(item, path);
  return depth == item->depth && path[depth] == NULL;
}

static bool is_within(const struct toml_item *item, const char *const *path)
{
  return path[shared(item, path)] == NULL;
}

static bool is_of_built_in(const struct toml_item *item, const char *const *table)
{
  if (table == NULL || !is_within(item, table))
    return false;
  return is_at(item, table) || text_equal(item->path[item->depth - 1], "runtime_type");
}

/* What we write ourselves, headers on the way included. */
static bool is_ours(const struct toml_item *item, const void *data)
{
  const struct part_places *places = data;
  bool on_the_way = item->kind == TOML_TABLE && shared(item, places->table) == item->depth;
  bool ours = on_the_way || is_within(item, places->table) || is_at(item, places->standard) ||
              is_of_built_in(item, places->built_in);
  for (const struct part_list *list = places->lists; list->path != NULL && !ours; list++)
    ours = is_at(item, list->path);
  return ours;
}

/* Returns 1 if there was more in the block than what is ours: then all of it is still there, but no
   block any more. */
static int strip_block(struct draft *draft)
{
  char *edited = NULL;
  bool all = toml_block_all(draft->text, draft->owner, is_ours, draft->places);
  int result = all ? toml_block_remove(draft->text, draft->file, draft->owner, &edited, draft->err)
                   : toml_block_open(draft->text, draft->file, draft->owner, &edited, draft->err);
  return keep(draft, result, edited) < 0 ? -1 : !all;
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

/* --- outside of it ------------------------------------------------------------------------- */

/* Has the text another runtime, whose table stands beside this one? */
static bool has_beside(const char *text, const char *const *table, const char *runtime)
{
  const char *path[TABLE_DEPTH_MAX + 1] = {NULL};
  for (size_t i = 0; i < TABLE_DEPTH_MAX && table[i] != NULL; i++)
    path[i] = table[i + 1] != NULL ? table[i] : runtime;
  return has(text, path);
}

/* Was it there before us, and is not any more? Engines do not start with such a default. */
static bool is_gone(const struct draft *draft, const char *runtime)
{
  return has_beside(draft->before, draft->places->table_before, runtime) &&
         !has_beside(draft->text, draft->places->table, runtime);
}

static int strip_default(struct draft *draft)
{
  const struct part_places *places = draft->places;
  cleanup_free char *present = toml_edit_string(draft->text, places->standard);
  if (present == NULL || !text_equal(present, draft->owner))
    return 0;
  const char *before = draft->before;
  cleanup_free char *old =
      before != NULL ? toml_edit_string(before, places->standard_before) : NULL;
  if (old == NULL || !is_gone(draft, old))
    return give_back(draft, places->standard, places->standard_before);
  ctk_remark("the default before, %s, is not there any more: the engine's own will be the default",
             old);
  return cut(draft, places->standard);
}

/* In most files it is a table, which we do not touch if it was there before us. */
static int strip_table(struct draft *draft)
{
  const struct part_places *places = draft->places;
  cleanup_free char *present = toml_edit_raw(draft->text, places->table);
  if (present != NULL)
    return give_back(draft, places->table, places->table_before);
  return has(draft->before, places->table_before) ? 0 : cut(draft, places->table);
}

static bool all_in(char *const *list, const char *const *others)
{
  for (; *list != NULL; list++)
    if (others == NULL || !text_listed(*list, others))
      return false;
  return true;
}

static bool list_has(const char *text, const struct part_list *list)
{
  char **present = text != NULL ? toml_edit_list(text, list->path) : NULL;
  bool found = present != NULL && text_listed(list->element, (const char *const *)present);
  toml_edit_list_free(present);
  return found;
}

/* Is what is left of a list not worth keeping: did we make it, or are all gone that were in it? */
static bool is_used_up(const struct draft *draft, const struct part_list *list)
{
  char **left = toml_edit_list(draft->text, list->path);
  char **old = draft->before != NULL ? toml_edit_list(draft->before, list->path) : NULL;
  bool made_by_us = left != NULL && all_in(left, list->others) && !has(draft->before, list->path);
  bool emptied = left != NULL && left[0] == NULL && old != NULL && old[0] != NULL;
  toml_edit_list_free(left);
  toml_edit_list_free(old);
  return made_by_us || (emptied && list->others == NULL);
}

static int strip_list(struct draft *draft, const struct part_list *list)
{
  char *edited = NULL;
  if (!list_has(draft->text, list) || list_has(draft->before, list))
    return 0;
  int result = toml_edit_list_remove(draft->text, draft->file, list->path, list->element, &edited,
                                     draft->err);
  if (keep(draft, result, edited) < 0)
    return -1;
  return is_used_up(draft, list) ? cut(draft, list->path) : 0;
}

/* --- all of it ----------------------------------------------------------------------------- */

/* Has the text no key or table but this one? */
static bool has_only(const char *text, const char *key)
{
  struct error ignored;
  cleanup_toml struct toml toml = {.count = 0};
  if (toml_parse(text, strlen(text), "", &toml, &ignored) < 0)
    return false;
  return toml.count == 0 ||
         (toml.count == 1 && key != NULL && text_equal(toml.items[0].path[0], key));
}

/* A file that said nothing says nothing again. */
static int strip_alone(struct draft *draft)
{
  const char *const path[] = {draft->places->alone, NULL};
  bool said_nothing = draft->before != NULL && has_only(draft->before, NULL);
  return path[0] != NULL && said_nothing && has_only(draft->text, path[0]) ? cut(draft, path) : 0;
}

static int strip_all(struct draft *draft, const struct engine_past *past)
{
  int opened = strip_block(draft);
  if (opened < 0)
    return -1;
  if (opened)
    ctk_remark("%s: what others have put between our two comments stays", draft->file);
  else if (!past->remembered && !past->removing)
    return 0;
  if (strip_default(draft) < 0)
    return -1;
  for (const struct part_list *list = draft->places->lists; list->path != NULL; list++)
    if (strip_list(draft, list) < 0)
      return -1;
  return strip_table(draft) < 0 || strip_alone(draft) < 0 ? -1 : 0;
}

int part_strip(const struct part_places *places, const char *owner, const struct engine_file *file,
               const struct engine_past *past, char **stripped, struct error *err)
{
  *stripped = NULL;
  if (file->present == NULL)
    return 0;
  cleanup_draft struct draft draft = {.places = places,
                                      .file = file->path,
                                      .owner = owner,
                                      .before = past->before,
                                      .text = xstrdup(file->present),
                                      .err = err};
  if (strip_all(&draft, past) < 0)
    return -1;
  bool changed = !text_equal(draft.text, file->present);
  bool goes = past->remembered ? past->before == NULL : places->drop_in;
  bool is_left_over = strchr(draft.text, '#') == NULL && has_only(draft.text, places->alone);
  if (changed)
    strip_line_end(&draft, file->present);
  if (!changed || !goes || !is_left_over)
    *stripped = steal_pointer(&draft.text);
  return 0;
}
