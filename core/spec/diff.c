/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/diff.h"

#include "common/json.h"

#include <json-c/linkhash.h>

/* A comparison under way. */
struct diff {
  struct edits *edits;
  const char *plugin;
  bool changed;
};

static void compare(struct diff *diff, const char *pointer, struct json_object *before,
                    struct json_object *after);

static void append(struct diff *diff, const char *op, const char *pointer)
{
  struct edits *edits = diff->edits;
  diff->changed = true;
  if (edits->count > EDITS_MAX)
    return;
  struct cht_edit *edit = xcalloc(1, sizeof(*edit));
  edit->size = sizeof(*edit);
  edit->plugin = diff->plugin;
  edit->op = edits->count < EDITS_MAX ? op : "replace";
  edit->pointer = xstrdup(edits->count < EDITS_MAX ? pointer : "");

  edits->items = xrealloc_array(edits->items, edits->count + 2, sizeof(struct cht_edit *));
  edits->items[edits->count++] = edit;
  edits->items[edits->count] = NULL;
}

static void append_member(struct diff *diff, const char *op, const char *pointer, const char *key)
{
  cleanup_free char *place = json_pointer_key(pointer, key);
  append(diff, op, place);
}

static void append_element(struct diff *diff, const char *op, const char *pointer, size_t index)
{
  cleanup_free char *place = json_pointer_index(pointer, index);
  append(diff, op, place);
}

static void compare_objects(struct diff *diff, const char *pointer, struct json_object *before,
                            struct json_object *after)
{
  json_object_object_foreach (before, key, old) {
    struct json_object *new = NULL;
    if (!json_object_object_get_ex(after, key, &new)) {
      append_member(diff, "remove", pointer, key);
    } else if (!json_object_equal(old, new)) {
      cleanup_free char *place = json_pointer_key(pointer, key);
      compare(diff, place, old, new);
    }
  }
  json_object_object_foreach (after, added, value) {
    (void)value;
    if (!json_object_object_get_ex(before, added, NULL))
      append_member(diff, "add", pointer, added);
  }
}

static bool elements_equal(struct json_object *before, size_t i, struct json_object *after,
                           size_t j)
{
  return json_object_equal(json_object_array_get_idx(before, i),
                           json_object_array_get_idx(after, j));
}

static void compare_arrays(struct diff *diff, const char *pointer, struct json_object *before,
                           struct json_object *after)
{
  size_t old_end = json_object_array_length(before), new_end = json_object_array_length(after);
  size_t i = 0;
  while (i < old_end && i < new_end && elements_equal(before, i, after, i))
    i++;
  while (old_end > i && new_end > i && elements_equal(before, old_end - 1, after, new_end - 1)) {
    old_end--;
    new_end--;
  }
  for (; i < old_end && i < new_end; i++) {
    cleanup_free char *place = json_pointer_index(pointer, i);
    compare(diff, place, json_object_array_get_idx(before, i), json_object_array_get_idx(after, i));
  }
  for (size_t removed = old_end; removed > i; removed--) /* last first: so each index is true */
    append_element(diff, "remove", pointer, removed - 1);
  for (size_t added = i; added < new_end; added++)
    append_element(diff, "add", pointer, added);
}

static void compare(struct diff *diff, const char *pointer, struct json_object *before,
                    struct json_object *after)
{
  enum json_type type = json_object_get_type(before);
  bool same_type = type == json_object_get_type(after);
  if (same_type && type == json_type_object)
    compare_objects(diff, pointer, before, after);
  else if (same_type && type == json_type_array)
    compare_arrays(diff, pointer, before, after);
  else if (!json_object_equal(before, after))
    append(diff, "replace", pointer);
}

bool edits_add(struct edits *edits, const char *plugin, struct json_object *before,
               struct json_object *after)
{
  struct diff diff = {.edits = edits, .plugin = plugin};
  compare(&diff, "", before, after);
  return diff.changed;
}

void edits_free(struct edits *edits)
{
  for (size_t i = 0; i < edits->count; i++) {
    free((void *)(uintptr_t)edits->items[i]->pointer);
    free((void *)(uintptr_t)edits->items[i]);
  }
  free(edits->items);
  *edits = (struct edits){.items = NULL};
}
