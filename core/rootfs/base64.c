/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/base64.h"

#include <stdint.h>
#include <string.h>

#define NONE 0x40 /* no digit: beyond six bits */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* A record holds as much base64 as the layer has headers: a table, not a search for each digit. */
static void make_values(unsigned char values[256])
{
  memset(values, NONE, 256);
  for (unsigned char i = 0; i < 64; i++)
    values[(unsigned char)digits[i]] = i;
}

size_t base64_room(size_t length)
{
  return length / 4 * 3;
}

/* Four characters of which the last `padding` are '='. */
static bool decode_last(const unsigned char *values, const unsigned char *at, size_t padding,
                        unsigned char *bytes)
{
  uint32_t bits = 0;
  for (size_t i = 0; i < 4; i++) {
    unsigned char value = i < 4 - padding ? values[at[i]] : 0;
    if (value == NONE)
      return false;
    bits = bits << 6 | value;
  }
  for (size_t i = 0; i < 3 - padding; i++)
    bytes[i] = (unsigned char)(bits >> (16 - 8 * i));
  return (bits & ((1U << (8 * padding)) - 1)) == 0;
}

bool base64_decode(const char *text, size_t length, unsigned char *bytes, size_t *count)
{
  unsigned char values[256], wrong = 0;
  const unsigned char *at = (const unsigned char *)text;
  *count = 0;
  if (length % 4 != 0)
    return false;
  if (length == 0)
    return true;
  make_values(values);
  for (; length > 4; length -= 4, at += 4) {
    uint32_t a = values[at[0]], b = values[at[1]], c = values[at[2]], d = values[at[3]];
    wrong |= (unsigned char)(a | b | c | d);
    uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    bytes[(*count)++] = (unsigned char)(bits >> 16);
    bytes[(*count)++] = (unsigned char)(bits >> 8);
    bytes[(*count)++] = (unsigned char)bits;
  }
  size_t padding = at[3] != '=' ? 0 : at[2] != '=' ? 1 : 2;
  bool good = decode_last(values, at, padding, bytes + *count) && (wrong & NONE) == 0;
  *count += 3 - padding;
  return good;
}

size_t base64_encode(const unsigned char *bytes, size_t count, char *text)
{
  size_t used = 0;
  for (size_t i = 0; i < count; i += 3) {
    size_t there = count - i < 3 ? count - i : 3;
    uint32_t bits = (uint32_t)bytes[i] << 16;
    bits |= there > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
    bits |= there > 2 ? bytes[i + 2] : 0;
    for (size_t j = 0; j < 4; j++)
      text[used++] = j <= there ? digits[bits >> (18 - 6 * j) & 0x3f] : '=';
  }
  return used;
}
