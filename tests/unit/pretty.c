/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for people's eyes, with every value as it was. */
#include "ctk/text/pretty.h"

#include "common/json.h"

#include <criterion/criterion.h>

static void expect_pretty(const char *text, const char *expected)
{
  struct error err = {.text = ""};
  cleanup_json struct json_object *tree = NULL;
  cr_assert_eq(json_parse(text, strlen(text), "text", &tree, &err), 0, "%s", err.text);
  cleanup_free char *pretty = text_pretty(tree);
  cr_expect_str_eq(pretty, expected);
}

Test(pretty, a_member_a_line_two_blanks_a_level)
{
  expect_pretty("{\"b\":[1,{\"c\":null}],\"a\":true}",
                "{\n  \"b\": [\n    1,\n    {\n      \"c\": null\n    }\n  ],\n  \"a\": true\n}\n");
}

Test(pretty, what_is_empty_stays_on_its_line)
{
  expect_pretty("{\"a\":[],\"b\":{},\"c\":\"\"}",
                "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": \"\"\n}\n");
  expect_pretty("[]", "[]\n");
  expect_pretty("null", "null\n");
}

Test(pretty, numbers_and_texts_are_as_they_were)
{
  expect_pretty("[1.50,1E400,18446744073709551615,-9223372036854775808]",
                "[\n  1.50,\n  1E400,\n  18446744073709551615,\n  -9223372036854775808\n]\n");
  expect_pretty("{\"a/b\\n\\\"\":\"/\\u0001\"}", "{\n  \"a/b\\n\\\"\": \"/\\u0001\"\n}\n");
}
