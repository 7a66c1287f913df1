/* SPDX-License-Identifier: Apache-2.0 */
#include "common/utf8.h"

#include "common/util.h"

/* The second byte's limits keep out what is longer than it need be, surrogates, and what lies
   beyond U+10FFFF. */
static const struct {
  unsigned char first_min, first_max, second_min, second_max, length;
} kinds[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

size_t utf8_length(const char *text, size_t left)
{
  const unsigned char *bytes = (const unsigned char *)text;
  if (bytes[0] < 0x80)
    return 1;
  size_t kind = 0;
  while (kind < ARRAY_LENGTH(kinds) && bytes[0] > kinds[kind].first_max)
    kind++;
  if (kind == ARRAY_LENGTH(kinds) || bytes[0] < kinds[kind].first_min ||
      left < kinds[kind].length || bytes[1] < kinds[kind].second_min ||
      bytes[1] > kinds[kind].second_max)
    return 0;
  for (size_t i = 2; i < kinds[kind].length; i++)
    if (bytes[i] < 0x80 || bytes[i] > 0xbf)
      return 0;
  return kinds[kind].length;
}
