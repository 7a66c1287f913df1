/* SPDX-License-Identifier: Apache-2.0 */
/* Unified diffs, and that patch(1) makes the new text of the old one by them. */
#include "ctk/text/diff.h"

#include "folder.h"

static char *diff_of(const char *old_text, const char *new_text, bool coloured)
{
  char *diff = NULL;
  size_t size;
  FILE *stream = open_memstream(&diff, &size);
  text_diff(stream, "a/f", old_text, "b/f", new_text, coloured);
  fclose(stream);
  return diff;
}

static const struct {
  const char *before, *after, *diff;
} cases[] = {
    {"", "", ""},
    {NULL, NULL, ""},
    {"a\n", "a\n", ""},
    {NULL, "a\nb",
     "--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n"},
    {"a\n", NULL, "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"},
    {"", "a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"},
    {"a", "a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
    {"a\r\n", "a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\r\n+a\n"},
    {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
     "--- a/f\n+++ b/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
    {"1\n2\n3\n4\n5\n6\n7\n8\n", "x\n2\n3\n4\n5\n6\n7\ny\n8\n",
     "--- a/f\n+++ b/f\n@@ -1,8 +1,9 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n+y\n 8\n"},
    {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "x\n2\n3\n4\n5\n6\n7\n8\ny\n",
     "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n "
     "8\n-9\n+y\n"},
    {"a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n",
     "--- a/f\n+++ b/f\n@@ -1,7 +1,6 @@\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n"},
};

Test(diff, edits_stand_among_three_lines_of_context)
{
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    cleanup_free char *diff = diff_of(cases[i].before, cases[i].after, false);
    cr_expect_str_eq(diff, cases[i].diff);
  }
}

Test(diff, colours_are_put_around_lines)
{
  cleanup_free char *diff = diff_of("a\nb\n", "a\nc\n", true);
  cr_expect_str_eq(diff, "\033[1m--- a/f\033[0m\n\033[1m+++ b/f\033[0m\n\033[36m@@ -1,2 +1,2 "
                         "@@\033[0m\n a\n\033[31m-b\033[0m\n\033[32m+c\033[0m\n");
}

/* Whatever is left out, put in or changed in a text, patch(1) agrees. */
static char *random_text(unsigned *seed)
{
  int lines = rand_r(seed) % 40, letters = 1 + rand_r(seed) % 12;
  char *text = xcalloc(2 * (size_t)lines + 1, 1);
  for (int i = 0; i < lines; i++)
    sprintf(text + 2 * i, "%c\n", 'a' + rand_r(seed) % letters);
  if (lines > 0 && rand_r(seed) % 4 == 0)
    text[2 * lines - 1] = '\0';
  return text;
}

Test(diff, patch_makes_the_new_text_of_the_old_one, .init = make_folder, .fini = remove_folder)
{
  if (system("command -v patch >/dev/null") != 0)
    skip("no patch(1)");
  unsigned seed = 1;
  cleanup_free char *command =
      xasprintf("cd %s && patch --quiet --no-backup-if-mismatch --fuzz=0 f d", folder);
  for (int i = 0; i < 200; i++) {
    cleanup_free char *before = random_text(&seed), *after = random_text(&seed);
    cleanup_free char *diff = diff_of(before, after, false);
    write_file("f", before);
    write_file("d", diff);
    cr_assert_eq(system(command), 0, "%s", diff);
    if (after[0] == '\0' && !is_there("f"))
      continue; /* patch(1) removes what it empties */
    cleanup_free char *patched = content_of("f");
    cr_assert_str_eq(patched, after, "%s", diff);
  }
}

/* Lines that are all different, or all the same but one: neither costs more than it may. */
Test(diff, large_texts_are_shown_in_bounded_time, .timeout = 20)
{
  enum { LINES = 200 * 1000 };
  cleanup_free char *before = xcalloc(LINES, 8), *after = xcalloc(LINES, 8);
  char *to = before;
  for (int i = 0; i < LINES; i++)
    to += sprintf(to, "%d\n", i);
  to = after;
  for (int i = 0; i < LINES; i++)
    to += sprintf(to, "%d\n", LINES - i);
  cleanup_free char *replaced = diff_of(before, after, false);
  cr_expect(text_starts(replaced, "--- a/f\n+++ b/f\n@@ -1,200000 +1,200000 @@\n-0\n-1\n"));

  memset(before, '\n', LINES * 8 - 1);
  memset(after, '\n', LINES * 8 - 1);
  memcpy(after, "x\ny", 3);
  memcpy(after + LINES * 4, "z", 1);
  cleanup_free char *same = diff_of(before, after, false);
  cr_expect(strlen(same) > 0);
}
