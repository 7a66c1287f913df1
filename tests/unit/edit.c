/* SPDX-License-Identifier: Apache-2.0 */
/* Edits of a spec: what is added, what is left alone, what is refused. */
#include "spec/edit.h"

#include "common/json.h"
#include "spec/diff.h"

#include <criterion/criterion.h>

TestSuite(edit);
TestSuite(diff);

static struct json_object *tree(const char *text)
{
  struct error err;
  struct json_object *parsed = NULL;
  cr_assert_eq(json_parse(text, strlen(text), "test", &parsed, &err), 0, "%s", err.text);
  return parsed;
}

static void expect_text(struct json_object *spec, const char *expected)
{
  size_t length;
  cr_expect_str_eq(json_text(spec, &length), expected, "is %s, not %s", json_text(spec, &length),
                   expected);
}

static const struct cht_hook hook = {
    .path = "/bin/h", .args = (const char *const[]){"h", "x", NULL}, .timeout = 5};

#define HOOK_TEXT "{\"path\":\"/bin/h\",\"args\":[\"h\",\"x\"],\"timeout\":5}"

/* --- hooks --------------------------------------------------------------------------------- */

Test(edit, a_hook_goes_to_the_back_or_the_front)
{
  struct error err;
  cleanup_json struct json_object *spec = tree("{\"hooks\":{\"poststop\":[{\"path\":\"/a\"}]}}");
  const struct cht_hook front = {.path = "/f"};
  cr_expect_eq(edit_add_hook(spec, CHT_POSTSTOP, &hook, false, NULL, &err), 0);
  cr_expect_eq(edit_add_hook(spec, CHT_POSTSTOP, &front, true, NULL, &err), 0);
  expect_text(spec,
              "{\"hooks\":{\"poststop\":[{\"path\":\"/f\"},{\"path\":\"/a\"}," HOOK_TEXT "]}}");
}

Test(edit, hooks_are_made_where_there_are_none)
{
  struct error err;
  static const char *const without[] = {"{}", "{\"hooks\":null}", "{\"hooks\":{}}",
                                        "{\"hooks\":{\"prestart\":null}}"};
  for (size_t i = 0; i < ARRAY_LENGTH(without); i++) {
    cleanup_json struct json_object *spec = tree(without[i]);
    cr_expect_eq(edit_add_hook(spec, CHT_PRESTART, &hook, false, NULL, &err), 0);
    expect_text(spec, "{\"hooks\":{\"prestart\":[" HOOK_TEXT "]}}");
  }
}

/* Defect 6 of the original. */
Test(edit, an_equal_hook_is_not_added_twice)
{
  struct error err;
  static const char *const equal[] = {
      "{\"hooks\":{\"poststop\":[" HOOK_TEXT "]}}",
      ("{\"hooks\":{\"poststop\":[{\"path\":\"/"
       "x\"},{\"timeout\":5,\"env\":[],\"args\":[\"h\",\"x\"],"
       "\"path\":\"/bin/h\"}]}}"),
      "{\"hooks\":{\"poststop\":[{\"path\":\"/bin/h\",\"args\":[\"h\",\"x\"],\"timeout\":5,"
      "\"env\":null}]}}",
  };
  for (size_t i = 0; i < ARRAY_LENGTH(equal); i++) {
    cleanup_json struct json_object *spec = tree(equal[i]);
    cr_expect_eq(edit_add_hook(spec, CHT_POSTSTOP, &hook, i == 1, NULL, &err), 0);
    expect_text(spec, equal[i]);
  }
}

Test(edit, hooks_that_differ_in_anything_are_others)
{
  struct error err;
  cleanup_json struct json_object *spec = tree("{}");
  const struct cht_hook others[] = {
      {.path = "/bin/h"},
      {.path = "/bin/h", .timeout = 5},
      {.path = "/bin/h", .timeout = 6},
      {.path = "/bin/h", .args = (const char *const[]){"h", NULL}},
      {.path = "/bin/h", .env = (const char *const[]){"A=1", NULL}},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
    cr_expect_eq(edit_add_hook(spec, CHT_POSTSTART, &others[i], false, NULL, &err), 0);
  struct json_object *hooks = json_object_object_get(spec, "hooks");
  cr_expect_eq(json_object_array_length(json_object_object_get(hooks, "poststart")), 5);
}

Test(edit, a_hook_must_be_one)
{
  struct error err;
  cleanup_json struct json_object *spec = tree("{}");
  const struct cht_hook relative = {.path = "h"}, none = {.path = NULL},
                        negative = {.path = "/h", .timeout = -1};
  cr_expect_lt(edit_add_hook(spec, CHT_POSTSTART, &relative, false, NULL, &err), 0);
  cr_expect_str_eq(err.text, "a hook's path must be absolute, not h");
  cr_expect_lt(edit_add_hook(spec, CHT_POSTSTART, &none, false, NULL, &err), 0);
  cr_expect_lt(edit_add_hook(spec, CHT_POSTSTART, &negative, false, NULL, &err), 0);
  cr_expect_lt(edit_add_hook(spec, (enum cht_stage)6, &hook, false, NULL, &err), 0);
  expect_text(spec, "{}");
}

/* --- wrong types ---------------------------------------------------------------------------- */

struct refusal {
  const char *spec, *error;
};

Test(edit, hooks_of_a_wrong_type_are_refused_with_their_place)
{
  static const struct refusal cases[] = {
      {"{\"hooks\":\"text\"}", "config.json: /hooks is a string, not an object"},
      {"{\"hooks\":[]}", "config.json: /hooks is an array, not an object"},
      {"{\"hooks\":{\"prestart\":{}}}", "config.json: /hooks/prestart is an object, not an array"},
      {"{\"hooks\":{\"prestart\":[1]}}",
       "config.json: /hooks/prestart/0 is a whole number, not an object"},
      {"{\"hooks\":{\"prestart\":[{},null]}}",
       "config.json: /hooks/prestart/1 is null, not an object"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    struct error err = {.text = ""};
    cleanup_json struct json_object *spec = tree(cases[i].spec);
    cr_expect_lt(edit_add_hook(spec, CHT_PRESTART, &hook, false, NULL, &err), 0);
    cr_expect_str_eq(err.text, cases[i].error);
    expect_text(spec, cases[i].spec);
  }
}

Test(edit, an_environment_of_a_wrong_type_is_refused_with_its_place)
{
  static const struct refusal cases[] = {
      {"{}", "config.json: /process is missing, so there is no environment to edit"},
      {"{\"process\":true}", "config.json: /process is a boolean, not an object"},
      {"{\"process\":{\"env\":{}}}", "config.json: /process/env is an object, not an array"},
      {"{\"process\":{\"env\":[\"A=1\",2]}}",
       "config.json: /process/env/1 is a whole number, not a string"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    struct error err = {.text = ""};
    cleanup_json struct json_object *spec = tree(cases[i].spec);
    cr_expect_lt(edit_set_env(spec, "A", "1", true, &err), 0);
    cr_expect_str_eq(err.text, cases[i].error);
    cr_expect_lt(edit_unset_env(spec, "A", &err), 0);
    expect_text(spec, cases[i].spec);
  }
}

Test(edit, mounts_and_annotations_of_a_wrong_type_are_refused_with_their_place)
{
  struct error err;
  const struct cht_mount mount = {.destination = "/m"};
  cleanup_json struct json_object *spec = tree("{\"mounts\":{},\"annotations\":{\"a/b\":1}}");
  cr_expect_lt(edit_add_mount(spec, &mount, &err), 0);
  cr_expect_str_eq(err.text, "config.json: /mounts is an object, not an array");
  cr_expect_lt(edit_set_annotation(spec, "a/b", "1", &err), 0);
  cr_expect_str_eq(err.text, "config.json: /annotations/a~1b is a whole number, not a string");
  cr_expect_null(edit_annotation(spec, "a/b"));
}

/* --- environment, mounts, annotations -------------------------------------------------------- */

Test(edit, a_variable_is_set_in_its_place_and_once)
{
  struct error err;
  cleanup_json struct json_object *spec =
      tree("{\"process\":{\"env\":[\"A=1\",\"AB=2\",\"A=3\"]}}");
  cr_expect_str_eq(edit_env(spec, "A"), "3");
  cr_expect_null(edit_env(spec, "B"));
  cr_expect_eq(edit_set_env(spec, "A", "9", false, &err), 0);
  expect_text(spec, "{\"process\":{\"env\":[\"A=1\",\"AB=2\",\"A=3\"]}}");
  cr_expect_eq(edit_set_env(spec, "A", "9=8", true, &err), 0);
  expect_text(spec, "{\"process\":{\"env\":[\"A=9=8\",\"AB=2\"]}}");
  cr_expect_eq(edit_set_env(spec, "C", "", true, &err), 0);
  expect_text(spec, "{\"process\":{\"env\":[\"A=9=8\",\"AB=2\",\"C=\"]}}");
  cr_expect_eq(edit_unset_env(spec, "A", &err), 0);
  expect_text(spec, "{\"process\":{\"env\":[\"AB=2\",\"C=\"]}}");
}

Test(edit, a_variable_needs_a_name)
{
  struct error err;
  cleanup_json struct json_object *spec = tree("{\"process\":{}}");
  cr_expect_lt(edit_set_env(spec, "", "1", true, &err), 0);
  cr_expect_lt(edit_set_env(spec, "A=B", "1", true, &err), 0);
  cr_expect_str_eq(err.text, "'A=B' is no name of an environment variable");
  expect_text(spec, "{\"process\":{}}");
}

Test(edit, unsetting_makes_no_environment)
{
  struct error err;
  cleanup_json struct json_object *spec = tree("{\"process\":{}}");
  cr_expect_eq(edit_unset_env(spec, "A", &err), 0);
  expect_text(spec, "{\"process\":{}}");
}

Test(edit, an_equal_mount_is_not_added_twice)
{
  struct error err;
  cleanup_json struct json_object *spec = tree("{}");
  const struct cht_mount mount = {.destination = "/m",
                                  .type = "bind",
                                  .source = "/s",
                                  .options = (const char *const[]){"rbind", "ro", NULL}};
  cr_expect_eq(edit_add_mount(spec, &mount, &err), 0);
  cr_expect_eq(edit_add_mount(spec, &mount, &err), 0);
  expect_text(spec, "{\"mounts\":[{\"destination\":\"/m\",\"type\":\"bind\",\"source\":\"/s\","
                    "\"options\":[\"rbind\",\"ro\"]}]}");
}

Test(edit, annotations_are_read_and_set)
{
  struct error err;
  cleanup_json struct json_object *spec = tree("{\"annotations\":null}");
  cr_expect_null(edit_annotation(spec, "k"));
  cr_expect_eq(edit_set_annotation(spec, "k", "v", &err), 0);
  cr_expect_str_eq(edit_annotation(spec, "k"), "v");
  expect_text(spec, "{\"annotations\":{\"k\":\"v\"}}");
}

/* --- what changed ---------------------------------------------------------------------------- */

static void expect_edits(const char *before, const char *after, const char *expected)
{
  cleanup_json struct json_object *a = tree(before);
  cleanup_json struct json_object *b = tree(after);
  cleanup_edits struct edits edits = {.items = NULL};
  cleanup_snapshot struct snapshot was;
  struct error err = {.text = ""};
  snapshot_take(&was, a);
  int changed = edits_add(&edits, "p", &was, b, &err);
  cr_expect_eq(changed, expected[0] != '\0', "%s -> %s: %s", before, after, err.text);

  char text[512] = "";
  for (size_t i = 0; i < edits.count; i++) {
    size_t used = strlen(text);
    snprintf(text + used, sizeof(text) - used, "%s%s %s", i > 0 ? ", " : "", edits.items[i]->op,
             edits.items[i]->pointer);
  }
  cr_expect_str_eq(text, expected, "%s -> %s is: %s", before, after, text);
}

Test(diff, edits_are_named_by_their_pointers)
{
  expect_edits("{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1}", "");
  expect_edits("{}", "{\"a\":1}", "add /a");
  expect_edits("{\"a\":1}", "{}", "remove /a");
  expect_edits("{\"a\":1}", "{\"a\":2}", "replace /a");
  expect_edits("{\"a\":{\"b/c\":{\"d~\":1}}}", "{\"a\":{\"b/c\":{\"d~\":null}}}",
               "replace /a/b~1c/d~0");
  expect_edits("{\"a\":[1]}", "{\"a\":{}}", "replace /a");
  expect_edits("{\"a\":1,\"b\":2,\"c\":3}", "{\"d\":4,\"c\":3,\"a\":0}",
               "replace /a, remove /b, add /d");
  expect_edits("{\"a\":-1}", "{\"a\":18446744073709551615}", "replace /a");
  expect_edits("{\"a\":1.5}", "{\"a\":1.50}", "replace /a");
}

Test(diff, an_inserted_element_is_one_edit)
{
  expect_edits("{\"h\":[1,2]}", "{\"h\":[9,1,2]}", "add /h/0");
  expect_edits("{\"h\":[1,2]}", "{\"h\":[1,9,2]}", "add /h/1");
  expect_edits("{\"h\":[1,2]}", "{\"h\":[1,2,9]}", "add /h/2");
  expect_edits("{\"h\":[1,2,3]}", "{\"h\":[1,3]}", "remove /h/1");
  expect_edits("{\"h\":[1,2,3]}", "{\"h\":[]}", "remove /h/2, remove /h/1, remove /h/0");
  expect_edits("{\"h\":[1,{\"x\":1},3]}", "{\"h\":[1,{\"x\":2},3]}", "replace /h/1/x");
}

Test(diff, their_number_is_bounded)
{
  cleanup_json struct json_object *before = tree("{}");
  cleanup_json struct json_object *after = json_object_new_object();
  for (int i = 0; i < EDITS_MAX + 10; i++) {
    char key[16];
    snprintf(key, sizeof(key), "%d", i);
    json_object_object_add(after, key, json_object_new_int(i));
  }
  cleanup_edits struct edits edits = {.items = NULL};
  cleanup_snapshot struct snapshot was;
  struct error err;
  snapshot_take(&was, before);
  cr_expect_eq(edits_add(&edits, "p", &was, after, &err), 1);
  cr_expect_eq(edits.count, EDITS_MAX + 1);
  cr_expect_str_eq(edits.items[EDITS_MAX]->op, "replace");
  cr_expect_str_eq(edits.items[EDITS_MAX]->pointer, "");
}
