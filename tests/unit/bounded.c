/* SPDX-License-Identifier: Apache-2.0 */
/* What others wrote, as JSON of bounded size on one line. */
#include "common/bounded.h"

#include <criterion/criterion.h>

static void expect_text(const char *text, const char *line, bool expected_cut)
{
  bool cut = false;
  cleanup_json struct json_object *bounded = bounded_text(text, &cut);
  cleanup_free char *written = bounded_line(bounded);
  cr_expect_str_eq(written, line);
  cr_expect_eq(cut, expected_cut);
}

Test(bounded, texts_are_escaped_and_stay_on_one_line)
{
  expect_text("", "\"\"", false);
  expect_text("a\"b\\c/d", "\"a\\\"b\\\\c/d\"", false);
  expect_text("a\nb\tc\x1b[31m", "\"a\\nb\\tc\\u001b[31m\"", false);
  expect_text("\xc3\xa4\xe2\x82\xac", "\"\xc3\xa4\xe2\x82\xac\"", false);
}

Test(bounded, no_terminal_is_told_anything)
{
  expect_text("a\x7f"
              "b\xc2\x9b"
              "c\xc2\x80\xc2\x9f\xc2\xa0",
              "\"a\\u007fb\\u009bc\\u0080\\u009f\xc2\xa0\"", false);
}

Test(bounded, bytes_that_are_no_text_are_replaced)
{
  expect_text("a\xff\xc3", "\"a\xef\xbf\xbd\xef\xbf\xbd\"", false);
  expect_text("\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false);
}

Test(bounded, a_long_text_is_cut_between_characters)
{
  char text[BOUNDED_TEXT_MAX + 2] = "", line[BOUNDED_TEXT_MAX + 10];
  memset(text, 'a', BOUNDED_TEXT_MAX);
  snprintf(line, sizeof(line), "\"%s\"", text);
  expect_text(text, line, false);
  text[BOUNDED_TEXT_MAX] = 'b';
  snprintf(line, sizeof(line), "\"%.*s…\"", BOUNDED_TEXT_MAX, text);
  expect_text(text, line, true);
  memcpy(text + BOUNDED_TEXT_MAX - 1, "\xc3\xa4", 2);
  snprintf(line, sizeof(line), "\"%.*s…\"", BOUNDED_TEXT_MAX - 1, text);
  expect_text(text, line, true);
}

/* As many members as there is room for, and the rest is counted. */
static void expect_full(struct bounded_list list, bool keyed, const char *text)
{
  const size_t tries = 3000;
  for (size_t i = 0; i < tries; i++) {
    char key[8];
    bool ignored;
    snprintf(key, sizeof(key), "%zu", i);
    bounded_add(&list, keyed ? key : NULL, bounded_text(text, &ignored));
  }
  size_t kept =
      keyed ? (size_t)json_object_object_length(list.json) : json_object_array_length(list.json);
  cleanup_free char *line = bounded_line(list.json);
  cr_expect_gt(kept, 0);
  cr_expect_eq(kept + list.left_out, tries);
  cr_expect_leq(strlen(line), BOUNDED_LIST_MAX + 2);
  cr_expect_gt(strlen(line), BOUNDED_LIST_MAX - 100);
  json_object_put(list.json);
}

Test(bounded, lists_stop_growing_and_count_what_is_missing)
{
  expect_full(bounded_array(), false, "value");
  expect_full(bounded_array(), false, "\x7f\xc2\x9b\n\xff");
  expect_full(bounded_object(), true, "value");
  expect_full(bounded_object(), true, "\x7f\xc2\x9b\n\xff");
}

Test(bounded, after_one_that_does_not_fit_none_is_added)
{
  char large[BOUNDED_TEXT_MAX + 1] = "";
  memset(large, '\x01', BOUNDED_TEXT_MAX); /* six times as long when it is written */
  bool cut = false;
  struct bounded_list list = bounded_array();
  bounded_add(&list, NULL, bounded_text(large, &cut));
  bounded_add(&list, NULL, bounded_text(large, &cut));
  bounded_add(&list, NULL, bounded_text("small", &cut));
  cr_expect_eq(json_object_array_length(list.json), 1);
  cr_expect_eq(list.left_out, 2);
  cr_expect_not(cut);
  json_object_put(list.json);
}

Test(bounded, keys_are_texts_too)
{
  struct bounded_list list = bounded_object();
  bounded_add(&list, "a\n\xff", json_object_new_int(1));
  cleanup_free char *line = bounded_line(list.json);
  cr_expect_str_eq(line, "{\"a\\n\xef\xbf\xbd\":1}");
  json_object_put(list.json);
}
