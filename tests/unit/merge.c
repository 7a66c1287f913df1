/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Merge Patch. */
#include "spec/merge.h"

#include "common/json.h"

#include <criterion/criterion.h>

TestSuite(merge);

static struct json_object *tree(const char *text)
{
  struct error err;
  struct json_object *parsed = NULL;
  cr_assert_eq(json_parse(text, strlen(text), "test", &parsed, &err), 0, "%s", err.text);
  return parsed;
}

struct example {
  const char *original, *patch, *result;
};

static void expect_example(const struct example *example)
{
  struct error err;
  size_t length;
  cleanup_json struct json_object *target = tree(example->original), *patch = tree(example->patch);
  for (int i = 1; i <= 2; i++) {
    cr_assert_eq(merge_apply(&target, patch, &err), 0);
    cr_expect_str_eq(json_text(target, &length), example->result, "%s + %s, time %d",
                     example->original, example->patch, i);
  }
  cr_expect_str_eq(json_text(patch, &length), example->patch, "the patch was changed");
}

/* RFC 7396, appendix A; each twice. */
Test(merge, the_examples_of_rfc_7396)
{
  static const struct example examples[] = {
      {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
      {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
      {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
      {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
      {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
      {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
      {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
      {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
      {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
      {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
      {"{\"a\":\"foo\"}", "null", "null"},
      {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
      {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
      {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
      {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(examples); i++)
    expect_example(&examples[i]);
}

/* The order of members and the text of numbers are not touched where nothing is patched. */
Test(merge, what_is_not_named_stays_as_it_is)
{
  static const struct example examples[] = {
      {"{\"z\":1.50,\"a\":{\"y\":1e2,\"b\":[null,{}]},\"m\":0}", "{\"a\":{\"b\":2},\"m\":null}",
       "{\"z\":1.50,\"a\":{\"y\":1e2,\"b\":2}}"},
      {"{\"a\":1,\"b\":2}", "{\"a\":{\"c\":[null]}}", "{\"a\":{\"c\":[null]},\"b\":2}"},
      {"null", "{}", "{}"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(examples); i++)
    expect_example(&examples[i]);
}

/* What was put in is a copy: later edits must not reach the patch, or a second container. */
Test(merge, the_patch_is_copied)
{
  struct error err;
  size_t length;
  struct json_object *inner;
  cleanup_json struct json_object *target = tree("{}"), *patch = tree("{\"a\":{\"b\":[1]}}");
  cr_assert_eq(merge_apply(&target, patch, &err), 0);
  cr_assert(json_object_object_get_ex(target, "a", &inner));
  cr_assert(json_object_object_get_ex(inner, "b", &inner));
  json_object_array_add(inner, NULL);
  cr_expect_str_eq(json_text(patch, &length), "{\"a\":{\"b\":[1]}}");
}
