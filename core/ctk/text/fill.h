/* SPDX-License-Identifier: Apache-2.0 */
/* A text with marks, as "@NAME@" -> the text with what they stand for. */
#ifndef CORE_CTK_TEXT_FILL_H
#define CORE_CTK_TEXT_FILL_H

#include "common/util.h"

struct text_mark {
  const char *mark;  /* not "" */
  const char *value; /* NULL: the mark stays as it is */
};

/* `marks` are ended by one without mark; of several that fit, the first counts. What was put in is
   not looked at again. Owned by the caller. */
char *text_fill(const char *text, const struct text_mark *marks);

#endif
