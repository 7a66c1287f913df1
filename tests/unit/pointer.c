/* SPDX-License-Identifier: Apache-2.0 */
/* JSON pointers: where they lead, what is changed there, what is refused and left as it was. */
#include "spec/pointer.h"

#include "common/json.h"

#include <criterion/criterion.h>

TestSuite(pointer);

static struct json_object *tree(const char *text)
{
  struct error err;
  struct json_object *parsed = NULL;
  cr_assert_eq(json_parse(text, strlen(text), "test", &parsed, &err), 0, "%s", err.text);
  return parsed;
}

static void expect_text(struct json_object *value, const char *expected, const char *pointer)
{
  size_t length;
  const char *text = json_text(value, &length);
  cr_expect_str_eq(text, expected, "%s: is %s, not %s", pointer, text, expected);
}

/* What an operation makes of a document, or how it refuses. */
struct example {
  const char *document, *pointer, *value; /* value: NULL for those that take none */
  const char *expected;                   /* the document after; or, if `error`, the message */
  bool error;
};

typedef int operation(struct json_object **tree, const char *pointer, struct json_object *value,
                      struct error *err);

static int remove_it(struct json_object **tree, const char *pointer, struct json_object *value,
                     struct error *err)
{
  (void)value;
  return pointer_remove(tree, pointer, NULL, err);
}

static void expect_example(operation *operate, const struct example *example)
{
  struct error err = {.text = ""};
  cleanup_json struct json_object *document = tree(example->document);
  struct json_object *value = example->value != NULL ? tree(example->value) : NULL;
  int result = operate(&document, example->pointer, value, &err);
  cr_expect_eq(result, example->error ? -1 : 0, "%s: %s", example->pointer, err.text);
  expect_text(document, example->error ? example->document : example->expected, example->pointer);
  cr_expect_str_eq(err.text, example->error ? example->expected : "", "%s: %s", example->pointer,
                   err.text);
}

#define EXPECT_EXAMPLES(operate, examples)            \
  for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) \
  expect_example(operate, &(examples)[i])

/* --- looking ------------------------------------------------------------------------------- */

/* RFC 6901, section 5. */
#define RFC_DOCUMENT                                                           \
  "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4," \
  "\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}"

Test(pointer, the_examples_of_rfc_6901_lead_where_it_says)
{
  static const char *const examples[][2] = {
      {"", RFC_DOCUMENT},    {"/foo", "[\"bar\",\"baz\"]"},
      {"/foo/0", "\"bar\""}, {"/", "0"},
      {"/a~1b", "1"},        {"/c%d", "2"},
      {"/e^f", "3"},         {"/g|h", "4"},
      {"/i\\j", "5"},        {"/k\"l", "6"},
      {"/ ", "7"},           {"/m~0n", "8"},
  };
  struct error err;
  cleanup_json struct json_object *document = tree(RFC_DOCUMENT);
  for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
    struct json_object *found = NULL, *got = NULL;
    cr_expect_eq(pointer_find(document, examples[i][0], &found, &err), 1);
    expect_text(found, examples[i][1], examples[i][0]);
    cr_expect_eq(pointer_get(document, examples[i][0], &got, &err), 0);
    cr_expect_eq(found, got);
  }
}

Test(pointer, an_escape_is_undone_once)
{
  struct error err;
  struct json_object *value = NULL;
  cleanup_json struct json_object *document = tree("{\"~1\":1,\"/\":2,\"~\":3}");
  cr_expect_eq(pointer_find(document, "/~01", &value, &err), 1);
  expect_text(value, "1", "/~01");
  cr_expect_eq(pointer_find(document, "/~1", &value, &err), 1);
  expect_text(value, "2", "/~1");
}

Test(pointer, what_is_missing_or_below_null_is_not_found)
{
  static const char *const nowhere[][2] = {
      {"/b", "there is no /b"},
      {"/b/c/d", "there is no /b"},
      {"/n/x", "/n is null, not an array or an object"},
      {"/l/2", "there is no /l/2: the array's length is 2"},
      {"/l/-", "there is no /l/-: the array's length is 2"},
      {"/l/-/x", "there is no /l/-: the array's length is 2"},
      {"/l/1/x", "/l/1 is null, not an array or an object"},
      {"/l/18446744073709551616", "there is no /l/18446744073709551616: the array's length is 2"},
  };
  cleanup_json struct json_object *document = tree("{\"n\":null,\"l\":[1,null]}");
  for (size_t i = 0; i < ARRAY_LENGTH(nowhere); i++) {
    struct error err;
    struct json_object *value = NULL;
    cr_expect_eq(pointer_find(document, nowhere[i][0], &value, &err), 0, "%s", nowhere[i][0]);
    cr_expect_eq(pointer_get(document, nowhere[i][0], &value, &err), -1);
    cr_expect_str_eq(err.text, nowhere[i][1], "%s", err.text);
  }
}

Test(pointer, null_is_a_value)
{
  struct error err;
  cleanup_json struct json_object *document = tree("{\"n\":null}");
  struct json_object *value = document;
  cr_expect_eq(pointer_find(document, "/n", &value, &err), 1);
  cr_expect_null(value);
  cr_expect_eq(pointer_find(NULL, "", &value, &err), 1);
  cr_expect_eq(pointer_find(NULL, "/a", &value, &err), 0);
}

Test(pointer, steps_that_cannot_be_taken_are_errors)
{
  static const char *const refused[][2] = {
      {"/s/x", "/s is a string, not an array or an object"},
      {"/o/t/x/y", "/o/t is a boolean, not an array or an object"},
      {"/l/0/0", "/l/0 is a whole number, not an array or an object"},
      {"/l/x", "/l is an array, and 'x' is no index"},
      {"/l/", "/l is an array, and '' is no index"},
      {"/l/01", "/l is an array, and '01' is no index"},
      {"/l/1x", "/l is an array, and '1x' is no index"},
      {"/l/+1", "/l is an array, and '+1' is no index"},
      {"/l/-1", "/l is an array, and '-1' is no index"},
      {"/l/ 1", "/l is an array, and ' 1' is no index"},
      {"/l/~1", "/l is an array, and '/' is no index"},
      {"s", "'s' is no JSON pointer: it must begin with '/'"},
      {"#/s", "'#/s' is no JSON pointer: it must begin with '/'"},
      {"/s~", "'/s~' is no JSON pointer: '~' is written as '~0'"},
      {"/s~2/x", "'/s~2/x' is no JSON pointer: '~' is written as '~0'"},
      {"/\xff", "a JSON pointer with bytes that are not UTF-8"},
  };
  cleanup_json struct json_object *document =
      tree("{\"s\":\"text\",\"o\":{\"t\":true},\"l\":[1,2]}");
  for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
    struct error err;
    struct json_object *value = NULL;
    cr_expect_eq(pointer_find(document, refused[i][0], &value, &err), -1, "%s", refused[i][0]);
    cr_expect_str_eq(err.text, refused[i][1], "%s", err.text);
    cr_expect_eq(pointer_get(document, refused[i][0], &value, &err), -1);
    cr_expect_str_eq(err.text, refused[i][1], "%s", err.text);
  }
  struct error err;
  struct json_object *scalar = tree("1"), *value = NULL;
  cr_expect_eq(pointer_find(scalar, "/a", &value, &err), -1);
  cr_expect_str_eq(err.text, "the document is a whole number, not an array or an object");
  json_object_put(scalar);
}

/* --- add, replace, remove: RFC 6902 --------------------------------------------------------- */

/* The first ones are from appendix A. */
Test(pointer, add_does_what_json_patch_says)
{
  static const struct example examples[] = {
      {"{\"foo\":\"bar\"}", "/baz", "\"qux\"", "{\"foo\":\"bar\",\"baz\":\"qux\"}", false},
      {"{\"foo\":[\"bar\",\"baz\"]}", "/foo/1", "\"qux\"", "{\"foo\":[\"bar\",\"qux\",\"baz\"]}",
       false},
      {"{\"foo\":\"bar\"}", "/child", "{\"grandchild\":{}}",
       "{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}", false},
      {"{\"foo\":\"bar\"}", "/baz/bat", "\"qux\"", "there is no /baz", true},
      {"{\"foo\":[\"bar\"]}", "/foo/-", "[\"abc\",\"def\"]",
       "{\"foo\":[\"bar\",[\"abc\",\"def\"]]}", false},
      {"{\"foo\":1}", "", "[2]", "[2]", false},
      {"{\"foo\":1}", "", "null", "null", false},
      {"{\"foo\":1,\"b\":2}", "/foo", "null", "{\"foo\":null,\"b\":2}", false},
      {"[1,2]", "/0", "0", "[0,1,2]", false},
      {"[1,2]", "/2", "3", "[1,2,3]", false},
      {"[]", "/0", "null", "[null]", false},
      {"[1,2]", "/3", "4", "there is no /3: the array's length is 2", true},
      {"[1,2]", "/x", "4", "the document is an array, and 'x' is no index", true},
      {"{\"-\":1}", "/-", "2", "{\"-\":2}", false},
      {"{\"n\":null}", "/n/a", "2", "/n is null, not an array or an object", true},
  };
  EXPECT_EXAMPLES(pointer_add, examples);
}

Test(pointer, replace_needs_something_there)
{
  static const struct example examples[] = {
      {"{\"baz\":\"qux\",\"foo\":\"bar\"}", "/baz", "\"boo\"", "{\"baz\":\"boo\",\"foo\":\"bar\"}",
       false},
      {"[1,2]", "/1", "null", "[1,null]", false},
      {"{\"n\":null}", "/n", "1", "{\"n\":1}", false},
      {"{}", "", "1", "1", false},
      {"{}", "/a", "1", "there is no /a", true},
      {"[1]", "/-", "1", "there is no /-: the array's length is 1", true},
  };
  EXPECT_EXAMPLES(pointer_replace, examples);
}

Test(pointer, remove_needs_something_there)
{
  static const struct example examples[] = {
      {"{\"baz\":\"qux\",\"foo\":\"bar\"}", "/baz", NULL, "{\"foo\":\"bar\"}", false},
      {"{\"foo\":[\"bar\",\"qux\",\"baz\"]}", "/foo/1", NULL, "{\"foo\":[\"bar\",\"baz\"]}", false},
      {"{\"n\":null}", "/n", NULL, "{}", false},
      {"{\"a\":1}", "", NULL, "null", false},
      {"{\"a\":1}", "/b", NULL, "there is no /b", true},
      {"[1]", "/1", NULL, "there is no /1: the array's length is 1", true},
      {"[1]", "/-", NULL, "there is no /-: the array's length is 1", true},
  };
  EXPECT_EXAMPLES(remove_it, examples);
}

Test(pointer, what_is_removed_can_be_kept)
{
  struct error err;
  struct json_object *removed = NULL;
  cleanup_json struct json_object *document = tree("{\"a\":[1,{\"b\":2}]}");
  cr_expect_eq(pointer_remove(&document, "/a/1", &removed, &err), 0);
  expect_text(removed, "{\"b\":2}", "/a/1");
  json_object_put(removed);
}

/* --- set ----------------------------------------------------------------------------------- */

Test(pointer, set_makes_the_value_be_there)
{
  static const struct example examples[] = {
      {"{}", "/a", "1", "{\"a\":1}", false},
      {"{\"a\":2,\"b\":3}", "/a", "1", "{\"a\":1,\"b\":3}", false},
      {"{\"a\":\"text\"}", "/a", "{}", "{\"a\":{}}", false},
      {"[1,2]", "/0", "3", "[3,2]", false},
      {"{\"a\":1}", "", "[]", "[]", false},
      {"null", "/a", "1", "{\"a\":1}", false},
  };
  EXPECT_EXAMPLES(pointer_set, examples);
}

Test(pointer, set_makes_the_parents_that_are_missing_or_null)
{
  static const struct example examples[] = {
      {"{}", "/a/b/c", "1", "{\"a\":{\"b\":{\"c\":1}}}", false},
      {"{\"a\":null}", "/a/b", "1", "{\"a\":{\"b\":1}}", false},
      {"{\"a\":{}}", "/a/b/-", "1", "{\"a\":{\"b\":[1]}}", false},
      {"{}", "/-", "1", "{\"-\":1}", false},
      {"[null]", "/0/a", "1", "[{\"a\":1}]", false},
      {"{}", "/a~1b/c~0d", "1", "{\"a/b\":{\"c~d\":1}}", false},
      {"{}", "/a/0", "1", "there is no array /a, so no element 0: '-' appends", true},
      {"{\"a\":{}}", "/a/b/3/c", "1", "there is no array /a/b, so no element 3: '-' appends", true},
      {"{}", "/a/-/b", "1", "'-' may be only the last step of /a/-/b", true},
      {"{\"a\":[]}", "/a/-/b", "1", "'-' may be only the last step of /a/-/b", true},
      {"{\"a\":[1]}", "/a/1", "1", "there is no /a/1: the array's length is 1", true},
      {"{\"a\":[1]}", "/a/1/b", "1", "there is no /a/1: the array's length is 1", true},
      {"{\"a\":\"text\"}", "/a/b", "1", "/a is a string, not an array or an object", true},
  };
  EXPECT_EXAMPLES(pointer_set, examples);
}

Test(pointer, set_appends_what_is_not_there_yet)
{
  static const struct example examples[] = {
      {"[]", "/-", "1", "[1]", false},
      {"[1]", "/-", "2", "[1,2]", false},
      {"[1,2]", "/-", "1", "[1,2]", false},
      {"[{\"b\":[],\"a\":1}]", "/-", "{\"a\":1,\"b\":[]}", "[{\"b\":[],\"a\":1}]", false},
      {"[]", "/-", "null", "[null]", false},
      {"[null]", "/-", "null", "[null]", false},
  };
  EXPECT_EXAMPLES(pointer_set, examples);
}

/* --- bounds -------------------------------------------------------------------------------- */

/* "/a" as often as told. */
static char *steps(size_t count)
{
  char *pointer = xcalloc(2 * count + 1, 1);
  for (size_t i = 0; i < count; i++)
    memcpy(pointer + 2 * i, "/a", 2);
  return pointer;
}

Test(pointer, what_could_not_be_read_again_is_not_made)
{
  struct error err;
  struct json_object *found;
  cleanup_json struct json_object *document = tree("{}");
  cleanup_free char *deepest = steps(JSON_DEPTH_MAX), *deeper = steps(JSON_DEPTH_MAX + 1);
  cr_expect_eq(pointer_set(&document, deepest, tree("1"), &err), 0, "%s", err.text);
  size_t length;
  cleanup_json struct json_object *again = tree(json_text(document, &length));
  cr_expect(json_object_equal(document, again));

  cr_expect_eq(pointer_set(&document, deepest, tree("[]"), &err), -1);
  cr_expect_str_eq(err.text, "nested deeper than 128");
  cr_expect_eq(pointer_add(&document, deepest, tree("{}"), &err), -1);
  cr_expect_eq(pointer_replace(&document, deepest, tree("{}"), &err), -1);
  cr_expect_eq(pointer_find(document, deeper, &found, &err), -1);
  cr_expect_str_eq(err.text, "a JSON pointer of more than 128 steps");
  cr_expect(json_object_equal(document, again));
}
