/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#define NO_DIGIT 64

/* The digit that each byte stands for. A table, for the records of layers are long. */
static void make_digits(unsigned char digits[256])
{
  memset(digits, NO_DIGIT, 256);
  for (unsigned char i = 0; i < 64; i++)
    digits[(unsigned char)alphabet[i]] = i;
}

/* Four letters, of which `count` (2 to 4) are no padding, to one byte less than that. */
static bool decode_four(const unsigned char digits[256], const char *letters, size_t count,
                        unsigned char *bytes)
{
  uint32_t bits = 0;
  for (size_t i = 0; i < 4; i++) {
    unsigned digit = i < count ? digits[(unsigned char)letters[i]] : 0;
    if (digit == NO_DIGIT)
      return false;
    bits = bits << 6 | digit;
  }
  for (size_t i = 0; i < count - 1; i++)
    bytes[i] = (unsigned char)(bits >> (16 - 8 * i));
  return (bits & ((1U << (8 * (4 - count))) - 1)) == 0; /* nothing behind the last byte */
}

bool base64_decode(const char *text, size_t length, char **bytes, size_t *size)
{
  if (length % 4 != 0)
    return false;
  unsigned char digits[256];
  size_t padding = 0;
  make_digits(digits);
  while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
    padding++;
  cleanup_free char *decoded = xcalloc(length / 4 * 3 + 1, 1);
  for (size_t at = 0; at < length; at += 4) {
    size_t count = at + 4 == length ? 4 - padding : 4;
    if (!decode_four(digits, text + at, count, (unsigned char *)decoded + at / 4 * 3))
      return false;
  }
  *size = length / 4 * 3 - padding;
  *bytes = steal_pointer(&decoded);
  return true;
}

char *base64_encode(const void *bytes, size_t size)
{
  const unsigned char *from = bytes;
  char *text = xcalloc((size + 2) / 3 * 4 + 1, 1), *to = text;
  for (size_t at = 0; at < size; at += 3) {
    size_t left = size - at < 3 ? size - at : 3;
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; i++)
      bits = bits << 8 | (i < left ? from[at + i] : 0U);
    for (size_t i = 0; i < 4; i++)
      *to++ = i <= left ? alphabet[bits >> (18 - 6 * i) & 0x3f] : '=';
  }
  return text;
}
