/* SPDX-License-Identifier: Apache-2.0 */
/* One member of a JSON text changes, and every other byte stays. */
#include "ctk/text/json_edit.h"

#include <criterion/criterion.h>

#define ENTRY "{\"path\":\"/x\"}"

static void expect_set(const char *text, const char *pointer, const char *value, const char *wanted)
{
  struct error err;
  cleanup_free char *edited = NULL;
  cr_assert_eq(json_edit_set(text, "F", pointer, value, &edited, &err), 0, "%s", err.text);
  cr_expect_str_eq(edited, wanted);
}

static void expect_removed(const char *text, const char *pointer, const char *wanted)
{
  struct error err;
  cleanup_free char *edited = NULL;
  cr_assert_eq(json_edit_remove(text, "F", pointer, &edited, &err), 0, "%s", err.text);
  cr_expect_str_eq(edited, wanted);
}

static void expect_refused(const char *text, const char *pointer, const char *message)
{
  struct error err = {.text = ""};
  char *edited = NULL;
  cr_expect_eq(json_edit_set(text, "F", pointer, "1", &edited, &err), -1);
  cr_expect_null(edited);
  cr_expect_not_null(strstr(err.text, message), "%s", err.text);
}

Test(json_edit, a_blank_text_is_an_empty_object)
{
  expect_set("", "/a", "1", "{\n    \"a\": 1\n}\n");
  expect_set(" \n\n", "/a/b", "true", "{\n    \"a\": {\n        \"b\": true\n    }\n}\n");
  expect_set("null", "/a", "1", "{\n    \"a\": 1\n}");
  expect_removed("", "/a", "");
}

Test(json_edit, a_member_is_added_like_its_neighbours)
{
  expect_set("{\"a\":1}", "/b", ENTRY, "{\"a\":1,\"b\":{\"path\":\"/x\"}}");
  expect_set("{\"a\": 1}", "/b", ENTRY, "{\"a\": 1, \"b\": {\"path\": \"/x\"}}");
  expect_set("{ \"a\" : 1 }", "/b", ENTRY, "{ \"a\" : 1, \"b\" : {\"path\" : \"/x\"} }");
  expect_set("{\n\t\"a\": 1\n}\n", "/b", ENTRY,
             "{\n\t\"a\": 1,\n\t\"b\": {\n\t\t\"path\": \"/x\"\n\t}\n}\n");
  expect_set("{\r\n  \"a\": 1\r\n}", "/b", ENTRY,
             "{\r\n  \"a\": 1,\r\n  \"b\": {\r\n    \"path\": \"/x\"\r\n  }\r\n}");
}

Test(json_edit, an_inner_object_on_one_line_stays_on_it)
{
  expect_set("{\n  \"r\": {\"a\": 1}\n}", "/r/b", ENTRY,
             "{\n  \"r\": {\"a\": 1, \"b\": {\"path\": \"/x\"}}\n}");
}

Test(json_edit, an_empty_object_is_opened_as_its_place_wants)
{
  expect_set("{}", "/a", "1", "{\n    \"a\": 1\n}");
  expect_set("{\n  \"r\": {}\n}", "/r/a", "1", "{\n  \"r\": {\n    \"a\": 1\n  }\n}");
  expect_set("{\"r\":{}}", "/r/a", "1", "{\"r\":{\"a\":1}}");
}

Test(json_edit, objects_on_the_way_are_made)
{
  expect_set("{\"a\":1}", "/b/c/d", "[]", "{\"a\":1,\"b\":{\"c\":{\"d\":[]}}}");
  expect_set("{\"b\":null}", "/b/c", "[1,\"x\"]", "{\"b\":{\"c\":[1,\"x\"]}}");
}

Test(json_edit, a_value_is_replaced_and_nothing_else)
{
  expect_set("{ \"a\" : 1.50 , \"b\":18446744073709551615 }", "/a", "\"x\"",
             "{ \"a\" : \"x\" , \"b\":18446744073709551615 }");
}

Test(json_edit, an_equal_value_is_left_as_it_is_written)
{
  expect_set("{\"a\":{ \"path\" : \"\\u002fx\" } }", "/a", ENTRY,
             "{\"a\":{ \"path\" : \"\\u002fx\" } }");
}

Test(json_edit, keys_are_found_however_they_are_spelt)
{
  expect_set("{\"\\u0061\":1}", "/a", "2", "{\"\\u0061\":2}");
  expect_set("{\"a/b\":{\"~\":1}}", "/a~1b/~0", "2", "{\"a/b\":{\"~\":2}}");
  expect_set("{\"a\":[1,{\"b\":2}]}", "/a/1/b", "3", "{\"a\":[1,{\"b\":3}]}");
}

Test(json_edit, what_holds_no_members_is_refused_with_its_place)
{
  expect_refused("[1]", "/a", "F:1:1: the file is an array, not an object");
  expect_refused("{\n \"a\": \"x\"}", "/a/b", "F:2:7: /a is a text, not an object");
  expect_refused("{\"a\":[]}", "/a/0", "F:1:6: /a is an array, not an object");
  expect_refused("{\"a\":}", "/a", "F:1:6:");
  expect_refused("3", "/a", "F:1:1: the file is a number, not an object");
}

Test(json_edit, a_removed_member_takes_its_comma_along)
{
  expect_removed("{\"a\":1,\"b\":2}", "/a", "{\"b\":2}");
  expect_removed("{\"a\":1,\"b\":2}", "/b", "{\"a\":1}");
  expect_removed("{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}", "/b",
                 "{\n  \"a\": 1,\n  \"c\": 3\n}");
  expect_removed("{\n  \"a\": 1\n}\n", "/a", "{}\n");
  expect_removed("{\"a\":1}", "/b", "{\"a\":1}");
  expect_removed("{\"a\":1}", "/a/b/c", "{\"a\":1}");
  expect_removed("[1, 2, 3]", "/1", "[1, 3]");
}

Test(json_edit, what_was_taken_can_be_put_back)
{
  struct error err;
  const char *text = "{ \"a\": { \"b\" :1 }, \"c\":2}";
  cleanup_free char *bytes = json_edit_get(text, "/a");
  cleanup_free char *edited = NULL;
  cleanup_free char *again = NULL;
  cr_assert_str_eq(bytes, "{ \"b\" :1 }");
  cr_assert_eq(json_edit_set(text, "F", "/a", "7", &edited, &err), 0);
  cr_assert_str_eq(edited, "{ \"a\": 7, \"c\":2}");
  cr_assert_eq(json_edit_put(edited, "F", "/a", bytes, &again, &err), 0);
  cr_expect_str_eq(again, text);
}

Test(json_edit, what_is_not_there_cannot_be_got_or_replaced)
{
  struct error err;
  char *edited = NULL;
  cr_expect_null(json_edit_get("{\"a\":1}", "/b"));
  cr_expect_null(json_edit_get("not JSON", "/b"));
  cr_expect_eq(json_edit_put("{\"a\":1}", "F", "/b", "1", &edited, &err), -1);
  cr_expect_str_eq(err.text, "F: there is no /b");
}
