/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/template.h"

#include <criterion/criterion.h>

/* What is between two marks' signs, if it could be one. */
static const char *find_mark(const char *text)
{
  for (; (text = strchr(text, '@')) != NULL; text++) {
    size_t length = strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    if (length > 0 && text[length + 1] == '@')
      return text;
  }
  return NULL;
}

static size_t check_all(enum template_language language)
{
  size_t count = 0;
  for (;; count++) {
    cleanup_template_file struct template_file file = {.path = NULL};
    if (!template_file(count, "my-plugin", language, &file))
      return count;
    cr_expect_null(find_mark(file.path), "%s", file.path);
    cr_expect_null(find_mark(file.text), "%s: %s", file.path, find_mark(file.text));
    cr_expect(file.path[0] != '/' && file.text[0] != '\0');
    cr_expect_eq(file.text[strlen(file.text) - 1], '\n', "%s", file.path);
  }
}

Test(template, no_mark_is_left)
{
  cr_expect_eq(check_all(TEMPLATE_C), check_all(TEMPLATE_CPLUSPLUS));
  cr_expect_gt(check_all(TEMPLATE_C), 10);
}

Test(template, the_source_comes_first)
{
  cleanup_template_file struct template_file in_c = {.path = NULL};
  cleanup_template_file struct template_file in_cplusplus = {.path = NULL};
  cr_assert(template_file(0, "x", TEMPLATE_C, &in_c));
  cr_assert(template_file(0, "x", TEMPLATE_CPLUSPLUS, &in_cplusplus));
  cr_expect_str_eq(in_c.path, "x.c");
  cr_expect_str_eq(in_cplusplus.path, "x.cc");
}
