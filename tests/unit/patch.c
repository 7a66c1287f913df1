/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Patch: what operations do, how they refuse, that doing them twice is as doing them once. */
#include "spec/patch.h"

#include "spec/tree.h"

#include <criterion/criterion.h>

TestSuite(patch);

static struct json_object *tree(const char *text)
{
  struct error err;
  struct json_object *parsed = NULL;
  cr_assert_eq(json_parse(text, strlen(text), "test", &parsed, &err), 0, "%s: %s", text, err.text);
  return parsed;
}

/* Applies a patch to a document, which becomes what the operations made of it. */
static int apply(struct json_object **document, const char *text, struct error *err)
{
  char name[] = "p.json";
  struct document patch_document = {
      .name = name, .text = xstrdup(text), .length = strlen(text), .tree = tree(text)};
  const struct value source = document_root(&patch_document);
  cleanup_patch struct patch patch;
  int result = patch_read(&patch, &source, err);
  if (result == 0)
    result = patch_apply(&patch, document, err);
  free(patch_document.text);
  json_object_put(patch_document.tree);
  return result;
}

struct example {
  const char *document, *patch;
  const char *expected; /* compared as JSON; NULL: an error */
  const char *error;    /* what it contains */
};

static void expect_example(const struct example *example)
{
  struct error err = {.text = ""};
  size_t length;
  cleanup_json struct json_object *document = tree(example->document);
  int result = apply(&document, example->patch, &err);
  if (example->expected == NULL) {
    cr_expect_eq(result, -1, "%s: %s", example->document, example->patch);
    cr_expect(strstr(err.text, example->error) != NULL, "%s\n  is not in: %s", example->error,
              err.text);
    return;
  }
  cleanup_json struct json_object *expected = tree(example->expected);
  cr_expect_eq(result, 0, "%s: %s", example->patch, err.text);
  cr_expect(tree_equal(document, expected), "%s: %s", example->patch, json_text(document, &length));
}

#define EXPECT_EXAMPLES(examples)                     \
  for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) \
  expect_example(&(examples)[i])

/* JSON as it is read. Its white space is that of the formatter: where a column counts, the text is
   written out. */
#define Q(...) #__VA_ARGS__

/* RFC 6902, appendix A. */
Test(patch, the_examples_of_rfc_6902)
{
  static const struct example examples[] = {
      /* A.1 Adding an Object Member */
      {Q({"foo" : "bar"}), Q([ {"op" : "add", "path" : "/baz", "value" : "qux"} ]),
       Q({"baz" : "qux", "foo" : "bar"}), NULL},
      /* A.2 Adding an Array Element */
      {Q({"foo" : [ "bar", "baz" ]}), Q([ {"op" : "add", "path" : "/foo/1", "value" : "qux"} ]),
       Q({"foo" : [ "bar", "qux", "baz" ]}), NULL},
      /* A.3 Removing an Object Member */
      {Q({"baz" : "qux", "foo" : "bar"}), Q([ {"op" : "remove", "path" : "/baz"} ]),
       Q({"foo" : "bar"}), NULL},
      /* A.4 Removing an Array Element */
      {Q({"foo" : [ "bar", "qux", "baz" ]}), Q([ {"op" : "remove", "path" : "/foo/1"} ]),
       Q({"foo" : [ "bar", "baz" ]}), NULL},
      /* A.5 Replacing a Value */
      {Q({"baz" : "qux", "foo" : "bar"}),
       Q([ {"op" : "replace", "path" : "/baz", "value" : "boo"} ]),
       Q({"baz" : "boo", "foo" : "bar"}), NULL},
      /* A.6 Moving a Value */
      {Q({"foo" : {"bar" : "baz", "waldo" : "fred"}, "qux" : {"corge" : "grault"}}),
       Q([ {"op" : "move", "from" : "/foo/waldo", "path" : "/qux/thud"} ]),
       Q({"foo" : {"bar" : "baz"}, "qux" : {"corge" : "grault", "thud" : "fred"}}), NULL},
      /* A.7 Moving an Array Element */
      {Q({"foo" : [ "all", "grass", "cows", "eat" ]}),
       Q([ {"op" : "move", "from" : "/foo/1", "path" : "/foo/3"} ]),
       Q({"foo" : [ "all", "cows", "eat", "grass" ]}), NULL},
      /* A.8 Testing a Value: Success */
      {Q({"baz" : "qux", "foo" : [ "a", 2, "c" ]}), Q([
         {"op" : "test", "path" : "/baz", "value" : "qux"},
         {"op" : "test", "path" : "/foo/1", "value" : 2}
       ]),
       Q({"baz" : "qux", "foo" : [ "a", 2, "c" ]}), NULL},
      /* A.9 Testing a Value: Error */
      {Q({"baz" : "qux"}), Q([ {"op" : "test", "path" : "/baz", "value" : "bar"} ]), NULL,
       "operation 1 (test /baz): the value there is another one"},
      /* A.10 Adding a Nested Member Object */
      {Q({"foo" : "bar"}), Q([ {"op" : "add", "path" : "/child", "value" : {"grandchild" : {}}} ]),
       Q({"foo" : "bar", "child" : {"grandchild" : {}}}), NULL},
      /* A.11 Ignoring Unrecognized Elements */
      {Q({"foo" : "bar"}), Q([ {"op" : "add", "path" : "/baz", "value" : "qux", "xyz" : 123} ]),
       Q({"foo" : "bar", "baz" : "qux"}), NULL},
      /* A.12 Adding to a Nonexistent Target */
      {Q({"foo" : "bar"}), Q([ {"op" : "add", "path" : "/baz/bat", "value" : "qux"} ]), NULL,
       "operation 1 (add /baz/bat): there is no /baz"},
      /* A.14 ~ Escape Ordering */
      {Q({"/" : 9, "~1" : 10}), Q([ {"op" : "test", "path" : "/~01", "value" : 10} ]),
       Q({"/" : 9, "~1" : 10}), NULL},
      /* A.15 Comparing Strings and Numbers */
      {Q({"/" : 9, "~1" : 10}), Q([ {"op" : "test", "path" : "/~01", "value" : "10"} ]), NULL,
       "the value there is another one"},
      /* A.16 Adding an Array Value */
      {Q({"foo" : ["bar"]}), Q([ {"op" : "add", "path" : "/foo/-", "value" : [ "abc", "def" ]} ]),
       Q({"foo" : [ "bar", [ "abc", "def" ] ]}), NULL},
  };
  EXPECT_EXAMPLES(examples);
}

/* A.13: the patch itself is no JSON that this project reads. */
Test(patch, an_operation_with_two_ops_cannot_be_read)
{
  struct error err;
  struct json_object *parsed = NULL;
  const char *text = "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"op\":\"remove\"}]";
  cr_expect_eq(json_parse(text, strlen(text), "p.json", &parsed, &err), -1);
  cr_expect_str_eq(err.text, "p.json:1:42: the key \"op\" stands in this object twice");
}

Test(patch, operations_follow_each_other)
{
  static const struct example examples[] = {
      {Q({"a" : 1}), Q([]), Q({"a" : 1}), NULL},
      {Q([ 1, 2, 3, 4 ]), Q([ {"op" : "remove", "path" : "/1"}, {"op" : "remove", "path" : "/2"} ]),
       Q([ 1, 3 ]), NULL},
      {Q({}), Q([
         {"op" : "add", "path" : "/a", "value" : []},
         {"op" : "add", "path" : "/a/-", "value" : null},
         {"op" : "copy", "from" : "/a", "path" : "/b"}, {"op" : "remove", "path" : "/b/0"}
       ]),
       Q({"a" : [null], "b" : []}), NULL},
      {Q({"a" : {"b" : 1}}), Q([ {"op" : "copy", "from" : "", "path" : "/a/c"} ]),
       Q({"a" : {"b" : 1, "c" : {"a" : {"b" : 1}}}}), NULL},
      {Q({"a" : 1}), Q([ {"op" : "move", "from" : "/a", "path" : "/a"} ]), Q({"a" : 1}), NULL},
      {Q({"a" : {"b" : 1}}), Q([ {"op" : "move", "from" : "/a/b", "path" : ""} ]), Q(1), NULL},
      {Q([ "a", "b", "a" ]), Q([ {"op" : "move", "from" : "/2", "path" : "/0"} ]),
       Q([ "a", "a", "b" ]), NULL},
      {Q(["a"]), Q([ {"op" : "copy", "from" : "/0", "path" : "/-"} ]), Q([ "a", "a" ]), NULL},
      {Q({"a" : 1, "ab" : 2}), Q([ {"op" : "move", "from" : "/a", "path" : "/ab"} ]), Q({"ab" : 1}),
       NULL},
      {Q({"a" : 1}), Q([ {"op" : "replace", "path" : "", "value" : {"b" : null}} ]),
       Q({"b" : null}), NULL},
  };
  EXPECT_EXAMPLES(examples);
}

Test(patch, a_test_compares_as_json_does)
{
  static const struct example examples[] = {
      {Q(1), Q([ {"op" : "test", "path" : "", "value" : 1.0} ]), Q(1), NULL},
      {Q(100), Q([ {"op" : "test", "path" : "", "value" : 1e2} ]), Q(100), NULL},
      {Q(1.50), Q([ {"op" : "test", "path" : "", "value" : 1.5} ]), Q(1.5), NULL},
      {Q(18446744073709549568),
       Q([ {"op" : "test", "path" : "", "value" : 18446744073709549568.0} ]),
       Q(18446744073709549568), NULL},
      {Q({"a" : [ 1, {"b" : 2} ], "c" : 3}),
       Q([ {"op" : "test", "path" : "", "value" : {"c" : 3, "a" : [ 1.0, {"b" : 2.0} ]}} ]),
       Q({"a" : [ 1, {"b" : 2} ], "c" : 3}), NULL},
      {Q({"a" : null}), Q([ {"op" : "test", "path" : "/a", "value" : null} ]), Q({"a" : null}),
       NULL},
      {Q({}), Q([ {"op" : "test", "path" : "/a", "value" : null} ]), NULL, "there is no /a"},
      {Q(9007199254740993), Q([ {"op" : "test", "path" : "", "value" : 9007199254740992.0} ]), NULL,
       "another"},
      {Q(18446744073709551615), Q([ {"op" : "test", "path" : "", "value" : -1.0} ]), NULL,
       "another"},
      {Q(9223372036854775807), Q([ {"op" : "test", "path" : "", "value" : 9223372036854775808.0} ]),
       NULL, "another"},
      {Q(-1), Q([ {"op" : "test", "path" : "", "value" : 18446744073709551616.0} ]), NULL,
       "another"},
      {Q(0), Q([ {"op" : "test", "path" : "", "value" : 0.5} ]), NULL, "another"},
      {Q(0), Q([ {"op" : "test", "path" : "", "value" : false} ]), NULL, "another"},
      {Q(0), Q([ {"op" : "test", "path" : "", "value" : null} ]), NULL, "another"},
      {Q([ 1, 2 ]), Q([ {"op" : "test", "path" : "", "value" : [1]} ]), NULL, "another"},
      {Q([ 1, 2 ]), Q([ {"op" : "test", "path" : "", "value" : [ 2, 1 ]} ]), NULL, "another"},
      {Q({"a" : 1}), Q([ {"op" : "test", "path" : "", "value" : {"a" : 1, "b" : 1}} ]), NULL,
       "another"},
      {Q({"a" : 1, "b" : 1}), Q([ {"op" : "test", "path" : "", "value" : {"a" : 1, "c" : 1}} ]),
       NULL, "another"},
  };
  EXPECT_EXAMPLES(examples);
}

/* --- once and twice ------------------------------------------------------------------------ */

/* Each patch once and twice; the result is the same. */
static void expect_idempotent(const struct example *example)
{
  struct error err;
  size_t length;
  cleanup_json struct json_object *document = tree(example->document),
                                  *expected = tree(example->expected);
  for (int i = 1; i <= 2; i++) {
    cr_expect_eq(apply(&document, example->patch, &err), 0, "%s: %s", example->patch, err.text);
    cr_expect(json_object_equal(document, expected), "%s, time %d: %s", example->patch, i,
              json_text(document, &length));
  }
}

#define EXPECT_IDEMPOTENT(examples)                   \
  for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) \
  expect_idempotent(&(examples)[i])

Test(patch, add_does_not_add_what_is_there)
{
  static const struct example examples[] = {
      {Q([1]), Q([ {"op" : "add", "path" : "/-", "value" : {"a" : 1}} ]), Q([ 1, {"a" : 1} ]),
       NULL},
      {Q([ {"a" : 1, "b" : 2}, 3 ]),
       Q([ {"op" : "add", "path" : "/-", "value" : {"b" : 2, "a" : 1}} ]),
       Q([ {"a" : 1, "b" : 2}, 3 ]), NULL},
      {Q(["b"]), Q([ {"op" : "add", "path" : "/0", "value" : "a"} ]), Q([ "a", "b" ]), NULL},
      {Q(["c"]), Q([
         {"op" : "add", "path" : "/0", "value" : "a"}, {"op" : "add", "path" : "/1", "value" : "b"}
       ]),
       Q([ "a", "b", "c" ]), NULL},
      {Q([ "b", "a" ]), Q([ {"op" : "add", "path" : "/0", "value" : "a"} ]), Q([ "a", "b", "a" ]),
       NULL},
      {Q([]), Q([ {"op" : "add", "path" : "/-", "value" : null} ]), Q([null]), NULL},
      {Q({"a" : []}), Q([ {"op" : "add", "path" : "/a/0", "value" : null} ]), Q({"a" : [null]}),
       NULL},
      {Q({"-" : 1}), Q([ {"op" : "add", "path" : "/-", "value" : 2} ]), Q({"-" : 2}), NULL},
  };
  EXPECT_IDEMPOTENT(examples);
}

Test(patch, set_makes_it_so)
{
  static const struct example examples[] = {
      {Q({}), Q([ {"op" : "set", "path" : "/a/b/c", "value" : 1} ]), Q({"a" : {"b" : {"c" : 1}}}),
       NULL},
      {Q({"a" : null}), Q([ {"op" : "set", "path" : "/a/-", "value" : 1} ]), Q({"a" : [1]}), NULL},
      {Q({"a" : [2]}), Q([ {"op" : "set", "path" : "/a/-", "value" : 1} ]), Q({"a" : [ 2, 1 ]}),
       NULL},
      {Q({"a" : [ 1, 2 ]}), Q([ {"op" : "set", "path" : "/a/-", "value" : 1} ]),
       Q({"a" : [ 1, 2 ]}), NULL},
      {Q({"a" : [ 1, 2 ]}), Q([ {"op" : "set", "path" : "/a/1", "value" : 3} ]),
       Q({"a" : [ 1, 3 ]}), NULL},
      {Q({"a" : 1}), Q([ {"op" : "set", "path" : "/a", "value" : null} ]), Q({"a" : null}), NULL},
  };
  EXPECT_IDEMPOTENT(examples);
}

Test(patch, unset_makes_it_not_so)
{
  static const struct example examples[] = {
      {Q({"a" : 1, "b" : 2}), Q([ {"op" : "unset", "path" : "/a"} ]), Q({"b" : 2}), NULL},
      {Q({}), Q([ {"op" : "unset", "path" : "/a/b/c"} ]), Q({}), NULL},
      {Q({}), Q([ {"op" : "unset", "path" : "/a/b/c", "value" : 1} ]), Q({}), NULL},
      {Q({"a" : null}), Q([ {"op" : "unset", "path" : "/a", "value" : 1} ]), Q({"a" : null}), NULL},
      {Q([ "x", "y", "x" ]), Q([ {"op" : "unset", "path" : "", "value" : "x"} ]), Q(["y"]), NULL},
      {Q([ null, 1 ]), Q([ {"op" : "unset", "path" : "", "value" : null} ]), Q([1]), NULL},
      {Q([ {"t" : "a", "v" : 1}, {"t" : "b", "v" : 2}, "t", null, [1] ]),
       Q([ {"op" : "unset", "path" : "", "value" : {"t" : "a"}} ]),
       Q([ {"t" : "b", "v" : 2}, "t", null, [1] ]), NULL},
      {Q([ {"t" : "a", "v" : 1}, {"t" : "a", "v" : 2} ]),
       Q([ {"op" : "unset", "path" : "", "value" : {"v" : 2.0, "t" : "a"}} ]),
       Q([ {"t" : "a", "v" : 1} ]), NULL},
      /* A member's value must be equal; it does not match in part again. */
      {Q([ {"t" : {"a" : 1, "b" : 2}} ]),
       Q([ {"op" : "unset", "path" : "", "value" : {"t" : {"a" : 1}}} ]),
       Q([ {"t" : {"a" : 1, "b" : 2}} ]), NULL},
      /* The usual pair: one of a kind, at the end. */
      {Q({"a" : [ {"t" : 1, "v" : 1}, {"t" : 2, "v" : 2} ]}), Q([
         {"op" : "unset", "path" : "/a", "value" : {"t" : 1}},
         {"op" : "set", "path" : "/a/-", "value" : {"t" : 1, "v" : 9}}
       ]),
       Q({"a" : [ {"t" : 2, "v" : 2}, {"t" : 1, "v" : 9} ]}), NULL},
  };
  EXPECT_IDEMPOTENT(examples);
}

/* --- refusals ------------------------------------------------------------------------------ */

Test(patch, what_cannot_be_done_is_named)
{
  static const struct example examples[] = {
      {Q({}), Q([ {"op" : "remove", "path" : "/a"} ]), NULL,
       "operation 1 (remove /a): there is no /a"},
      {Q({}), Q([ {"op" : "replace", "path" : "/a", "value" : 1} ]), NULL, "there is no /a"},
      {Q({"a" : {}}),
       "[\n {\"op\":\"test\",\"path\":\"/a\",\"value\":{}},\n  {\"op\":\"replace\","
       "\"path\":\"/a/b/c\",\"value\":1}]",
       NULL, "p.json:3:3: operation 2 (replace /a/b/c): there is no /a/b"},
      {Q([1]), Q([ {"op" : "add", "path" : "/2", "value" : 1} ]), NULL, "the array's length is 1"},
      {Q([1]), Q([ {"op" : "remove", "path" : "/-"} ]), NULL, "there is no /-"},
      {Q([1]), Q([ {"op" : "remove", "path" : "/00"} ]), NULL, "'00' is no index"},
      {Q({"a" : 1}), Q([ {"op" : "move", "from" : "/b", "path" : "/c"} ]), NULL,
       "operation 1 (move /b to /c): there is no /b"},
      {Q({"a" : 1}), Q([ {"op" : "copy", "from" : "", "path" : "/a/b"} ]), NULL,
       "operation 1 (copy \"\" to /a/b): /a is a whole number"},
      {Q({"a" : 1}), Q([ {"op" : "set", "path" : "/a/b", "value" : 1} ]), NULL,
       "/a is a whole number"},
      {Q({"a" : "b"}), Q([ {"op" : "unset", "path" : "/a/b"} ]), NULL, "/a is a string"},
      {Q({"a" : "b"}), Q([ {"op" : "unset", "path" : "/a", "value" : 1} ]), NULL,
       "operation 1 (unset /a): /a is a string, not an array"},
      {Q({"a" : [1]}), Q([ {"op" : "unset", "path" : "/a/0"} ]), NULL, "name the array"},
      {Q({"a" : [1]}), Q([ {"op" : "unset", "path" : "/a/-"} ]), NULL, "name the array"},
  };
  EXPECT_EXAMPLES(examples);
}

Test(patch, what_is_no_patch_is_not_read)
{
  static const struct example examples[] = {
      {Q(1), Q({}), NULL, "p.json:1:1: the document is an object, not an array"},
      {Q(1), Q([[]]), NULL, "/0 is an array, not an object"},
      {Q(1), Q([ {} ]), NULL, "/0 has no \"op\""},
      {Q(1), Q([ {"op" : 1} ]), NULL, "/0/op is a whole number, not a string"},
      {Q(1), Q([ {"op" : "ad", "path" : ""} ]), NULL,
       "/0/op is \"ad\"; there are: add remove replace move copy test set unset"},
      {Q(1), Q([ {"op" : "remove"} ]), NULL, "/0 has no \"path\""},
      {Q(1), Q([ {"op" : "remove", "path" : null} ]), NULL, "/0/path is null, not a string"},
      {Q(1), Q([ {"op" : "remove", "path" : "a"} ]), NULL,
       "'a' is no JSON pointer: it must begin with '/'"},
      {Q(1), "[\n  {\"op\":\"remove\",\n   \"path\":\"a\"}]", NULL,
       "p.json:3:4: 'a' is no JSON pointer"},
      {Q(1), Q([ {"op" : "remove", "path" : "/a~2"} ]), NULL, "'~' is written as '~0'"},
      {Q(1), Q([ {"op" : "add", "path" : "/a"} ]), NULL, "/0 has no \"value\""},
      {Q(1), Q([ {"op" : "set", "path" : "/a"} ]), NULL, "/0 has no \"value\""},
      {Q(1), Q([ {"op" : "test", "path" : "/a"} ]), NULL, "/0 has no \"value\""},
      {Q(1), Q([ {"op" : "copy", "path" : "/a"} ]), NULL, "/0 has no \"from\""},
      {Q(1), Q([ {"op" : "move", "path" : "/a", "from" : "b"} ]), NULL, "'b' is no JSON pointer"},
      {Q(1), Q([ {"op" : "move", "path" : "/a/b", "from" : "/a"} ]), NULL,
       "/0 moves /a into itself"},
      {Q(1), Q([ {"op" : "move", "path" : "/a", "from" : ""} ]), NULL,
       "/0 moves the document into itself"},
      {Q(1), Q([ {"op" : "unset", "path" : "/a", "vlaue" : 1} ]), NULL,
       "/0/vlaue is not known here"},
      {Q(1), Q([ {"op" : "set", "path" : "/a", "value" : 1, "x" : 1} ]), NULL,
       "/0/x is not known here"},
      {Q(1), Q([ {"op" : "unset", "path" : "/a", "value" : {}} ]), NULL, "/0 has {} as \"value\""},
  };
  EXPECT_EXAMPLES(examples);
}

/* --- bounds -------------------------------------------------------------------------------- */

/* So many operations; owned by the caller. */
static char *repeat(const char *operation, size_t count)
{
  char *text;
  size_t length;
  FILE *stream = xmemstream(&text, &length);
  for (size_t i = 0; i < count; i++)
    fprintf(stream, "%c%s", i == 0 ? '[' : ',', operation);
  fputc(']', stream);
  xmemstream_close(stream);
  return text;
}

Test(patch, there_are_at_most_a_thousand_operations)
{
  struct error err;
  cleanup_json struct json_object *document = tree("{}");
  cleanup_free char *most = repeat(Q({"op" : "add", "path" : "/a", "value" : 1}), 1000);
  cleanup_free char *more = repeat(Q({"op" : "add", "path" : "/a", "value" : 1}), 1001);
  cr_expect_eq(apply(&document, most, &err), 0);
  cr_expect_eq(apply(&document, more, &err), -1);
  cr_expect_str_eq(err.text,
                   "p.json:1:1: the document has 1001 elements; at most 1000 are allowed");
}

Test(patch, a_path_has_at_most_512_bytes)
{
  struct error err;
  for (int length = 512; length <= 513; length++) {
    cleanup_json struct json_object *document = tree("{}");
    cleanup_free char *text = xasprintf("[{\"op\":\"remove\",\"path\":\"/%0*d\"}]", length - 1, 0);
    cr_expect_eq(apply(&document, text, &err), -1);
    cr_expect(strstr(err.text, length == 512
                                   ? ": there is no /000"
                                   : "p.json:1:17: /0/path has more than 512 bytes") != NULL,
              "%s", err.text);
  }
}

/* Each operation doubles the document: the thirtieth would make a billion objects. */
Test(patch, copies_of_copies_end)
{
  static const char *const documents[] = {Q({"a" : {}}), Q({"a" : "many letters, no objects"})};
  for (size_t i = 0; i < ARRAY_LENGTH(documents); i++) {
    struct error err;
    cleanup_json struct json_object *document = tree(documents[i]);
    cleanup_free char *bomb = repeat(Q({"op" : "copy", "from" : "/a", "path" : "/b"},
                                       {"op" : "set", "path" : "/c", "value" : []},
                                       {"op" : "copy", "from" : "/a", "path" : "/c/-"},
                                       {"op" : "copy", "from" : "/b", "path" : "/c/-"},
                                       {"op" : "move", "from" : "/c", "path" : "/a"}),
                                     100);
    cr_expect_eq(apply(&document, bomb, &err), -1);
    cr_expect(strstr(err.text, "a patch may copy at most 16777216 bytes, and 262144 arrays") !=
                  NULL,
              "%s", err.text);
  }
}

Test(patch, depth_ends)
{
  struct error err;
  cleanup_json struct json_object *document = tree("{}");
  cleanup_free char *deeper = repeat(Q({"op" : "set", "path" : "/b", "value" : []},
                                       {"op" : "copy", "from" : "", "path" : "/b/-"},
                                       {"op" : "move", "from" : "/b/0", "path" : "/a"}),
                                     200);
  cr_expect_eq(apply(&document, deeper, &err), -1);
  cr_expect(strstr(err.text, "nested deeper than 128") != NULL, "%s", err.text);
}

/* --- trees --------------------------------------------------------------------------------- */

Test(patch, a_tree_is_measured)
{
  static const struct {
    const char *text;
    size_t nests;
  } examples[] = {{"null", 0}, {"\"text\"", 0}, {"[]", 1}, {"{\"a\":[{},1.25,true]}", 3}};
  for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
    cleanup_json struct json_object *value = tree(examples[i].text);
    struct tree_size size = tree_measure(value);
    cr_expect_eq(size.nests, examples[i].nests);
    cr_expect_geq(size.bytes, strlen(examples[i].text));
    cr_expect_leq(size.bytes, 2 * strlen(examples[i].text));
  }
}

Test(patch, a_copy_has_the_same_text)
{
  static const char text[] = "{\"a\":18446744073709551615,\"b\":-9223372036854775808,\"c\":1.50,"
                             "\"d\":[1E+2,null,true,\"x\"]}";
  struct error err;
  size_t length;
  cleanup_json struct json_object *value = tree(text), *copy = NULL, *nothing = value;
  cr_assert_eq(tree_copy(value, &copy, &err), 0);
  cr_expect_str_eq(json_text(copy, &length), text);
  cr_expect_neq(copy, value);
  cr_assert_eq(tree_copy(NULL, &nothing, &err), 0);
  cr_expect_null(nothing);
}
