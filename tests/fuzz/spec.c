/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A config.json, read, edited by all that plugins may do, and written: what was done can be seen,
 * is done once only, and the result can be read again. A field that cannot be set is left as it
 * was.
 *
 * Covers: core/spec/edit.c core/spec/field.c core/spec/device.c core/spec/tree.c core/spec/check.c
 * Covers: core/spec/diff.c core/spec/snapshot.c
 */
#include "fuzz.h"

#include "common/json.h"
#include "spec/check.h"
#include "spec/device.h"
#include "spec/diff.h"
#include "spec/edit.h"
#include "spec/field.h"
#include "spec/pointer.h"
#include "spec/snapshot.h"
#include "spec/tree.h"

#include <json-c/json_tokener.h>

static struct error err;

static struct json_object *copy_of(struct json_object *tree)
{
  struct json_object *copy;
  must(tree_copy(tree, &copy, &err) == 0);
  return copy;
}

/* --- edits ----------------------------------------------------------------------------------- */

static int add_hook(struct json_object *spec)
{
  static const char *const args[] = {"hook", "a", NULL}, *const env[] = {"A=b", NULL};
  const struct cht_hook hook = {.path = "/hook", .args = args, .env = env, .timeout = 3};
  struct json_object *added = NULL;
  if (edit_add_hook(spec, CHT_POSTSTOP, &hook, true, &added, &err) < 0)
    return -1;
  must(edit_has_hook(spec, CHT_POSTSTOP, added));
  return 0;
}

static int set_env(struct json_object *spec)
{
  if (edit_set_env(spec, "FUZZ", "value", true, &err) < 0)
    return -1;
  must(text_equal(edit_env(spec, "FUZZ"), "value"));
  return 0;
}

static int keep_env(struct json_object *spec)
{
  return edit_set_env(spec, "PATH", "/x", false, &err);
}

static int unset_env(struct json_object *spec)
{
  if (edit_unset_env(spec, "PATH", &err) < 0)
    return -1;
  must(edit_env(spec, "PATH") == NULL);
  return 0;
}

static int add_mount(struct json_object *spec)
{
  static const char *const options[] = {"bind", "ro", NULL};
  const struct cht_mount mount = {
      .destination = "/data", .type = "bind", .source = "/srv", .options = options};
  return edit_add_mount(spec, &mount, &err);
}

static int set_annotation(struct json_object *spec)
{
  if (edit_set_annotation(spec, "fuzz.key", "value", &err) < 0)
    return -1;
  must(text_equal(edit_annotation(spec, "fuzz.key"), "value"));
  return 0;
}

static int add_device(struct json_object *spec)
{
  const struct cht_device device = {.path = "/dev/fuse",
                                    .type = 'c',
                                    .major = 10,
                                    .minor = 229,
                                    .file_mode = 0600,
                                    .access = "rw"};
  return device_add(spec, &device, &err);
}

static int add_host_device(struct json_object *spec)
{
  const struct cht_device device = {.path = "/dev/fuzz", .host_path = "/dev/null", .access = "r"};
  return device_add(spec, &device, &err);
}

static int set_text(struct json_object *spec)
{
  const char *text = NULL;
  if (field_set_text(spec, "/process/cwd", "/somewhere", &err) < 0)
    return -1;
  must(field_text(spec, "/process/cwd", &text, &err) == 0 && text_equal(text, "/somewhere"));
  return 0;
}

static int set_number(struct json_object *spec)
{
  int64_t number = 0;
  if (field_set(spec, "/linux/resources/pids/limit", json_object_new_int(7), &err) < 0)
    return -1;
  must(field_number(spec, "/linux/resources/pids/limit", &number, &err) == 0 && number == 7);
  return 0;
}

static int set_boolean(struct json_object *spec)
{
  bool boolean = false;
  if (field_set(spec, "/root/readonly", json_object_new_boolean(true), &err) < 0)
    return -1;
  must(field_boolean(spec, "/root/readonly", &boolean, &err) == 0 && boolean);
  return 0;
}

static int set_json(struct json_object *spec)
{
  cleanup_free const char **list = NULL;
  if (field_set_json(spec, "/process/args", "[\"a\", \"b\"]", &err) < 0)
    return -1;
  must(field_list(spec, "/process/args", &list, &err) == 0 && text_equal(list[1], "b"));
  return 0;
}

static int remove_field(struct json_object *spec)
{
  struct json_object *found = NULL;
  if (field_remove(spec, "/linux/seccomp", &err) < 0)
    return -1;
  must(field_get(spec, "/linux/seccomp", &found, &err) == 0 && found == NULL);
  return 0;
}

static const struct {
  int (*edit)(struct json_object *spec);
  bool whole; /* what fails has changed nothing; else the plugin has failed, and its spec is given
                 up */
} edits[] = {
    {add_hook, false},    {set_env, false},        {keep_env, false},   {unset_env, false},
    {add_mount, false},   {set_annotation, false}, {add_device, false}, {add_host_device, false},
    {set_text, true},     {set_number, true},      {set_boolean, true}, {set_json, true},
    {remove_field, true},
};

/* --- what became of it ----------------------------------------------------------------------- */

static void expect_readable(struct json_object *spec)
{
  size_t length;
  cleanup_json struct json_object *again = NULL;
  must(spec_check(spec, &err) == 0);
  const char *text = json_text(spec, &length);
  must(json_parse(text, length, "again", &again, &err) == 0 && tree_equal(spec, again));
}

/* What was taken comes out again, to the text of its numbers. */
static void expect_restored(const struct snapshot *snapshot, struct json_object *tree)
{
  size_t length, again_length;
  cleanup_json struct json_object *again = snapshot_restore(snapshot);
  must(past_equal(snapshot, snapshot->values, tree) &&
       past_equal(snapshot, snapshot->values, again));
  const char *text = json_text(tree, &length), *again_text = json_text(again, &again_length);
  must(length == again_length && memcmp(text, again_text, length) == 0);
}

/* What an edit speaks of is where it says. */
static void expect_edits(struct json_object *before, struct json_object *after)
{
  struct edits list = {.items = NULL};
  struct json_object *found;
  cleanup_snapshot struct snapshot snapshot = {.count = 0};
  snapshot_take(&snapshot, before);
  expect_restored(&snapshot, before);
  int changed = edits_add(&list, "fuzz", &snapshot, after, &err);
  must(changed == (list.count > 0) && list.count <= EDITS_MAX + 1);
  must(past_equal(&snapshot, snapshot.values, after) == (changed == 0));
  for (size_t i = 0; i < list.count; i++) {
    const struct cht_edit *edit = list.items[i];
    if (text_equal(edit->op, "remove"))
      must(pointer_find(before, edit->pointer, &found, &err) == 1);
    else
      must(pointer_find(after, edit->pointer, &found, &err) == 1);
  }
  edits_free(&list);
}

/* --- what no spec takes -------------------------------------------------------------------- */

static void expect_refused(struct json_object *spec)
{
  static const struct cht_device devices[] = {{.path = "relative"},
                                              {.path = "/d", .type = 'x'},
                                              {.path = "/d", .type = 'c', .access = "x"},
                                              {.path = "/d", .type = 'c', .file_mode = 010000},
                                              {.path = "/d", .type = 'c', .host_path = "/dev/null"},
                                              {.path = "/d", .host_path = "relative"},
                                              {.path = "/d", .host_path = "/etc"},
                                              {.path = "/not/there"}};
  static const struct cht_hook hooks[] = {{.path = "relative"}, {.path = "/h", .timeout = -1}};
  static const struct cht_mount mount = {.destination = "relative"};
  cleanup_json struct json_object *before = copy_of(spec);
  for (size_t i = 0; i < ARRAY_LENGTH(devices); i++)
    must(device_add(spec, &devices[i], &err) < 0);
  for (size_t i = 0; i < ARRAY_LENGTH(hooks); i++)
    must(edit_add_hook(spec, CHT_POSTSTART, &hooks[i], false, NULL, &err) < 0);
  must(edit_add_mount(spec, &mount, &err) < 0 && edit_set_env(spec, "A=", "", true, &err) < 0);
  must(field_set_json(spec, "/a", "null", &err) < 0 && field_set_json(spec, "/a", "{", &err) < 0);
  must(field_set_text(spec, "/a", "\xff", &err) < 0 && field_remove(spec, "", &err) < 0);
  must(field_set(spec, "", json_object_new_object(), &err) < 0 &&
       field_set_text(spec, "a", "", &err) < 0);
  must(json_object_equal(before, spec));
}

/* The same value by different ways is the same, whatever json-c makes of it. */
static void expect_measured(struct json_object *spec)
{
  size_t length;
  json_text(spec, &length);
  struct tree_size size = tree_measure(spec);
  must(size.nests >= 1 && size.nests <= JSON_NESTS_MAX);
  must(tree_depth(spec) >= 1 && tree_depth(spec) <= JSON_DEPTH_MAX);
  must(size.bytes < 2 * length + 64);
}

/* All of it is new to a spec that was empty, and looked at by whoever lists the edits. */
static void expect_new_is_checked(struct json_object *tree, bool good)
{
  struct edits list = {.items = NULL};
  cleanup_snapshot struct snapshot snapshot = {.count = 0};
  cleanup_json struct json_object *empty = json_object_new_object();
  snapshot_take(&snapshot, empty);
  must((edits_add(&list, "fuzz", &snapshot, tree, &err) >= 0) == good);
  edits_free(&list);
}

/* What json-c's own reader makes of the bytes can hold what no JSON text can. */
static void check_lenient(const char *text)
{
  cleanup_json struct json_object *tree = json_tokener_parse(text);
  bool good = spec_check(tree, &err) == 0;
  if (good)
    expect_readable(tree);
  else
    must(err.text[0] != '\0');
  if (json_object_is_type(tree, json_type_object))
    expect_new_is_checked(tree, good);
}

static void try_edit(struct json_object **spec, int (*edit)(struct json_object *), bool whole)
{
  cleanup_json struct json_object *before = copy_of(*spec), *once = NULL;
  err.text[0] = '\0';
  if (edit(*spec) < 0) {
    must(err.text[0] != '\0' && (!whole || json_object_equal(before, *spec)));
    json_object_put(*spec);
    *spec = copy_of(before);
    return;
  }
  expect_readable(*spec);
  expect_edits(before, *spec);
  once = copy_of(*spec);
  must(edit(*spec) == 0 && json_object_equal(once, *spec));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  cleanup_json struct json_object *spec = NULL, *first = NULL;
  cleanup_free char *text = fuzz_text(bytes, length);
  check_lenient(text);
  if (json_parse((const char *)bytes, length, "config.json", &spec, &err) < 0)
    return 0;
  if (!json_object_is_type(spec, json_type_object)) {
    must(spec_check(spec, &err) < 0);
    return 0;
  }
  first = copy_of(spec);
  expect_measured(spec);
  expect_refused(spec);
  expect_readable(spec);
  for (size_t i = 0; i < ARRAY_LENGTH(edits); i++)
    try_edit(&spec, edits[i].edit, edits[i].whole);
  expect_edits(first, spec);
  expect_edits(spec, first);
  return 0;
}
