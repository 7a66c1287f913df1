/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever json_parse accepts comes out the same when it is written and read again, and json-c's
 * own reader, which is more lenient, finds the same in it.
 *
 * Covers: core/common/json.c core/common/json_reader.c
 */
#include "fuzz.h"

#include "common/json.h"

#include <json-c/json_tokener.h>

static void expect_same_again(struct json_object *tree)
{
  struct error err;
  size_t length, again_length;
  cleanup_json struct json_object *again = NULL;
  const char *text = json_text(tree, &length);
  must(json_parse(text, length, "again", &again, &err) == 0);
  must(json_object_equal(tree, again));
  const char *again_text = json_text(again, &again_length);
  must(again_length == length && memcmp(again_text, text, length) == 0);
}

static void expect_json_c_agrees(const char *text, size_t length, struct json_object *tree)
{
  struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
  json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  /* With the NUL behind, for a number at the end is complete only then. */
  cleanup_json struct json_object *theirs = json_tokener_parse_ex(tokener, text, (int)(length + 1));
  must(json_tokener_get_error(tokener) == json_tokener_success);
  /* It takes U+xD800 to U+xDFFF, put together of two escapes, for surrogates. */
  must(json_object_equal(tree, theirs) || strcasestr(text, "\\ud") != NULL);
  json_tokener_free(tokener);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  struct json_place place;
  cleanup_json struct json_object *tree = NULL;
  cleanup_free char *text = fuzz_text(bytes, length);

  if (json_parse((const char *)bytes, length, "fuzz", &tree, &err) < 0) {
    must(text_starts(err.text, "fuzz:"));
    return 0;
  }
  expect_same_again(tree);
  expect_json_c_agrees(text, length, tree);
  must(json_locate(text, length, "", &place) == 0);
  json_locate(text, length, "/a/0/b", &place);
  return 0;
}
