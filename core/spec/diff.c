/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/diff.h"

#include "spec/check.h"

#include <json-c/linkhash.h>

/* A comparison under way. */
struct diff {
  struct edits *edits;
  const char *plugin;
  const struct snapshot *before;
  bool changed;
  struct error *err;
};

static int compare(struct diff *diff, const struct past *past, const struct value *now);

/* --- edits --------------------------------------------------------------------------------- */

/* Takes ownership of the pointer. */
static void append(struct diff *diff, const char *op, char *pointer)
{
  struct edits *edits = diff->edits;
  cleanup_free char *place = pointer;
  diff->changed = true;
  if (edits->count > EDITS_MAX)
    return;
  struct cht_edit *edit = xcalloc(1, sizeof(*edit));
  edit->size = sizeof(*edit);
  edit->plugin = diff->plugin;
  edit->op = edits->count < EDITS_MAX ? op : "replace";
  edit->pointer = edits->count < EDITS_MAX ? steal_pointer(&place) : xstrdup("");

  edits->items = xrealloc_array(edits->items, edits->count + 2, sizeof(struct cht_edit *));
  edits->items[edits->count++] = edit;
  edits->items[edits->count] = NULL;
}

/* What is new must be what a text can hold; what was there before is. */
static int append_new(struct diff *diff, const char *op, const struct value *now)
{
  if (spec_check_value(now, diff->err) < 0)
    return -1;
  append(diff, op, value_pointer(now));
  return 0;
}

/* --- objects ------------------------------------------------------------------------------- */

/* Those that were there. Returns how many still are; -1: one is not what a text can hold. */
static int compare_members(struct diff *diff, const struct past *past, const struct value *object)
{
  int found = 0;
  const struct past *member = past_first(past);
  for (uint32_t i = 0; i < past->length; i++, member = past_next(member)) {
    const char *key = past_key(diff->before, member);
    struct value now;
    if (!value_find(object, key, &now)) {
      append(diff, "remove", value_pointer(&now));
      continue;
    }
    if (compare(diff, member, &now) < 0)
      return -1;
    found++;
  }
  return found;
}

static void free_table(struct lh_table **table)
{
  lh_table_free(*table);
}

/* Those that were not. A key of old may stand there once more. */
static int find_added_members(struct diff *diff, const struct past *past,
                              const struct value *object)
{
  __attribute__((cleanup(free_table))) struct lh_table *known =
      xmade(lh_kchar_table_new((int)past->length + 1, NULL));
  const struct past *member = past_first(past);
  for (uint32_t i = 0; i < past->length; i++, member = past_next(member))
    if (lh_table_insert(known, past_key(diff->before, member), NULL) < 0)
      xmade(NULL);

  const struct lh_entry *entry;
  lh_foreach (json_object_get_object(object->json), entry) {
    struct value now = {.document = object->document, .parent = object};
    now.key = lh_entry_k(entry);
    now.json = (struct json_object *)lh_entry_v(entry);
    if (spec_check_key(&now, entry, diff->err) < 0)
      return -1;
    if (lh_table_lookup_entry(known, now.key) == NULL && append_new(diff, "add", &now) < 0)
      return -1;
  }
  return 0;
}

static int compare_objects(struct diff *diff, const struct past *past, const struct value *now)
{
  int found = compare_members(diff, past, now);
  if (found < 0 || found == json_object_object_length(now->json))
    return found < 0 ? -1 : 0;
  return find_added_members(diff, past, now);
}

/* --- arrays -------------------------------------------------------------------------------- */

/* The elements by their index; owned by the caller. */
static const struct past **list_elements(const struct past *array)
{
  const struct past **list = xcalloc(array->length + 1, sizeof(struct past *));
  const struct past *element = past_first(array);
  for (uint32_t i = 0; i < array->length; i++, element = past_next(element))
    list[i] = element;
  return list;
}

static bool element_equal(const struct diff *diff, const struct past *past,
                          const struct value *array, size_t index)
{
  return past_equal(diff->before, past, json_object_array_get_idx(array->json, index));
}

static int compare_arrays(struct diff *diff, const struct past *past, const struct value *now)
{
  cleanup_free const struct past **old = list_elements(past);
  size_t old_end = past->length, new_end = json_object_array_length(now->json), i = 0;
  while (i < old_end && i < new_end && element_equal(diff, old[i], now, i))
    i++;
  while (old_end > i && new_end > i && element_equal(diff, old[old_end - 1], now, new_end - 1)) {
    old_end--;
    new_end--;
  }
  for (; i < old_end && i < new_end; i++) {
    const struct value element = value_element(now, i);
    if (compare(diff, old[i], &element) < 0)
      return -1;
  }
  for (size_t removed = old_end; removed > i; removed--) { /* last first: so each index is true */
    const struct value element = {.document = now->document, .parent = now, .index = removed - 1};
    append(diff, "remove", value_pointer(&element));
  }
  for (size_t added = i; added < new_end; added++) {
    const struct value element = value_element(now, added);
    if (append_new(diff, "add", &element) < 0)
      return -1;
  }
  return 0;
}

/* --- all of it ----------------------------------------------------------------------------- */

static int compare(struct diff *diff, const struct past *past, const struct value *now)
{
  bool same_type = past->type == json_object_get_type(now->json);
  if (past_equal(diff->before, past, now->json))
    return 0;
  if (same_type && past->type == json_type_object)
    return compare_objects(diff, past, now);
  if (same_type && past->type == json_type_array)
    return compare_arrays(diff, past, now);
  return append_new(diff, "replace", now);
}

int edits_add(struct edits *edits, const char *plugin, const struct snapshot *before,
              struct json_object *after, struct error *err)
{
  const struct document document = {.name = "config.json", .tree = after};
  const struct value root = document_root(&document);
  struct diff diff = {.edits = edits, .plugin = plugin, .before = before, .err = err};
  size_t count = edits->count;
  if (value_type(&root, json_type_object, err) == 0 && compare(&diff, before->values, &root) == 0)
    return diff.changed;
  edits_cut(edits, count);
  return -1;
}

void edits_cut(struct edits *edits, size_t count)
{
  while (edits->count > count) {
    const struct cht_edit *last = edits->items[--edits->count];
    free((void *)(uintptr_t)last->pointer);
    free((void *)(uintptr_t)last);
    edits->items[edits->count] = NULL;
  }
}

void edits_free(struct edits *edits)
{
  edits_cut(edits, 0);
  free(edits->items);
  *edits = (struct edits){.items = NULL};
}
