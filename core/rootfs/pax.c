/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/pax.h"

#define XATTR "SCHILY.xattr."
#define SPARSE "GNU.sparse."

struct record {
  const char *key, *value; /* borrowed, neither ended by a NUL */
  size_t key_length, value_length;
};

static int malformed(struct error *err)
{
  return error_set(err, "a PAX header is malformed");
}

/* Digits only; false too where it would be more than 2^63-1. */
static bool read_decimal(const char *text, size_t length, uint64_t *number)
{
  *number = 0;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9' || *number > (INT64_MAX - 9) / 10)
      return false;
    *number = *number * 10 + (uint64_t)(text[i] - '0');
  }
  return length > 0;
}

/* Cuts the record off that the bytes begin with. */
static int next_record(const char **at, const char *end, struct record *record, struct error *err)
{
  uint64_t length;
  const char *space = memchr(*at, ' ', (size_t)(end - *at));
  if (space == NULL || !read_decimal(*at, (size_t)(space - *at), &length) ||
      length > (uint64_t)(end - *at) || *at + length < space + 2 || (*at)[length - 1] != '\n')
    return malformed(err);
  const char *last = *at + length - 1;
  const char *equals = memchr(space + 1, '=', (size_t)(last - space - 1));
  if (equals == NULL || equals == space + 1)
    return malformed(err);
  *record = (struct record){.key = space + 1,
                            .key_length = (size_t)(equals - space - 1),
                            .value = equals + 1,
                            .value_length = (size_t)(last - equals - 1)};
  *at = last + 1;
  return 0;
}

/* An empty value takes back what was said. */
static int take_text(const struct record *record, char **text, struct error *err)
{
  if (memchr(record->value, '\0', record->value_length) != NULL)
    return malformed(err);
  free(*text);
  *text = record->value_length > 0 ? xstrndup(record->value, record->value_length) : NULL;
  return 0;
}

static int take_number(const struct record *record, bool *there, uint64_t *number,
                       struct error *err)
{
  *there = record->value_length > 0;
  return !*there || read_decimal(record->value, record->value_length, number) ? 0 : malformed(err);
}

static struct tar_xattr *find_xattr(const struct pax *pax, const char *name)
{
  for (size_t i = 0; i < pax->xattr_count; i++)
    if (text_equal(pax->xattrs[i].name, name))
      return &pax->xattrs[i];
  return NULL;
}

static int take_xattr(const struct record *record, struct pax *pax, struct error *err)
{
  size_t start = strlen(XATTR);
  cleanup_free char *name = xstrndup(record->key + start, record->key_length - start);
  if (*name == '\0' || strlen(name) != record->key_length - start)
    return malformed(err);
  struct tar_xattr *xattr = find_xattr(pax, name);
  if (xattr == NULL) {
    if (pax->xattr_count == TAR_XATTRS_MAX)
      return error_set(err, "a PAX header has more than %d extended attributes", TAR_XATTRS_MAX);
    pax->xattrs = xrealloc_array(pax->xattrs, pax->xattr_count + 1, sizeof(*pax->xattrs));
    xattr = &pax->xattrs[pax->xattr_count++];
    *xattr = (struct tar_xattr){.name = steal_pointer(&name)};
  }
  free(xattr->value);
  xattr->value = xcalloc(record->value_length + 1, 1);
  xattr->length = record->value_length;
  memcpy(xattr->value, record->value, record->value_length);
  return 0;
}

static int take_sparse(const struct record *record, struct pax *pax, struct error *err)
{
  size_t start = strlen(SPARSE);
  cleanup_free char *key = xstrndup(record->key + start, record->key_length - start);
  cleanup_free char *value = xstrndup(record->value, record->value_length);
  if (strlen(key) != record->key_length - start || strlen(value) != record->value_length)
    return malformed(err);
  return sparse_take(&pax->sparse, key, value, err);
}

static bool key_is(const struct record *record, const char *key)
{
  return record->key_length == strlen(key) && memcmp(record->key, key, record->key_length) == 0;
}

static bool key_starts(const struct record *record, const char *start)
{
  return record->key_length >= strlen(start) && memcmp(record->key, start, strlen(start)) == 0;
}

/* What else there is (times, names of users) is of no account on disk. */
static int take(const struct record *record, struct pax *pax, struct error *err)
{
  if (key_is(record, "path"))
    return take_text(record, &pax->path, err);
  if (key_is(record, "linkpath"))
    return take_text(record, &pax->link, err);
  if (key_is(record, "size"))
    return take_number(record, &pax->has_size, &pax->size, err);
  if (key_is(record, "uid"))
    return take_number(record, &pax->has_uid, &pax->uid, err);
  if (key_is(record, "gid"))
    return take_number(record, &pax->has_gid, &pax->gid, err);
  if (key_starts(record, XATTR))
    return take_xattr(record, pax, err);
  if (key_starts(record, SPARSE))
    return take_sparse(record, pax, err);
  return 0;
}

int pax_parse(const char *bytes, size_t length, struct pax *pax, struct error *err)
{
  const char *at = bytes, *end = bytes + length;
  struct record record;
  for (int count = 0; at < end; count++) {
    if (count == PAX_RECORDS_MAX)
      return error_set(err, "a PAX header has more than %d records", PAX_RECORDS_MAX);
    if (next_record(&at, end, &record, err) < 0 || take(&record, pax, err) < 0)
      return -1;
  }
  return 0;
}

void pax_free(struct pax *pax)
{
  for (size_t i = 0; i < pax->xattr_count; i++) {
    free(pax->xattrs[i].name);
    free(pax->xattrs[i].value);
  }
  free(pax->xattrs);
  sparse_free(&pax->sparse);
  free(pax->path);
  free(pax->link);
  *pax = (struct pax){.path = NULL};
}
