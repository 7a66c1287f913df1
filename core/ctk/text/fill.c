/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/fill.h"

static const struct text_mark *mark_at(const char *text, const struct text_mark *marks)
{
  for (; marks->mark != NULL; marks++)
    if (marks->value != NULL && text_starts(text, marks->mark))
      return marks;
  return NULL;
}

char *text_fill(const char *text, const struct text_mark *marks)
{
  char *filled = NULL;
  size_t length = 0;
  FILE *out = xmemstream(&filled, &length);
  while (*text != '\0') {
    const struct text_mark *mark = mark_at(text, marks);
    if (mark == NULL) {
      putc(*text++, out);
      continue;
    }
    fputs(mark->value, out);
    text += strlen(mark->mark);
  }
  xmemstream_close(out);
  return filled;
}
