/* SPDX-License-Identifier: Apache-2.0 */
/* Trees as they were: what is recorded comes back, and what was changed is seen, whatever it is. */
#include "spec/snapshot.h"

#include "common/json.h"
#include "common/json_writer.h"
#include "spec/diff.h"

#include <criterion/criterion.h>
#include <json-c/linkhash.h>

#define SPEC                                                                                   \
  "{\"a\":{\"b\":[1,-1,18446744073709551615,-9223372036854775808,2.50,1e999,true,false,null]," \
  "\"\":\"\"},\"c\":\"x\\ny\\u0001\\\"\\\\/"                                                   \
  "\xc3\xa9\",\"d\":[],\"e\":{},\"f\":[[\"g\",{\"h\":0}]]}"

static struct json_object *spec;
static struct snapshot before;
static struct error err;

static void start(void)
{
  cr_assert_eq(json_parse(SPEC, strlen(SPEC), "spec", &spec, &err), 0, "%s", err.text);
  snapshot_take(&before, spec);
}

static void end(void)
{
  snapshot_free(&before);
  json_object_put(spec);
}

TestSuite(snapshot, .init = start, .fini = end);

Test(snapshot, what_was_recorded_comes_back)
{
  cleanup_json struct json_object *again = snapshot_restore(&before);
  size_t length;
  cleanup_free char *text = json_write(again, &length);
  cr_expect_str_eq(text, SPEC);
  cr_expect_eq(length, strlen(SPEC));
  cr_expect(past_equal(&before, before.values, again));
}

Test(snapshot, the_writer_writes_what_json_c_does)
{
  size_t length, expected_length;
  cleanup_free char *text = json_write(spec, &length);
  const char *expected = json_text(spec, &expected_length);
  cr_expect_str_eq(text, expected);
  cr_expect_eq(length, expected_length);
  for (int byte = 1; byte < 0x80; byte++) {
    cleanup_json struct json_object *one = json_object_new_string_len((char[]){(char)byte}, 1);
    cleanup_free char *written = json_write(one, &length);
    cr_expect_str_eq(written, json_text(one, &expected_length));
  }
}

Test(snapshot, it_does_not_hang_on_the_tree)
{
  json_object_put(spec);
  spec = snapshot_restore(&before);
  cr_expect(past_equal(&before, before.values, spec));
}

/* Puts other values into every place, one after another. */
static void change_everywhere(struct json_object *nest)
{
  if (json_object_is_type(nest, json_type_array)) {
    for (size_t i = 0; i < json_object_array_length(nest); i++) {
      struct json_object *old = json_object_get(json_object_array_get_idx(nest, i));
      json_object_array_put_idx(nest, i, json_object_new_int(77));
      cr_expect_not(past_equal(&before, before.values, spec), "element %zu", i);
      json_object_array_put_idx(nest, i, old);
      change_everywhere(old);
    }
  } else if (json_object_is_type(nest, json_type_object)) {
    json_object_object_foreach (nest, key, old) {
      json_object_get(old);
      json_object_object_add(nest, key, json_object_new_string("77"));
      cr_expect_not(past_equal(&before, before.values, spec), "member %s", key);
      json_object_object_add(nest, key, old);
      change_everywhere(old);
    }
  }
  cr_expect(past_equal(&before, before.values, spec));
}

Test(snapshot, a_change_at_any_place_is_seen)
{
  change_everywhere(spec);
}

/* A plugin can set a scalar without putting another one in its place. */
Test(snapshot, so_is_one_within_a_value)
{
  struct json_object *c = json_object_object_get(spec, "c");
  json_object_set_string(c, "x");
  cr_expect_not(past_equal(&before, before.values, spec));
}

static void expect_refused(const char *words)
{
  cleanup_edits struct edits edits = {.items = NULL};
  cr_expect_eq(edits_add(&edits, "p", &before, spec, &err), -1);
  cr_expect_eq(edits.count, 0);
  cr_expect_str_eq(err.text, words);
}

/* What is equal to what was is not looked at again: nothing bad may hide there. */
Test(snapshot, what_no_text_can_hold_is_found_among_what_is_new)
{
  struct json_object *a = json_object_object_get(spec, "a");
  struct json_object *b = json_object_object_get(a, "b");
  json_object_array_put_idx(b, 1, json_object_new_string_len("x\0", 2));
  expect_refused("config.json: /a/b/1 has a NUL");
  json_object_array_put_idx(b, 1, json_object_new_double(0.0 / 0.0));
  expect_refused("config.json: /a/b/1 is no number that JSON has");
  json_object_array_put_idx(b, 1, json_object_new_int(-1));
  json_object_array_add(b, json_object_get(spec));
  expect_refused("config.json is nested deeper than 128, or holds itself");
  json_object_array_del_idx(b, json_object_array_length(b) - 1, 1);
}

Test(snapshot, a_key_of_old_that_stands_twice_is_found)
{
  struct json_object *f = json_object_object_get(spec, "f");
  struct json_object *object = json_object_array_get_idx(json_object_array_get_idx(f, 0), 1);
  json_object_object_add_ex(object, "h", json_object_new_int(0), JSON_C_OBJECT_ADD_KEY_IS_NEW);
  expect_refused("config.json: /f/0/1/h is there twice");
  json_object_object_add_ex(spec, "a", NULL, JSON_C_OBJECT_ADD_KEY_IS_NEW);
  json_object_object_del(spec, "d");
  cleanup_edits struct edits edits = {.items = NULL};
  cr_expect_eq(edits_add(&edits, "p", &before, spec, &err), -1);
}

Test(snapshot, a_new_key_is_looked_at)
{
  json_object_object_add(spec, "\xc3", NULL);
  expect_refused("config.json: /\xc3 has a byte 0xc3 that is not UTF-8");
}
