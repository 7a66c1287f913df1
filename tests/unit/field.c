/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of config.json by their pointers: what is got, what is set, what is refused. */
#include "spec/field.h"

#include "common/json.h"

#include <criterion/criterion.h>

#define SPEC                                                                                    \
  "{\"process\":{\"cwd\":\"/\",\"terminal\":false,\"args\":[\"a\",\"b\"],\"user\":{\"uid\":7}," \
  "\"env\":null},\"n\":null,\"max\":18446744073709551615,\"big\":9223372036854775807,"          \
  "\"low\":-9223372036854775808,\"float\":1.5,\"mixed\":[\"a\",1]}"

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

TestSuite(field, .init = start, .fini = end);

static void expect_ok(int result)
{
  cr_expect_eq(result, 0, "%s", err.text);
}

static void expect_error(int result, const char *expected)
{
  size_t length;
  cr_expect_eq(result, -1, "not: %s", expected);
  cr_expect_str_eq(err.text, expected, "is: %s", err.text);
  cr_expect_str_eq(json_text(spec, &length), SPEC);
}

/* The spec's beginning is this. */
static void expect_spec(const char *expected)
{
  size_t length;
  const char *text = json_text(spec, &length);
  cr_expect(text_starts(text, expected), "%s", text);
}

/* --- getting ------------------------------------------------------------------------------- */

Test(field, each_type_is_got)
{
  const char *text = NULL, **list = NULL;
  int64_t number = 0;
  bool boolean = true;
  struct json_object *value = NULL;
  expect_ok(field_text(spec, "/process/cwd", &text, &err));
  cr_expect_str_eq(text, "/");
  expect_ok(field_number(spec, "/process/user/uid", &number, &err));
  cr_expect_eq(number, 7);
  expect_ok(field_number(spec, "/big", &number, &err));
  cr_expect_eq(number, INT64_MAX);
  expect_ok(field_number(spec, "/low", &number, &err));
  cr_expect_eq(number, INT64_MIN);
  expect_ok(field_boolean(spec, "/process/terminal", &boolean, &err));
  cr_expect_not(boolean);
  expect_ok(field_list(spec, "/process/args", &list, &err));
  cr_expect_str_eq(list[0], "a");
  cr_expect_str_eq(list[1], "b");
  cr_expect_null(list[2]);
  free(list);
  expect_ok(field_get(spec, "", &value, &err));
  cr_expect_eq(value, spec);
}

Test(field, what_is_absent_or_null_leaves_the_default)
{
  static const char *const absent[] = {
      "/x", "/n", "/n/x", "/process/args/2", "/process/args/-", "/process/env", "/process/env/0"};
  for (size_t i = 0; i < ARRAY_LENGTH(absent); i++) {
    const char *text = "default", **list = NULL;
    int64_t number = 42;
    bool boolean = true;
    struct json_object *value = NULL;
    expect_ok(field_text(spec, absent[i], &text, &err));
    cr_expect_str_eq(text, "default");
    expect_ok(field_number(spec, absent[i], &number, &err));
    cr_expect_eq(number, 42);
    expect_ok(field_boolean(spec, absent[i], &boolean, &err));
    cr_expect(boolean);
    expect_ok(field_list(spec, absent[i], &list, &err));
    cr_expect_null(list);
    expect_ok(field_get(spec, absent[i], &value, &err));
    cr_expect_null(value);
    expect_ok(field_remove(spec, absent[i], &err) < 0 ? -1 : 0);
  }
}

Test(field, another_type_is_refused_with_its_place)
{
  const char *text = NULL, **list = NULL;
  int64_t number = 0;
  bool boolean = false;
  struct json_object *value = NULL;
  expect_error(field_text(spec, "/process", &text, &err),
               "config.json: /process is an object, not a string");
  expect_error(field_number(spec, "/process/cwd", &number, &err),
               "config.json: /process/cwd is a string, not a whole number");
  expect_error(field_number(spec, "/float", &number, &err),
               "config.json: /float is a number with a fraction or an exponent, not a whole "
               "number");
  expect_error(field_number(spec, "/max", &number, &err),
               "config.json: /max is 18446744073709551615, beyond a signed 64-bit number");
  expect_error(field_boolean(spec, "/process/args", &boolean, &err),
               "config.json: /process/args is an array, not a boolean");
  expect_error(field_list(spec, "/process/cwd", &list, &err),
               "config.json: /process/cwd is a string, not an array");
  expect_error(field_list(spec, "/mixed", &list, &err),
               "config.json: /mixed/1 is a whole number, not a string");
  expect_error(field_get(spec, "/process/cwd/x", &value, &err),
               "config.json: /process/cwd is a string, not an array or an object");
  expect_error(field_get(spec, "process", &value, &err),
               "'process' is no JSON pointer: it must begin with '/'");
  cr_expect_null(text);
  cr_expect_null(list);
  cr_expect_eq(number, 0);
}

/* --- setting ------------------------------------------------------------------------------- */

Test(field, what_is_set_twice_is_set_once)
{
  for (int i = 0; i < 2; i++) {
    expect_ok(field_set_text(spec, "/process/cwd", "/tmp", &err));
    expect_ok(field_set(spec, "/process/user/uid", json_object_new_int64(0), &err));
    expect_ok(field_set_json(spec, "/process/env/-", "\"A=1\"", &err));
    expect_ok(field_set_json(spec, "/n", " {\"a\": [1.50]} ", &err));
    expect_ok(field_remove(spec, "/process/terminal", &err));
    expect_spec("{\"process\":{\"cwd\":\"/tmp\",\"args\":[\"a\",\"b\"],\"user\":{\"uid\":0},"
                "\"env\":[\"A=1\"]},\"n\":{\"a\":[1.50]},");
  }
}

Test(field, what_cannot_be_set_is_refused)
{
  expect_error(field_set_text(spec, "", "x", &err),
               "the JSON pointer '' is the whole spec, which stays");
  expect_error(field_remove(spec, "", &err), "the JSON pointer '' is the whole spec, which stays");
  expect_error(field_set_json(spec, "/a", "null", &err),
               "null cannot be set at /a: remove what is there");
  expect_error(field_set_json(spec, "/a", "[1,]", &err),
               "the JSON text for /a:1:4: ']' where a value is expected");
  expect_error(field_set_text(spec, "/a", "\xff", &err), "the text for /a is not UTF-8");
  expect_error(field_set_text(spec, "/process/cwd/a", "x", &err),
               "config.json: /process/cwd is a string, not an array or an object");
  expect_error(field_set_text(spec, "/process/args/2", "x", &err),
               "config.json: there is no /process/args/2: the array's length is 2");
  expect_error(field_set_text(spec, "/process/rlimits/0/type", "x", &err),
               "config.json: there is no array /process/rlimits, so no element 0: '-' appends");
  expect_error(field_remove(spec, "/process/cwd/a", &err),
               "config.json: /process/cwd is a string, not an array or an object");
  expect_error(field_remove(spec, "/process/args/x", &err),
               "config.json: /process/args is an array, and 'x' is no index");
}

Test(field, json_that_is_too_long_is_refused)
{
  cleanup_free char *text = xcalloc(FIELD_JSON_MAX + 2, 1);
  memset(text, ' ', FIELD_JSON_MAX + 1);
  text[0] = '1';
  expect_error(field_set_json(spec, "/a", text, &err),
               "the JSON text for /a is longer than 1048576 bytes");
  text[FIELD_JSON_MAX] = '\0';
  expect_ok(field_set_json(spec, "/process/cwd", text, &err));
  expect_spec("{\"process\":{\"cwd\":1,");
}
