/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever patch is read, what it makes of a document can be written and read again, and the patch
 * is left as it was. One operation that is done twice does what it does once, unless it is remove,
 * move or copy; so does any merge patch.
 *
 * Input: a JSON array of the document and the patch.
 *
 * Covers: core/spec/patch.c core/spec/merge.c
 */
#include "fuzz.h"

#include "spec/merge.h"
#include "spec/patch.h"
#include "spec/tree.h"

/* Owned by the caller. */
static char *text_of(struct json_object *value)
{
  size_t length;
  return xstrdup(json_text(value, &length));
}

static struct json_object *copy_of(struct json_object *value)
{
  struct error err;
  struct json_object *copy;
  must(tree_copy(value, &copy, &err) == 0);
  return copy;
}

static void expect_readable(struct json_object *tree)
{
  struct error err;
  size_t length;
  cleanup_json struct json_object *again = NULL;
  const char *text = json_text(tree, &length);
  must(tree_measure(tree).nests > JSON_NESTS_MAX || tree_measure(tree).values > JSON_VALUES_MAX ||
       json_parse(text, length, "again", &again, &err) == 0);
}

static bool may_be_done_twice(struct json_object *patch)
{
  static const char *const once[] = {"remove", "move", "copy", NULL};
  struct json_object *op;
  return json_object_array_length(patch) == 1 &&
         json_object_object_get_ex(json_object_array_get_idx(patch, 0), "op", &op) &&
         !text_listed(json_object_get_string(op), once);
}

static void try_patch(struct json_object *tree, const struct value *source)
{
  struct error err;
  cleanup_patch struct patch patch;
  cleanup_json struct json_object *once = copy_of(tree), *twice = NULL;
  if (patch_read(&patch, source, &err) < 0) {
    must(text_starts(err.text, "fuzz:"));
    return;
  }
  cleanup_free char *before = text_of(source->json);
  if (patch_apply(&patch, &once, &err) < 0) {
    must(text_starts(err.text, "fuzz:") && strstr(err.text, ": operation ") != NULL);
  } else {
    expect_readable(once);
    twice = copy_of(once);
    if (may_be_done_twice(source->json))
      must(patch_apply(&patch, &twice, &err) == 0 && json_object_equal(once, twice));
  }
  cleanup_free char *after = text_of(source->json);
  must(text_equal(before, after));
}

static void try_merge(struct json_object *tree, struct json_object *patch)
{
  struct error err;
  cleanup_json struct json_object *once = copy_of(tree), *twice = NULL;
  must(merge_apply(&once, patch, &err) == 0);
  expect_readable(once);
  twice = copy_of(once);
  must(merge_apply(&twice, patch, &err) == 0 && json_object_equal(once, twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  struct document document = {.name = "fuzz", .text = (char *)(uintptr_t)bytes, .length = length};
  if (json_parse(document.text, length, document.name, &document.tree, &err) < 0)
    return 0;
  cleanup_json struct json_object *owned = document.tree;
  if (!json_object_is_type(owned, json_type_array) || json_object_array_length(owned) != 2)
    return 0;
  const struct value root = document_root(&document), patch = value_element(&root, 1);
  try_patch(json_object_array_get_idx(owned, 0), &patch);
  try_merge(json_object_array_get_idx(owned, 0), patch.json);
  return 0;
}
