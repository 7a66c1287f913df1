/* SPDX-License-Identifier: Apache-2.0 */
/* What a plugin can make of a spec that no config.json can hold. */
#include "spec/check.h"

#include "common/json.h"

#include <criterion/criterion.h>
#include <math.h>

#define SPEC "{\"process\":{\"env\":[\"A=\xc3\xa9\"],\"n\":[1,-2.5,-1e999,null,true,{}]}}"

static struct error err;
static struct json_object *spec;

static void start(void)
{
  cr_assert_eq(json_parse(SPEC, strlen(SPEC), "spec", &spec, &err), 0, "%s", err.text);
}

static void end(void)
{
  json_object_put(spec);
}

TestSuite(spec_check, .init = start, .fini = end);

static struct json_object *process(void)
{
  return json_object_object_get(spec, "process");
}

static void expect_refused(const char *words)
{
  cr_expect_eq(spec_check(spec, &err), -1);
  cr_expect_str_eq(err.text, words);
}

Test(spec_check, what_was_read_can_be_written)
{
  cr_expect_eq(spec_check(spec, &err), 0, "%s", err.text);
}

Test(spec_check, a_string_is_utf8_without_NUL)
{
  struct json_object *env = json_object_object_get(process(), "env");
  json_object_array_add(env, json_object_new_string_len("B=\0", 3));
  expect_refused("config.json: /process/env/1 has a NUL");
  json_object_array_put_idx(env, 1, json_object_new_string("B=\xed\xa0\x80"));
  expect_refused("config.json: /process/env/1 has a byte 0xed that is not UTF-8");
}

Test(spec_check, so_is_a_key)
{
  json_object_object_add(process(), "\xc3", NULL);
  expect_refused("config.json: /process/\xc3 has a byte 0xc3 that is not UTF-8");
}

Test(spec_check, a_key_stands_once)
{
  json_object_object_add_ex(process(), "n", NULL, JSON_C_OBJECT_ADD_KEY_IS_NEW);
  expect_refused("config.json: /process/n is there twice");
}

Test(spec_check, a_number_is_one)
{
  json_object_object_add(process(), "n", json_object_new_double((double)NAN));
  expect_refused("config.json: /process/n is no number that JSON has");
  json_object_object_add(process(), "n", json_object_new_double(-(double)INFINITY));
  expect_refused("config.json: /process/n is no number that JSON has");
}

/* A number is written as it was read, and json-c's own reader takes what no other does. */
Test(spec_check, a_number_is_written_as_one)
{
  static const char *const texts[] = {"1.", "[]", "1, \"x\": 2", "", "\"text\""};
  for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
    json_object_object_add(process(), "n", json_object_new_double_s(1.0, texts[i]));
    expect_refused("config.json: /process/n is no number that JSON has");
  }
  json_object_object_add(process(), "n", json_object_new_double_s(1.0, "1.00"));
  cr_expect_eq(spec_check(spec, &err), 0, "%s", err.text);
}

/* `depth` arrays in the spec, which is itself the first level. */
static void nest(int depth)
{
  struct json_object *value = json_object_new_array();
  for (int i = 1; i < depth; i++) {
    struct json_object *outer = json_object_new_array();
    json_object_array_add(outer, value);
    value = outer;
  }
  json_object_object_add(spec, "deep", value);
}

/* The same limit as in reading: what is written can be read at the next create. */
Test(spec_check, it_is_no_deeper_than_can_be_read)
{
  size_t length;
  nest(JSON_DEPTH_MAX - 1);
  cr_expect_eq(spec_check(spec, &err), 0, "%s", err.text);
  const char *text = json_text(spec, &length);
  struct json_object *again = NULL;
  cr_expect_eq(json_parse(text, length, "spec", &again, &err), 0, "%s", err.text);
  json_object_put(again);

  nest(JSON_DEPTH_MAX);
  expect_refused("config.json is nested deeper than 128, or holds itself");
}

Test(spec_check, it_does_not_hold_itself)
{
  json_object_object_add(process(), "outer", json_object_get(spec));
  expect_refused("config.json is nested deeper than 128, or holds itself");
  json_object_object_del(process(), "outer");
}

Test(spec_check, it_is_an_object)
{
  struct json_object *array = json_object_new_array();
  cr_expect_eq(spec_check(array, &err), -1);
  json_object_put(array);
}
