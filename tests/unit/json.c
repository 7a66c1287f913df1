/* SPDX-License-Identifier: Apache-2.0 */
/* What is JSON, what is not, and where. */
#include "common/json.h"

#include <criterion/criterion.h>

/* Parses a copy without a byte behind it, so that a sanitizer sees who reads too far. */
static int parse(const char *text, size_t length, struct json_object **tree, struct error *err)
{
  cleanup_free char *exact = length > 0 ? malloc(length) : NULL;
  if (length > 0)
    memcpy(exact, text, length);
  return json_parse(length > 0 ? exact : "", length, "f", tree, err);
}

static void expect_text(const char *text, const char *expected)
{
  struct error err;
  cleanup_json struct json_object *tree = NULL;
  size_t length;
  cr_assert_eq(parse(text, strlen(text), &tree, &err), 0, "%.80s: %s", text, err.text);
  const char *written = json_text(tree, &length);
  cr_expect_str_eq(written, expected);
  cr_expect_eq(length, strlen(expected));
}

static void expect_error_in(const char *text, size_t length, const char *expected)
{
  struct error err = {.text = ""};
  cleanup_json struct json_object *tree = NULL;
  cr_expect_eq(parse(text, length, &tree, &err), -1, "%.80s", text);
  cr_expect_str_eq(err.text, expected, "%s, not %s", err.text, expected);
}

static void expect_error(const char *text, const char *expected)
{
  expect_error_in(text, strlen(text), expected);
}

/* `count` times a text, with something behind. */
static char *repeated(const char *text, size_t count, const char *behind)
{
  char *all = xcalloc(count * strlen(text) + strlen(behind) + 1, 1), *end = all;
  while (count-- > 0)
    end = stpcpy(end, text);
  stpcpy(end, behind);
  return all;
}

/* --- what is kept -------------------------------------------------------------------------- */

Test(json, what_is_read_is_written_unchanged)
{
  static const char *const texts[] = {
      "null",
      "true",
      "false",
      "0",
      "-1",
      "9223372036854775807",
      "-9223372036854775808",
      "9223372036854775808",
      "18446744073709551615",
      "1.0",
      "1.50",
      "-0.0",
      "1e3",
      "1E+05",
      "0e-0",
      "1E400",
      "0.1000000000000000055511151231257827",
      "\"\"",
      "\"a/b\"",
      "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\"",
      "\"\x7f \xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80\"",
      "\"\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf\"",
      "[]",
      "[[],[[]],{}]",
      "[1,2,3,4,5,6,7,8,9]",
      "{}",
      "{\"\":{\"\":0}}",
      "{\"z\":1,\"a\":2,\"m\":null,\"A\":2.50}",
  };
  for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
    expect_text(texts[i], texts[i]);
}

Test(json, one_value_has_one_spelling_when_written)
{
  expect_text(" \t\r\n[ 1 ,\n{ \"a\" : 2 } ]\n", "[1,{\"a\":2}]");
  expect_text("-0", "0");
  expect_text("\"\\/\\u0041\\u00e9\\u20AC\"", "\"/A\xc3\xa9\xe2\x82\xac\"");
  expect_text("\"\\uD83D\\ude00\\uffff\"", "\"\xf0\x9f\x98\x80\xef\xbf\xbf\"");
  expect_text("{\"\\u0061\\tb\":\"plain \\u0063 plain\"}", "{\"a\\tb\":\"plain c plain\"}");
}

/* json-c's own reader takes the character itself, whose last 16 bits look so, for a surrogate. */
Test(json, a_character_that_looks_like_a_surrogate_is_kept)
{
  expect_text("\"\\ud836\\ude06\"", "\"\xf0\x9d\xa8\x86\"");
}

Test(json, a_copy_keeps_the_text_of_numbers)
{
  static const char text[] = "[1.50,{\"a\":1E400},18446744073709551615]";
  struct error err;
  cleanup_json struct json_object *tree = NULL;
  cleanup_json struct json_object *copy = NULL;
  size_t length;
  cr_assert_eq(parse(text, strlen(text), &tree, &err), 0, "%s", err.text);
  cr_assert_eq(json_object_deep_copy(tree, &copy, NULL), 0);
  cr_expect_str_eq(json_text(copy, &length), text);
}

Test(json, the_value_of_numbers_is_right)
{
  static const char text[] = "[1.5,-2.5e-1,18446744073709551615,-9223372036854775808]";
  struct error err;
  cleanup_json struct json_object *tree = NULL;
  cr_assert_eq(parse(text, strlen(text), &tree, &err), 0, "%s", err.text);
  double fraction = json_object_get_double(json_object_array_get_idx(tree, 0));
  double exponent = json_object_get_double(json_object_array_get_idx(tree, 1));
  cr_expect(fraction > 1.49 && fraction < 1.51);
  cr_expect(exponent > -0.26 && exponent < -0.24);
  cr_expect_eq(json_object_get_uint64(json_object_array_get_idx(tree, 2)), UINT64_MAX);
  cr_expect_eq(json_object_get_int64(json_object_array_get_idx(tree, 3)), INT64_MIN);
}

Test(json, equal_keys_in_different_objects_are_fine)
{
  expect_text("[{\"a\":{\"a\":1}},{\"a\":2},{\"A\":3,\"a\":4}]",
              "[{\"a\":{\"a\":1}},{\"a\":2},{\"A\":3,\"a\":4}]");
}

/* --- what is refused ----------------------------------------------------------------------- */

struct refusal {
  const char *text, *error;
};

static void expect_errors(const struct refusal *refusals, size_t count)
{
  for (size_t i = 0; i < count; i++)
    expect_error(refusals[i].text, refusals[i].error);
}

Test(json, what_json_c_would_take_is_refused)
{
  static const struct refusal refusals[] = {
      {"{'a':1}", "f:1:2: ''' where a key in double quotes is expected"},
      {"['a']", "f:1:2: ''' where a value is expected"},
      {"NaN", "f:1:1: 'N' where a value is expected"},
      {"-Infinity", "f:1:2: 'I' where a digit is expected"},
      {"True", "f:1:1: 'T' where a value is expected"},
      {"18446744073709551616", "f:1:1: an integer beyond 64 bits"},
      {"[-9223372036854775809]", "f:1:2: an integer beyond 64 bits"},
      {"99999999999999999999999999999999999999999", "f:1:1: an integer beyond 64 bits"},
      {"{\"a\\u0000b\":1}", "f:1:4: \\u0000: no text in a container's setup has a NUL"},
      {"{\"a\":1,\n\"a\":1}", "f:2:1: the key \"a\" stands in this object twice"},
      {"{\"a\":1,\"\\u0061\":1}", "f:1:8: the key \"a\" stands in this object twice"},
      {"{} // end", "f:1:4: '/' where the end of the text is expected"},
  };
  expect_errors(refusals, ARRAY_LENGTH(refusals));
}

Test(json, what_is_not_the_grammar_is_refused)
{
  static const struct refusal refusals[] = {
      {"", "f:1:1: the text ends where a value is expected"},
      {" \n ", "f:2:2: the text ends where a value is expected"},
      {"nul", "f:1:1: 'n' where a value is expected"},
      {"truest", "f:1:5: 's' where the end of the text is expected"},
      {"[1,]", "f:1:4: ']' where a value is expected"},
      {"[,1]", "f:1:2: ',' where a value is expected"},
      {"[1 2]", "f:1:4: '2' where ',' or ']' is expected"},
      {"[1", "f:1:3: the text ends where ',' or ']' is expected"},
      {"[1}", "f:1:3: '}' where ',' or ']' is expected"},
      {"[", "f:1:2: the text ends where a value is expected"},
      {"{", "f:1:2: the text ends where a key in double quotes is expected"},
      {"{\"a\":1,}", "f:1:8: '}' where a key in double quotes is expected"},
      {"{a:1}", "f:1:2: 'a' where a key in double quotes is expected"},
      {"{\"a\" 1}", "f:1:6: '1' where ':' is expected"},
      {"{\"a\":}", "f:1:6: '}' where a value is expected"},
      {"{\"a\":1 \"b\":2}", "f:1:8: '\"' where ',' or '}' is expected"},
      {"[]\n[]", "f:2:1: '[' where the end of the text is expected"},
      {"\x0b", "f:1:1: byte 0x0b where a value is expected"},
      {"\xc2\xa0null", "f:1:1: byte 0xc2 where a value is expected"},
      {"\xef\xbb\xbf{}", "f:1:1: a byte order mark: remove these three bytes"},
  };
  expect_errors(refusals, ARRAY_LENGTH(refusals));
  expect_error_in("{}\0", 3, "f:1:3: byte 0x00 where the end of the text is expected");
}

Test(json, bad_numbers_are_refused)
{
  static const struct refusal refusals[] = {
      {"01", "f:1:1: a number with a leading zero"},
      {"-00.5", "f:1:1: a number with a leading zero"},
      {"+1", "f:1:1: '+' where a value is expected"},
      {".5", "f:1:1: '.' where a value is expected"},
      {"-", "f:1:2: the text ends where a digit is expected"},
      {"1.", "f:1:3: the text ends where a digit is expected"},
      {"[1.e3]", "f:1:4: 'e' where a digit is expected"},
      {"1e", "f:1:3: the text ends where a digit is expected"},
      {"1e+-1", "f:1:4: '-' where a digit is expected"},
      {"0x10", "f:1:2: 'x' where the end of the text is expected"},
  };
  expect_errors(refusals, ARRAY_LENGTH(refusals));
}

Test(json, bad_strings_are_refused)
{
  static const struct refusal refusals[] = {
      {"\"abc", "f:1:5: the text ends where a string's closing quote is expected"},
      {"[\"a\nb\"]", "f:1:4: byte 0x0a in a string: close the string before it, or write \\u000a"},
      {"\"\\", "f:1:3: the text ends where one of \"\\/bfnrtu (behind a backslash) is expected"},
      {"\"\\x41\"", "f:1:3: 'x' where one of \"\\/bfnrtu (behind a backslash) is expected"},
      {"\"\\u00g0\"", "f:1:6: 'g' where a hexadecimal digit (\\u has four) is expected"},
      {"\"\\u004\"", "f:1:7: '\"' where a hexadecimal digit (\\u has four) is expected"},
      {"\"\\u0", "f:1:5: the text ends where a hexadecimal digit (\\u has four) is expected"},
      {"\"ab\\u0000\"", "f:1:4: \\u0000: no text in a container's setup has a NUL"},
      {"\"\\ud800\"", "f:1:2: \\ud800 is half of a surrogate pair"},
      {"\"\\udc00\"", "f:1:2: \\udc00 is half of a surrogate pair"},
      {"\"\\ud800\\ud800\"", "f:1:2: \\ud800 is half of a surrogate pair"},
      {"\"\\ud800\\u0041\"", "f:1:2: \\ud800 is half of a surrogate pair"},
      {"\"\\ud800\\u00\"", "f:1:12: '\"' where a hexadecimal digit (\\u has four) is expected"},
  };
  expect_errors(refusals, ARRAY_LENGTH(refusals));
  expect_error_in("\"a\0b\"", 5,
                  "f:1:3: byte 0x00 in a string: close the string before it, or write \\u0000");
}

Test(json, what_is_not_utf_8_is_refused)
{
  static const struct refusal refusals[] = {
      {"\"a\x80\"", "f:1:3: byte 0x80 in a string is not UTF-8"},
      {"\"\xc3\"", "f:1:2: byte 0xc3 in a string is not UTF-8"},
      {"\"\xc3", "f:1:2: byte 0xc3 in a string is not UTF-8"},
      {"\"\xc0\x80\"", "f:1:2: byte 0xc0 in a string is not UTF-8"},         /* a long NUL */
      {"\"\xc1\xbf\"", "f:1:2: byte 0xc1 in a string is not UTF-8"},         /* long */
      {"\"\xe0\x9f\xbf\"", "f:1:2: byte 0xe0 in a string is not UTF-8"},     /* long */
      {"\"\xe2\x82\"", "f:1:2: byte 0xe2 in a string is not UTF-8"},         /* short */
      {"\"\xed\xa0\x80\"", "f:1:2: byte 0xed in a string is not UTF-8"},     /* a surrogate */
      {"\"\xf0\x8f\xbf\xbf\"", "f:1:2: byte 0xf0 in a string is not UTF-8"}, /* long */
      {"\"\xf0\x9f\x98\x28\"", "f:1:2: byte 0xf0 in a string is not UTF-8"},
      {"\"\xf4\x90\x80\x80\"", "f:1:2: byte 0xf4 in a string is not UTF-8"}, /* U+110000 */
      {"\"\xf5\x80\x80\x80\"", "f:1:2: byte 0xf5 in a string is not UTF-8"},
      {"\"\xff\"", "f:1:2: byte 0xff in a string is not UTF-8"},
      {"{\"\xff\":1}", "f:1:3: byte 0xff in a string is not UTF-8"},
  };
  expect_errors(refusals, ARRAY_LENGTH(refusals));
}

/* --- limits -------------------------------------------------------------------------------- */

Test(json, nesting_ends_at_the_limit)
{
  cleanup_free char *closing = repeated("]", JSON_DEPTH_MAX, "");
  cleanup_free char *deepest = repeated("[", JSON_DEPTH_MAX, closing);
  expect_text(deepest, deepest);
  cleanup_free char *deeper = repeated("[", JSON_DEPTH_MAX, "{}");
  expect_error(deeper, "f:1:129: nested deeper than 128");
  cleanup_free char *very_deep = repeated("{\"a\":[", 10000, "");
  expect_error(very_deep, "f:1:385: nested deeper than 128");
}

Test(json, arrays_and_objects_are_counted)
{
  cleanup_free char *many = repeated("[],", JSON_NESTS_MAX - 2, "{}]");
  cleanup_free char *most = xasprintf("[%s", many);
  expect_text(most, most);
  cleanup_free char *too_many = xasprintf("[[],%s", many);
  expect_error(too_many, "f:1:786431: more than 262144 arrays and objects");
}

/* The array itself is one. */
Test(json, values_are_counted)
{
  cleanup_free char *many = repeated("1,", JSON_VALUES_MAX - 2, "null]");
  cleanup_free char *most = xasprintf("[%s", many);
  expect_text(most, most);
  cleanup_free char *too_many = xasprintf("[1,%s", many);
  expect_error(too_many, "f:1:2097152: more than 1048576 values");
}

Test(json, long_strings_and_keys_survive)
{
  cleanup_free char *string = repeated("0123456789\\n\xc3\xa9", 10000, "");
  cleanup_free char *text = xasprintf("{\"%s\":\"%s\"}", string, string);
  expect_text(text, text);
  cleanup_free char *key = repeated("k", 100, "");
  cleanup_free char *twice = xasprintf("{\"%s\":1,\"%s\":2}", key, key);
  cleanup_free char *error =
      xasprintf("f:1:107: the key \"%.64s\" stands in this object twice", key);
  expect_error(twice, error);
}

/* --- pointers ------------------------------------------------------------------------------ */

static const char located[] = "\n"
                              "{\n"
                              "  \"a\": {\"b\": [10, {\"c\": null}, [[], 3]]},\n"
                              "  \"x/y~z\": {\"\": 1, \"\\u0071\": 2},\n"
                              "  \"ab\": \"]\",\n"
                              "  \"empty\": []\n"
                              "}\n";

static void expect_place(const char *pointer, size_t line, size_t column)
{
  struct json_place place = {0, 0};
  cr_expect_eq(json_locate(located, strlen(located), pointer, &place), 0, "%s", pointer);
  cr_expect(place.line == line && place.column == column, "%s: %zu:%zu", pointer, place.line,
            place.column);
}

Test(json, a_pointer_leads_to_its_key_or_element)
{
  expect_place("", 2, 1);
  expect_place("/a", 3, 3);
  expect_place("/a/b", 3, 9);
  expect_place("/a/b/0", 3, 15);
  expect_place("/a/b/1", 3, 19);
  expect_place("/a/b/1/c", 3, 20);
  expect_place("/a/b/2/1", 3, 37);
  expect_place("/x~1y~0z", 4, 3);
  expect_place("/x~1y~0z/", 4, 13);
  expect_place("/x~1y~0z/q", 4, 20);
  expect_place("/ab", 5, 3);
  expect_place("/empty", 6, 3);
}

Test(json, a_pointer_to_nothing_is_not_found)
{
  static const char *const pointers[] = {"/",         "a",        "/b",       "/a/b/3", "/a/b/01",
                                         "/a/b/-",    "/a/b/0/0", "/empty/0", "/ab/0",  "/x/y~z",
                                         "/x~1y~0z~", "/a/b/",    "/A"};
  struct json_place place;
  for (size_t i = 0; i < ARRAY_LENGTH(pointers); i++)
    cr_expect_eq(json_locate(located, strlen(located), pointers[i], &place), -1, "%s", pointers[i]);
  cr_expect_eq(json_locate("{\"a\"", 4, "/a", &place), -1, "a text that is cut off");
}

Test(json, pointers_escape_what_stands_for_steps)
{
  cleanup_free char *first = json_pointer_key("", "a/b~c");
  cleanup_free char *second = json_pointer_index(first, 12);
  cleanup_free char *third = json_pointer_key(second, "");
  cr_expect_str_eq(first, "/a~1b~0c");
  cr_expect_str_eq(second, "/a~1b~0c/12");
  cr_expect_str_eq(third, "/a~1b~0c/12/");
}
