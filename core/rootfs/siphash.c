/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/siphash.h"

struct state {
  uint64_t a, b, c, d; /* v0 to v3 of the paper */
};

static uint64_t rotated(uint64_t word, int bits)
{
  return word << bits | word >> (64 - bits);
}

/* Little-endian, of at most eight bytes. */
static uint64_t word_of(const unsigned char *bytes, size_t length)
{
  uint64_t word = 0;
  for (size_t i = 0; i < length; i++)
    word |= (uint64_t)bytes[i] << (8 * i);
  return word;
}

static void rounds(struct state *s, int count)
{
  while (count-- > 0) {
    s->a += s->b;
    s->c += s->d;
    s->b = rotated(s->b, 13) ^ s->a;
    s->d = rotated(s->d, 16) ^ s->c;
    s->a = rotated(s->a, 32);
    s->c += s->b;
    s->a += s->d;
    s->b = rotated(s->b, 17) ^ s->c;
    s->d = rotated(s->d, 21) ^ s->a;
    s->c = rotated(s->c, 32);
  }
}

static void add(struct state *s, uint64_t word)
{
  s->d ^= word;
  rounds(s, 2);
  s->a ^= word;
}

uint64_t siphash(const unsigned char key[SIPHASH_KEY], const void *bytes, size_t length)
{
  const unsigned char *at = bytes;
  uint64_t low = word_of(key, 8), high = word_of(key + 8, 8);
  struct state s = {
      .a = low ^ 0x736f6d6570736575,
      .b = high ^ 0x646f72616e646f6d,
      .c = low ^ 0x6c7967656e657261,
      .d = high ^ 0x7465646279746573,
  };
  size_t left = length;
  for (; left >= 8; left -= 8, at += 8)
    add(&s, word_of(at, 8));
  add(&s, word_of(at, left) | (uint64_t)length << 56);
  s.c ^= 0xff;
  rounds(&s, 4);
  return s.a ^ s.b ^ s.c ^ s.d;
}
