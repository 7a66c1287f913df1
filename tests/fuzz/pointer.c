/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON pointer, a NUL, and a document: what is found is what json-c finds; what is set is found
 * and stays when it is set again; what is added can be removed again; and what fails has changed
 * nothing.
 *
 * Covers: core/spec/pointer.c
 */
#include "fuzz.h"

#include "spec/pointer.h"

#include "common/json.h"

#include <json-c/json_pointer.h>

static struct error err;

static struct json_object *copy_of(struct json_object *tree)
{
  struct json_object *copy = NULL;
  must(tree == NULL || json_object_deep_copy(tree, &copy, NULL) == 0);
  return copy;
}

static struct json_object *new_value(void)
{
  return json_object_new_string("the new value");
}

static bool appends(const char *pointer)
{
  size_t length = strlen(pointer);
  return length >= 2 && strcmp(pointer + length - 2, "/-") == 0;
}

static bool has_empty_step(const char *pointer)
{
  size_t length = strlen(pointer);
  return strstr(pointer, "//") != NULL || (length > 0 && pointer[length - 1] == '/');
}

/* It takes null for nothing, a '~' that is no escape for itself, and an empty step in an array for
   the first element. */
static void expect_json_c_agrees(struct json_object *tree, const char *pointer)
{
  struct json_object *ours = NULL, *theirs = NULL;
  if (pointer_check(pointer, &err) < 0)
    return;
  int found = pointer_find(tree, pointer, &ours, &err);
  bool theirs_found = tree != NULL && json_pointer_get(tree, pointer, &theirs) == 0;
  bool ours_found = found == 1 && ours != NULL;
  must(ours_found ? theirs_found && ours == theirs : !theirs_found || has_empty_step(pointer));
}

static void expect_get_agrees(struct json_object *tree, const char *pointer)
{
  struct json_object *found = NULL, *got = NULL;
  bool there = pointer_find(tree, pointer, &found, &err) == 1;
  err.text[0] = '\0';
  must((pointer_get(tree, pointer, &got, &err) == 0) == there);
  must(found == got && (err.text[0] == '\0') == there);
}

static void expect_set_holds(struct json_object *tree, const char *pointer)
{
  cleanup_json struct json_object *set = copy_of(tree), *value = new_value();
  if (pointer_set(&set, pointer, new_value(), &err) < 0) {
    must(json_object_equal(set, tree));
    return;
  }
  struct json_object *found = NULL;
  cleanup_json struct json_object *once = copy_of(set);
  must(pointer_set(&set, pointer, new_value(), &err) == 0 && json_object_equal(set, once));
  must(appends(pointer) ||
       (pointer_find(set, pointer, &found, &err) == 1 && json_object_equal(found, value)));
}

static void expect_add_can_be_undone(struct json_object *tree, const char *pointer)
{
  struct json_object *old = NULL, *removed = NULL;
  cleanup_json struct json_object *changed = copy_of(tree), *value = new_value();
  bool there = pointer_find(tree, pointer, &old, &err) == 1;
  if (pointer_add(&changed, pointer, new_value(), &err) < 0) {
    must(json_object_equal(changed, tree));
    return;
  }
  if (appends(pointer) || pointer[0] == '\0')
    return;
  must(pointer_remove(&changed, pointer, &removed, &err) == 0);
  must(json_object_equal(removed, value));
  json_object_put(removed);
  must(there || json_object_equal(changed, tree));
}

static void expect_replace_and_remove_need_it(struct json_object *tree, const char *pointer)
{
  struct json_object *found = NULL;
  cleanup_json struct json_object *changed = copy_of(tree), *shorter = copy_of(tree);
  bool there = pointer_find(tree, pointer, &found, &err) == 1;
  must((pointer_replace(&changed, pointer, new_value(), &err) == 0) == there);
  must((pointer_remove(&shorter, pointer, NULL, &err) == 0) == there);
  must(there || (json_object_equal(changed, tree) && json_object_equal(shorter, tree)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  cleanup_json struct json_object *tree = NULL;
  cleanup_free char *text = fuzz_text(bytes, length);
  size_t used = strlen(text) + 1;
  if (used > length || json_parse(text + used, length - used, "fuzz", &tree, &err) < 0)
    return 0;

  expect_json_c_agrees(tree, text);
  expect_get_agrees(tree, text);
  expect_set_holds(tree, text);
  expect_add_can_be_undone(tree, text);
  expect_replace_and_remove_need_it(tree, text);
  return 0;
}
