/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unified diffs: the old text and the diff make the new text.
 *
 * Input: the old text, a NUL, the new one.
 *
 * Covers: core/ctk/text/diff.c
 */
#include "fuzz.h"

#include "ctk/text/diff.h"

/* What patch(1) does, without any fuzz. */
struct patching {
  const char *old;  /* what is left of it */
  unsigned long at; /* the line that it begins with, from 1 */
  FILE *out;
};

static size_t line_of(const char *text)
{
  size_t length = strcspn(text, "\n");
  return length + (text[length] == '\n' ? 1 : 0);
}

static void copy_line(struct patching *patching)
{
  size_t length = line_of(patching->old);
  must(length > 0);
  fwrite(patching->old, 1, length, patching->out);
  patching->old += length;
  patching->at++;
}

/* The line without its mark; with no end where the next one says so. */
static size_t body_of(const char *line, size_t length)
{
  return text_starts(line + length, "\\ No newline") ? length - 2 : length - 1;
}

static void expect_old(struct patching *patching, const char *body, size_t length)
{
  must(line_of(patching->old) == length && memcmp(patching->old, body, length) == 0);
}

/* Returns what follows the hunk. */
static const char *apply_hunk(struct patching *patching, const char *hunk)
{
  unsigned long start, lines = 1;
  must(sscanf(hunk, "@@ -%lu,%lu", &start, &lines) >= 1);
  while (patching->at < (lines == 0 ? start + 1 : start))
    copy_line(patching);
  for (hunk += line_of(hunk); *hunk != '\0' && !text_starts(hunk, "@@"); hunk += line_of(hunk)) {
    size_t length = line_of(hunk), body = body_of(hunk, length);
    if (*hunk == '\\')
      continue;
    must(*hunk == ' ' || *hunk == '-' || *hunk == '+');
    if (*hunk != '+')
      expect_old(patching, hunk + 1, body);
    if (*hunk == ' ')
      copy_line(patching);
    if (*hunk == '-') {
      patching->old += body;
      patching->at++;
    }
    if (*hunk == '+')
      fwrite(hunk + 1, 1, body, patching->out);
  }
  return hunk;
}

/* Owned by the caller. */
static char *patch(const char *old, const char *diff)
{
  char *new = NULL;
  size_t size;
  struct patching patching = {.old = old, .at = 1, .out = xmemstream(&new, &size)};
  must(text_starts(diff, "--- old\n+++ new\n"));
  diff += strlen("--- old\n+++ new\n");
  while (*diff != '\0')
    diff = apply_hunk(&patching, diff);
  while (*patching.old != '\0')
    copy_line(&patching);
  xmemstream_close(patching.out);
  return new;
}

static char *diff_of(const char *old, const char *new, bool coloured)
{
  char *diff = NULL;
  size_t size;
  FILE *out = xmemstream(&diff, &size);
  text_diff(out, "old", old, "new", new, coloured);
  xmemstream_close(out);
  return diff;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  cleanup_free char *old = fuzz_text(bytes, length);
  size_t first = strlen(old);
  if (first >= length || strlen(old + first + 1) != length - first - 1)
    return 0;
  const char *new = old + first + 1;
  cleanup_free char *diff = diff_of(old, new, false), *coloured = diff_of(old, new, true);
  must((diff[0] == '\0') == text_equal(old, new) && (coloured[0] == '\0') == text_equal(old, new));
  if (diff[0] == '\0')
    return 0;
  cleanup_free char *patched = patch(old, diff);
  must(text_equal(patched, new));
  return 0;
}
