/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/tar_header.h"

#define SPACES_AS_SUM (8 * ' ') /* the check sum counts its own field as spaces */

/* Where a field stands, and how long it is (POSIX.1-2017, pax, "ustar Interchange Format"). */
struct field {
  size_t at, length;
};

static const struct field NAME = {0, 100}, MODE = {100, 8}, UID = {108, 8}, GID = {116, 8},
                          SIZE = {124, 12}, CHECKSUM = {148, 8}, LINK = {157, 100},
                          MAJOR = {329, 8}, MINOR = {337, 8}, PREFIX_USTAR = {345, 155},
                          PREFIX_STAR = {345, 131};

enum { TYPE_AT = 156, MAGIC_AT = 257, STAR_TRAILER_AT = 508 };

/* --- fields --------------------------------------------------------------------------------- */

static void copy_text(const unsigned char *block, struct field field, char *text)
{
  const char *from = (const char *)block + field.at;
  size_t length = strnlen(from, field.length);
  memcpy(text, from, length);
  text[length] = '\0';
}

/* GNU's form of big numbers: the first byte's highest bit, then big-endian; 0xff… is below zero. */
static bool read_binary(const unsigned char *at, size_t length, uint64_t *number)
{
  if ((at[0] & 0x40) != 0)
    return false;
  *number = at[0] & 0x3f;
  for (size_t i = 1; i < length; i++) {
    if (*number >> 56 != 0)
      return false;
    *number = *number << 8 | at[i];
  }
  return *number <= INT64_MAX;
}

/* Spaces and NULs, octal digits, spaces and NULs; none at all is 0. */
static bool read_octal(const unsigned char *at, size_t length, uint64_t *number)
{
  const unsigned char *end = at + length;
  while (at < end && (*at == ' ' || *at == '\0'))
    at++;
  for (*number = 0; at < end && *at >= '0' && *at <= '7'; at++)
    *number = *number << 3 | (uint64_t)(*at - '0'); /* twelve digits at most */
  while (at < end && (*at == ' ' || *at == '\0'))
    at++;
  return at == end;
}

static int read_number(const unsigned char *block, struct field field, const char *name,
                       uint64_t *number, struct error *err)
{
  const unsigned char *at = block + field.at;
  bool good = (at[0] & 0x80) != 0 ? read_binary(at, field.length, number)
                                  : read_octal(at, field.length, number);
  return good ? 0 : error_set(err, "a tar header's %s is no number", name);
}

/* --- the block ------------------------------------------------------------------------------ */

bool tar_header_is_zero(const unsigned char block[TAR_BLOCK])
{
  for (size_t i = 0; i < TAR_BLOCK; i++)
    if (block[i] != 0)
      return false;
  return true;
}

/* Of bytes, or, as some old programs have it, of signed ones. */
static int check_sum(const unsigned char *block, struct error *err)
{
  uint64_t expected;
  int sum = SPACES_AS_SUM, signed_sum = SPACES_AS_SUM; /* of 512 bytes */
  if (read_number(block, CHECKSUM, "check sum", &expected, err) < 0)
    return -1;
  for (size_t i = 0; i < TAR_BLOCK; i++) {
    if (i >= CHECKSUM.at && i < CHECKSUM.at + CHECKSUM.length)
      continue;
    sum += block[i];
    signed_sum += (signed char)block[i];
  }
  if (expected == (uint64_t)sum || expected == (uint64_t)signed_sum)
    return 0;
  return error_set(err, "a tar header's check sum is wrong");
}

static bool has(const unsigned char *block, size_t at, const char *bytes, size_t length)
{
  return memcmp(block + at, bytes, length) == 0;
}

static void read_name(const unsigned char *block, bool ustar, char *name)
{
  bool star = ustar && has(block, STAR_TRAILER_AT, "tar", 4);
  if (ustar)
    copy_text(block, star ? PREFIX_STAR : PREFIX_USTAR, name);
  size_t length = strlen(name);
  if (length > 0)
    name[length++] = '/';
  copy_text(block, NAME, name + length);
}

int tar_header_parse(const unsigned char block[TAR_BLOCK], struct tar_header *header,
                     struct error *err)
{
  bool ustar = has(block, MAGIC_AT,
                   "ustar\0"
                   "00",
                   8);
  bool gnu = has(block, MAGIC_AT, "ustar  ", 8);
  *header = (struct tar_header){.type = (char)block[TYPE_AT]};
  if (check_sum(block, err) < 0 || read_number(block, MODE, "mode", &header->mode, err) < 0 ||
      read_number(block, UID, "uid", &header->uid, err) < 0 ||
      read_number(block, GID, "gid", &header->gid, err) < 0 ||
      read_number(block, SIZE, "size", &header->size, err) < 0)
    return -1;
  if ((ustar || gnu) &&
      (read_number(block, MAJOR, "device number", &header->device_major, err) < 0 ||
       read_number(block, MINOR, "device number", &header->device_minor, err) < 0))
    return -1;
  copy_text(block, LINK, header->link);
  read_name(block, ustar, header->name);
  return 0;
}
