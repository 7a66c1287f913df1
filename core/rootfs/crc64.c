/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/crc64.h"

#define POLYNOMIAL 0xd800000000000000U /* x^64 + x^4 + x^3 + x + 1, the bits reversed */

static void make_table(uint64_t table[256])
{
  for (unsigned i = 0; i < 256; i++) {
    uint64_t crc = i;
    for (int bit = 0; bit < 8; bit++)
      crc = (crc & 1) != 0 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
    table[i] = crc;
  }
}

uint64_t crc64_iso(uint64_t crc, const void *bytes, size_t length)
{
  uint64_t table[256];
  const unsigned char *at = bytes;
  make_table(table);
  crc = ~crc;
  for (size_t i = 0; i < length; i++)
    crc = table[(unsigned char)crc ^ at[i]] ^ crc >> 8;
  return ~crc;
}
