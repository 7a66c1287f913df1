/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever a text holds, as a value or as a key, the line is JSON, one line, and bounded.
 *
 * Covers: core/common/bounded.c core/common/utf8.c
 */
#include "fuzz.h"

#include "common/bounded.h"

static bool is_plain(const char *line)
{
  for (const unsigned char *c = (const unsigned char *)line; *c != '\0'; c++)
    if (*c < 0x20 || *c == 0x7f || (c[0] == 0xc2 && c[1] < 0xa0))
      return false;
  return true;
}

/* Adds each text that ends with a NUL. */
static struct bounded_list fill(struct bounded_list list, bool keyed, const char *texts,
                                size_t length)
{
  bool cut = false;
  for (const char *text = texts; text < texts + length; text += strlen(text) + 1)
    bounded_add(&list, keyed ? text : NULL, bounded_text(text, &cut));
  return list;
}

static void expect_line(struct bounded_list list)
{
  struct error err;
  cleanup_json struct json_object *tree = list.json, *again = NULL;
  cleanup_free char *line = bounded_line(tree);
  must(strlen(line) <= BOUNDED_LIST_MAX + 2 && is_plain(line));
  must(json_parse(line, strlen(line), "line", &again, &err) == 0);
  must(json_object_equal(tree, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  cleanup_free char *texts = fuzz_text(bytes, length);
  expect_line(fill(bounded_array(), false, texts, length));
  expect_line(fill(bounded_object(), true, texts, length));
  return 0;
}
