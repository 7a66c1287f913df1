/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/armor.h"

#include "common/base64.h"

#define BEGIN_ANY "-----BEGIN PGP "
#define BEGIN_KEY "-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define END_KEY "-----END PGP PUBLIC KEY BLOCK-----"
#define LINE_MAX_LETTERS 76

/* RFC 4880, section 6.1 */
#define CRC24_INIT 0xb704ceU
#define CRC24_POLY 0x1864cfbU

/* A text being decoded, line by line. */
struct armor {
  const char *name;
  const char *next, *end;
  size_t number;    /* of the line, from 1 */
  const char *line; /* without line end and trailing white space */
  size_t length;
  char *letters; /* owned; base64 of the block so far */
  size_t letter_count;
  char *bytes; /* owned; of all blocks */
  size_t size;
};

/* --- lines --------------------------------------------------------------------------------- */

static bool next_line(struct armor *armor)
{
  if (armor->next == armor->end)
    return false;
  size_t left = (size_t)(armor->end - armor->next);
  const char *end = memchr(armor->next, '\n', left);
  armor->line = armor->next;
  armor->length = end != NULL ? (size_t)(end - armor->next) : left;
  armor->next = end != NULL ? end + 1 : armor->end;
  while (armor->length > 0 && memchr(" \t\r", armor->line[armor->length - 1], 3) != NULL)
    armor->length--;
  armor->number++;
  return true;
}

static bool line_is(const struct armor *armor, const char *text)
{
  return armor->length == strlen(text) && memcmp(armor->line, text, armor->length) == 0;
}

static bool line_starts(const struct armor *armor, const char *text)
{
  return armor->length >= strlen(text) && memcmp(armor->line, text, strlen(text)) == 0;
}

static int fail(const struct armor *armor, const char *cause, struct error *err)
{
  return error_set(err, "%s:%zu: %s", armor->name, armor->number, cause);
}

/* --- one block ----------------------------------------------------------------------------- */

static uint32_t crc24(const char *bytes, size_t size)
{
  uint32_t crc = CRC24_INIT;
  for (size_t i = 0; i < size; i++) {
    crc ^= (uint32_t)(unsigned char)bytes[i] << 16;
    for (int bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if (crc & 0x1000000U)
        crc ^= CRC24_POLY;
    }
  }
  return crc & 0xffffffU;
}

/* "Version: …" and the like, up to an empty line. */
static int skip_headers(struct armor *armor, struct error *err)
{
  while (next_line(armor)) {
    if (armor->length == 0)
      return 0;
    if (memmem(armor->line, armor->length, ": ", 2) == NULL &&
        armor->line[armor->length - 1] != ':')
      return fail(armor, "a key's armor has an empty line between its headers and the key", err);
  }
  return fail(armor, "an armored key ends within its headers", err);
}

static int check_sum(const struct armor *armor, const char *bytes, size_t size, struct error *err)
{
  cleanup_free char *sum = NULL;
  size_t length;
  if (!base64_decode(armor->line + 1, armor->length - 1, &sum, &length) || length != 3)
    return fail(armor, "the checksum of an armored key is '=' and four letters", err);
  uint32_t expected = (uint32_t)(unsigned char)sum[0] << 16 | (uint32_t)(unsigned char)sum[1] << 8 |
                      (unsigned char)sum[2];
  return expected == crc24(bytes, size)
             ? 0
             : fail(armor, "an armored key is damaged: its checksum is another", err);
}

/* Decodes the letters and checks their sum, if the line that is next to them is one. */
static int end_block(struct armor *armor, struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t size;
  if (armor->letter_count == 0 ||
      !base64_decode(armor->letters, armor->letter_count, &bytes, &size) || size == 0)
    return fail(armor, "an armored key is damaged: it is not base64", err);
  if (armor->line[0] == '=') {
    if (check_sum(armor, bytes, size, err) < 0)
      return -1;
    if (!next_line(armor))
      return fail(armor, "an armored key has no end", err);
  }
  if (!line_is(armor, END_KEY))
    return fail(armor, "here should be " END_KEY, err);
  memcpy(armor->bytes + armor->size, bytes, size); /* always less than its text */
  armor->size += size;
  armor->letter_count = 0;
  return 0;
}

static int read_block(struct armor *armor, struct error *err)
{
  if (skip_headers(armor, err) < 0)
    return -1;
  while (next_line(armor)) {
    if (armor->length > 0 && (armor->line[0] == '=' || armor->line[0] == '-'))
      return end_block(armor, err);
    if (armor->length > LINE_MAX_LETTERS)
      return fail(armor, "a line of an armored key has more than 76 letters", err);
    memcpy(armor->letters + armor->letter_count, armor->line, armor->length);
    armor->letter_count += armor->length;
  }
  return fail(armor, "an armored key has no end", err);
}

/* --- all blocks ---------------------------------------------------------------------------- */

static int read_blocks(struct armor *armor, struct error *err)
{
  while (next_line(armor)) {
    if (!line_starts(armor, BEGIN_ANY))
      continue;
    if (!line_is(armor, BEGIN_KEY))
      return fail(armor, "this is no public key: gpg --armor --export writes one", err);
    if (read_block(armor, err) < 0)
      return -1;
  }
  return armor->size > 0 ? 0 : fail(armor, "there is no armored key", err);
}

bool armor_is_in(const char *text, size_t length)
{
  struct armor armor = {.next = text, .end = text + length};
  while (next_line(&armor))
    if (line_starts(&armor, BEGIN_ANY))
      return true;
  return false;
}

int armor_decode(const char *text, size_t length, const char *name, char **bytes, size_t *size,
                 struct error *err)
{
  struct armor armor = {.name = name,
                        .next = text,
                        .end = text + length,
                        .letters = xcalloc(length + 1, 1),
                        .bytes = xcalloc(length + 1, 1)};
  int result = read_blocks(&armor, err);
  free(armor.letters);
  if (result < 0) {
    free(armor.bytes);
    return -1;
  }
  *bytes = armor.bytes;
  *size = armor.size;
  return 0;
}
