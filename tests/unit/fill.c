/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/fill.h"

#include <criterion/criterion.h>

static const struct text_mark marks[] = {
    {"@A@", "one"}, {"@AB@", "@A@"}, {"@NONE@", NULL}, {"@A@@", "never"}, {NULL, NULL}};

static const struct {
  const char *text, *filled;
} cases[] = {
    {"", ""},
    {"@", "@"},
    {"@A", "@A"},
    {"@A@", "one"},
    {"x@A@@A@y", "xoneoney"},
    {"@@A@@", "@one@"},
    {"@AB@", "@A@"}, /* not looked at again */
    {"@NONE@ @B@", "@NONE@ @B@"},
};

Test(fill, marks_become_what_they_stand_for)
{
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    cleanup_free char *filled = text_fill(cases[i].text, marks);
    cr_expect_str_eq(filled, cases[i].filled, "%s: %s", cases[i].text, filled);
  }
}
