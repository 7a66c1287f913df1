/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/config_lines.h"

static bool is_blank(char c)
{
  return c == ' ' || c == '\t' || c == '\f';
}

static size_t over_blanks(const char *text, size_t at)
{
  while (is_blank(text[at]))
    at++;
  return at;
}

/* Behind a comment that ends before its line does, or over lines; `at` itself if there is none. */
static size_t over_block_comment(const char *text, size_t at)
{
  const char *end = text_starts(text + at, "/*") ? strstr(text + at + 2, "*/") : NULL;
  return end != NULL ? (size_t)(end - text) + 2 : at;
}

size_t config_lines_end(const char *text, size_t at)
{
  size_t next = at;
  do {
    at = over_blanks(text, next);
    next = over_block_comment(text, at);
  } while (next != at);
  if (text[at] == '#' || text_starts(text + at, "//"))
    at += strcspn(text + at, "\n");
  if (text[at] == '\n' && at > 0 && text[at - 1] == '\r')
    at--;
  return text[at] == '\0' || text[at] == '\n' || text_starts(text + at, "\r\n") ? at
                                                                                : CONFIG_LINES_NONE;
}

static size_t line_start(const char *text, size_t at)
{
  while (at > 0 && text[at - 1] != '\n')
    at--;
  return at;
}

bool config_lines_is_first(const char *text, size_t at)
{
  return over_blanks(text, line_start(text, at)) == at;
}

const char *config_lines_indent(const char *text, size_t at, int *length)
{
  size_t start = line_start(text, at);
  *length = (int)(over_blanks(text, start) - start);
  return text + start;
}

const char *config_lines_break(const char *text)
{
  const char *end = strchr(text, '\n');
  return end != NULL && end > text && end[-1] == '\r' ? "\r\n" : "\n";
}

char *config_lines_replace(const char *text, size_t start, size_t end, const char *bytes)
{
  return xasprintf("%.*s%s%s", (int)start, text, bytes, text + end);
}
