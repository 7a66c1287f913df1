/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* -1 for what is no digit. */
static int digit_of(char letter)
{
  if (letter >= 'A' && letter <= 'Z')
    return letter - 'A';
  if (letter >= 'a' && letter <= 'z')
    return letter - 'a' + 26;
  if (letter >= '0' && letter <= '9')
    return letter - '0' + 52;
  return letter == '+' ? 62 : letter == '/' ? 63 : -1;
}

/* Four letters, of which `digits` (2 to 4) are no padding, to one byte less than digits. */
static bool decode_four(const char *letters, size_t digits, unsigned char *bytes)
{
  uint32_t bits = 0;
  for (size_t i = 0; i < 4; i++) {
    int digit = i < digits ? digit_of(letters[i]) : 0;
    if (digit < 0)
      return false;
    bits = bits << 6 | (uint32_t)digit;
  }
  for (size_t i = 0; i < digits - 1; i++)
    bytes[i] = (unsigned char)(bits >> (16 - 8 * i));
  return (bits & ((1U << (8 * (4 - digits))) - 1)) == 0; /* nothing behind the last byte */
}

bool base64_decode(const char *text, size_t length, char **bytes, size_t *size)
{
  if (length % 4 != 0)
    return false;
  size_t padding = 0;
  while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
    padding++;
  cleanup_free char *decoded = xcalloc(length / 4 * 3 + 1, 1);
  for (size_t at = 0; at < length; at += 4) {
    size_t digits = at + 4 == length ? 4 - padding : 4;
    if (!decode_four(text + at, digits, (unsigned char *)decoded + at / 4 * 3))
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
