/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A member that is set in a text, or taken out, is the only one that differs afterwards; and what
 * was set and taken out again leaves the same JSON.
 *
 * Input: the pointer, a NUL, the text.
 *
 * Covers: core/ctk/text/json_*.c
 */
#include "fuzz.h"

#include "common/json.h"
#include "ctk/text/json_edit.h"

#define VALUE "{\"path\":[1,\"x\"],\"empty\":{}}"

/* A blank text, and null, count as {}. */
static struct json_object *parse(const char *text)
{
  struct error ignored;
  struct json_object *tree = NULL;
  bool blank = text[strspn(text, " \t\r\n")] == '\0';
  must(blank || json_parse(text, strlen(text), "", &tree, &ignored) == 0);
  return tree != NULL ? tree : json_object_new_object();
}

static bool is_json(const char *text)
{
  struct error ignored;
  cleanup_json struct json_object *tree = NULL;
  return text[strspn(text, " \t\r\n")] == '\0' ||
         json_parse(text, strlen(text), "", &tree, &ignored) == 0;
}

/* Takes the pointer's first step, unescaped, into `step`. */
static const char *take_step(const char *pointer, char *step)
{
  for (pointer++; *pointer != '/' && *pointer != '\0'; pointer++) {
    if (*pointer == '~')
      *step++ = *++pointer == '1' ? '/' : '~';
    else
      *step++ = *pointer;
  }
  *step = '\0';
  return pointer;
}

static bool find_step(struct json_object *tree, const char *step, struct json_object **found)
{
  if (json_object_is_type(tree, json_type_object))
    return json_object_object_get_ex(tree, step, found);
  if (!json_object_is_type(tree, json_type_array) || strlen(step) > 9)
    return false;
  size_t index = strtoul(step, NULL, 10);
  cleanup_free char *same = xasprintf("%zu", index);
  *found = json_object_array_get_idx(tree, index);
  return text_equal(same, step) && index < json_object_array_length(tree);
}

/* The member in json-c's tree; true if it is there. */
static bool find(struct json_object *tree, const char *pointer, struct json_object **found)
{
  cleanup_free char *step = xcalloc(strlen(pointer) + 1, 1);
  *found = tree;
  while (*pointer != '\0') {
    pointer = take_step(pointer, step);
    if (!find_step(*found, step, found))
      return false;
  }
  return true;
}

static void replace(struct json_object *tree, const char *pointer, struct json_object *value)
{
  cleanup_free char *step = xcalloc(strlen(pointer) + 1, 1);
  cleanup_free char *above = xstrndup(pointer, (size_t)(strrchr(pointer, '/') - pointer));
  struct json_object *holder;
  must(find(tree, above, &holder));
  take_step(strrchr(pointer, '/'), step);
  if (json_object_is_type(holder, json_type_array))
    json_object_array_put_idx(holder, strtoul(step, NULL, 10), json_object_get(value));
  else
    json_object_object_add(holder, step, json_object_get(value));
}

static void expect_set(const char *text, const char *edited, const char *pointer)
{
  cleanup_json struct json_object *before = parse(text), *after = parse(edited),
                                  *value = parse(VALUE);
  struct json_object *found = NULL, *old = NULL;
  must(find(after, pointer, &found) && json_object_equal(found, value));
  if (!find(before, pointer, &old))
    return;
  replace(before, pointer, value);
  must(json_object_equal(before, after));
}

static void expect_removed(const char *text, const char *edited, const char *pointer)
{
  cleanup_json struct json_object *before = parse(text), *after = parse(edited);
  struct json_object *found = NULL, *old = NULL;
  if (!find(before, pointer, &old)) {
    must(json_object_equal(before, after));
    return;
  }
  cleanup_free char *bytes = json_edit_get(text, pointer);
  must(bytes != NULL && is_json(bytes));
  /* An array's next element takes the place. */
  const char *last = strrchr(pointer, '/') + 1;
  must(!find(after, pointer, &found) || last[strspn(last, "0123456789")] == '\0');
}

static void edit(const char *text, const char *pointer)
{
  struct error err;
  cleanup_free char *set = NULL;
  cleanup_free char *removed = NULL;
  cleanup_free char *again = NULL;
  cleanup_free char *there = json_edit_get(text, pointer);
  if (json_edit_remove(text, "fuzz", pointer, &removed, &err) == 0) {
    must(is_json(removed));
    expect_removed(text, removed, pointer);
  }
  if (json_edit_set(text, "fuzz", pointer, VALUE, &set, &err) < 0)
    return;
  must(is_json(set));
  expect_set(text, set, pointer);
  if (there == NULL)
    return;
  must(json_edit_put(set, "fuzz", pointer, there, &again, &err) == 0);
  cleanup_json struct json_object *before = parse(text), *after = parse(again);
  must(json_object_equal(before, after));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  cleanup_free char *input = xcalloc(length + 2, 1);
  if (length > 0)
    memcpy(input, bytes, length);
  const char *pointer = input, *text = input + strlen(input) + 1;
  if (text > input + length || strlen(text) != length - strlen(pointer) - 1)
    return 0;
  bool clean = is_json(text) && pointer[0] == '/';
  for (const char *at = pointer; *at != '\0'; at++)
    clean = clean && (unsigned char)*at >= ' ' && (unsigned char)*at < 0x7f &&
            (*at != '~' || at[1] == '0' || at[1] == '1');
  if (clean)
    edit(text, pointer);
  return 0;
}
