/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/distance.h"

#include <string.h>

#define WORD_MAX 64

static size_t least(size_t a, size_t b, size_t c)
{
  size_t less = a < b ? a : b;
  return less < c ? less : c;
}

/* Levenshtein's, row by row: row[j] is the distance of a's first letters to b's first j. */
size_t text_distance(const char *a, const char *b)
{
  size_t row[WORD_MAX + 1], length = strlen(b);
  if (length > WORD_MAX || strlen(a) > WORD_MAX)
    return WORD_MAX;
  for (size_t j = 0; j <= length; j++)
    row[j] = j;
  for (size_t i = 0; a[i] != '\0'; i++) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < length; j++) {
      size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = least(row[j] + 1, row[j + 1] + 1, replaced);
    }
  }
  return row[length];
}
