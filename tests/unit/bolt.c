/* SPDX-License-Identifier: Apache-2.0 */
/* Reading bolt databases that are whole, damaged, or change meanwhile. */
#include "image/bolt.h"

#include "bolt_forge.h"
#include "folder.h"

#include <sys/mman.h>

TestSuite(bolt, .timeout = 20);

static const char *const lines[] = {"v1|a|name=first", "v1|a|number=#300",
                                    "v1|b|deep|deeper|name=second", "v1|empty="};

static int database(const struct forged *bytes)
{
  int fd = memfd_create("bolt", MFD_CLOEXEC);
  cr_assert_geq(fd, 0);
  cr_assert_eq(write(fd, bytes->bytes, bytes->length), (ssize_t)bytes->length);
  return fd;
}

struct found {
  char *first, *second;
  uint64_t number;
  int calls;
};

static int read_all(const struct bolt_bucket *root, void *data, struct error *err)
{
  struct found *found = data;
  struct bolt_bucket v1, a, b, deep, deeper;
  free(found->first);
  free(found->second);
  found->first = found->second = NULL;
  found->calls++;
  if (bolt_bucket(root, "v1", &v1, err) < 0 || bolt_bucket(&v1, "a", &a, err) < 0 ||
      bolt_text(&a, "name", &found->first, err) < 0 ||
      bolt_number(&a, "number", &found->number, err) < 0 || bolt_bucket(&v1, "b", &b, err) < 0 ||
      bolt_bucket(&b, "deep", &deep, err) < 0 || bolt_bucket(&deep, "deeper", &deeper, err) < 0)
    return -1;
  return bolt_text(&deeper, "name", &found->second, err);
}

static void forget(struct found *found)
{
  free(found->first);
  free(found->second);
}

Test(bolt, buckets_texts_and_numbers_are_found)
{
  struct error err = {.text = ""};
  struct found found = {.calls = 0};
  struct forged bytes = forge_database(lines, ARRAY_LENGTH(lines));
  cleanup_close int fd = database(&bytes);
  cr_assert_eq(bolt_view(fd, "NAME", read_all, &found, &err), 0, "%s", err.text);
  cr_expect_str_eq(found.first, "first");
  cr_expect_str_eq(found.second, "second");
  cr_expect_eq(found.number, 300);
  cr_expect_eq(found.calls, 1);
  forget(&found);
  free(bytes.bytes);
}

static int read_missing(const struct bolt_bucket *root, void *data, struct error *err)
{
  struct bolt_bucket v1, ignored;
  char *text;
  uint64_t number;
  (void)data;
  cr_assert_eq(bolt_bucket(root, "v1", &v1, err), 0);
  cr_expect_eq(bolt_bucket(&v1, "none", &ignored, err), -1);
  cr_expect_eq(errno, ENOENT);
  cr_expect_str_eq(err->text, "NAME: 'v1' has no 'none'");
  cr_expect_eq(bolt_bucket(&v1, "empty", &ignored, err), -1, "it is a value");
  cr_expect_eq(errno, ENOENT);
  cr_expect_eq(bolt_text(&v1, "a", &text, err), -1, "it is a bucket");
  cr_expect_eq(errno, ENOENT);
  cr_expect_eq(bolt_number(&v1, "empty", &number, err), -1, "it is no number");
  cr_expect_eq(errno, EIO);
  return bolt_bucket(&v1, "nor this", &ignored, err);
}

Test(bolt, what_is_not_there_is_ENOENT)
{
  struct error err = {.text = ""};
  struct forged bytes = forge_database(lines, ARRAY_LENGTH(lines));
  cleanup_close int fd = database(&bytes);
  cr_expect_eq(bolt_view(fd, "NAME", read_missing, NULL, &err), -1);
  cr_expect_eq(errno, ENOENT);
  free(bytes.bytes);
}

/* --- transactions ---------------------------------------------------------------------------- */

static void expect_view(struct forged *bytes, const char *message)
{
  struct error err = {.text = ""};
  struct found found = {.calls = 0};
  cleanup_close int fd = database(bytes);
  int result = bolt_view(fd, "NAME", read_all, &found, &err);
  cr_expect_eq(result, message == NULL ? 0 : -1, "%s", err.text);
  if (message != NULL)
    cr_expect_not_null(strstr(err.text, message), "'%s' is not in: %s", message, err.text);
  forget(&found);
}

static void put_meta(struct forged *bytes, size_t page, uint64_t transaction, uint64_t root)
{
  char *meta = NULL;
  size_t length;
  FILE *stream = xmemstream(&meta, &length);
  forge_meta(stream, transaction, root, bytes->length / FORGE_PAGE);
  xmemstream_close(stream);
  memcpy(bytes->bytes + page * FORGE_PAGE, meta, length);
  free(meta);
}

Test(bolt, the_last_valid_transaction_counts)
{
  struct forged bytes = forge_database(lines, ARRAY_LENGTH(lines));
  put_meta(&bytes, 0, 6, 2); /* its root is no bucket */
  expect_view(&bytes, "NAME: not a bolt database, or damaged: ");
  put_meta(&bytes, 1, 7, 3);
  expect_view(&bytes, NULL);
  put_meta(&bytes, 0, 8, 2);
  bytes.bytes[16 + 48]++; /* while it is being written its checksum is not right */
  expect_view(&bytes, NULL);
  bytes.bytes[FORGE_PAGE + 16 + 56]++;
  expect_view(&bytes, "it has no valid meta page");
  free(bytes.bytes);
}

/* Commits a transaction in the midst of the first calls. */
struct writer {
  int fd, calls, changes;
  uint64_t first; /* transaction */
};

static int read_while_written(const struct bolt_bucket *root, void *data, struct error *err)
{
  struct writer *writer = data;
  struct bolt_bucket v1;
  if (writer->calls++ < writer->changes) {
    char *meta = NULL;
    size_t length;
    FILE *stream = xmemstream(&meta, &length);
    forge_meta(stream, writer->first + (uint64_t)writer->calls, 3, 4);
    xmemstream_close(stream);
    off_t place = writer->calls % 2 == 0 ? 0 : FORGE_PAGE;
    cr_assert_eq(pwrite(writer->fd, meta, length, place), (ssize_t)length);
    free(meta);
  }
  return bolt_bucket(root, "v1", &v1, err);
}

Test(bolt, what_changes_while_it_is_read_is_read_again)
{
  struct error err = {.text = ""};
  struct forged bytes = forge_database(lines, ARRAY_LENGTH(lines));
  cleanup_close int fd = database(&bytes);
  struct writer writer = {.fd = fd, .changes = 3, .first = 10};
  cr_expect_eq(bolt_view(fd, "NAME", read_while_written, &writer, &err), 0, "%s", err.text);
  cr_expect_eq(writer.calls, 4);
  writer = (struct writer){.fd = fd, .changes = BOLT_TRIES + 1, .first = 20};
  cr_expect_eq(bolt_view(fd, "NAME", read_while_written, &writer, &err), -1);
  cr_expect_eq(writer.calls, BOLT_TRIES);
  cr_expect_str_eq(err.text, "NAME changes faster than it can be read");
  free(bytes.bytes);
}

/* --- damage ---------------------------------------------------------------------------------- */

static void expect_damage(size_t offset, uint64_t number, size_t size, const char *message)
{
  struct forged bytes = forge_database(lines, ARRAY_LENGTH(lines));
  memcpy(bytes.bytes + offset, &number, size);
  expect_view(&bytes, message);
  free(bytes.bytes);
}

Test(bolt, damage_is_told)
{
  const size_t root = 3 * FORGE_PAGE;
  expect_damage(root, 4, 8, "a page is not where it should be");
  expect_damage(root + 8, 4, 2, "a page is of the wrong kind");
  expect_damage(root + 10, 0, 2, "'the database' has no 'v1'");
  expect_damage(root + 12, 1, 4, "a page is too large");
  expect_damage(root + 12, UINT32_MAX, 4, "a page is too large");
  expect_damage(root + 16 + 4, UINT32_MAX, 4, "lies outside of its page");
  expect_damage(root + 16 + 8, UINT32_MAX, 4, "lies outside of its page");
  expect_damage(root + 16 + 12, UINT32_MAX, 4, "lies outside of its page");
  expect_damage(root + 16 + 12, 1, 4, "a bucket is too short");
  expect_damage(root + 8, 1, 2, ""); /* a branch, which leads anywhere */
}

Test(bolt, a_branch_that_leads_to_itself_ends)
{
  struct forged bytes = forge_database(lines, ARRAY_LENGTH(lines));
  const uint64_t self = 3;
  const uint16_t branch = 1;
  memcpy(bytes.bytes + 3 * FORGE_PAGE + 8, &branch, 2);
  memcpy(bytes.bytes + 3 * FORGE_PAGE + 16 + 8, &self, 8);
  const uint32_t element[] = {16, 1};
  memcpy(bytes.bytes + 3 * FORGE_PAGE + 16, element, 8);
  expect_view(&bytes, "it is too deep");
  free(bytes.bytes);
}

static int visit_nothing(const struct bolt_bucket *bucket, void *data, struct error *err)
{
  (void)bucket;
  (void)data;
  (void)err;
  return 0;
}

static int read_each(const struct bolt_bucket *root, void *data, struct error *err)
{
  return bolt_each_bucket(root, visit_nothing, data, err);
}

Test(bolt, a_tree_that_never_ends_is_not_walked_to_its_end)
{
  /* Thirty levels of branches of a hundred elements, each of which leads to the next level. */
  struct error err = {.text = ""};
  struct forged bytes = {.length = 40UL * FORGE_PAGE};
  bytes.bytes = xcalloc(bytes.length, 1);
  put_meta(&bytes, 0, 4, 3);
  put_meta(&bytes, 1, 5, 3);
  for (uint64_t page = 3; page < 33; page++) {
    char *start = bytes.bytes + page * FORGE_PAGE;
    const uint64_t next = page + 1;
    const uint16_t kind[] = {page < 32 ? 1 : 2, page < 32 ? 100 : 0};
    memcpy(start, &page, sizeof(page));
    memcpy(start + 8, kind, sizeof(kind));
    for (size_t i = 0; i < 100; i++)
      memcpy(start + 16 + 16 * i + 8, &next, sizeof(next));
  }
  cleanup_close int fd = database(&bytes);
  cr_expect_eq(bolt_view(fd, "NAME", read_each, NULL, &err), -1);
  cr_expect_not_null(strstr(err.text, "pages of it would have to be read"), "%s", err.text);
  free(bytes.bytes);
}

Test(bolt, every_cut_and_every_changed_byte_is_survived)
{
  struct error err;
  struct forged whole = forge_database(lines, ARRAY_LENGTH(lines));
  for (size_t length = 0; length < whole.length; length += 61) {
    struct found found = {.calls = 0};
    const struct forged cut = {.bytes = whole.bytes, .length = length};
    cleanup_close int fd = database(&cut);
    cr_expect_eq(bolt_view(fd, "NAME", read_all, &found, &err), -1);
    forget(&found);
  }
  for (size_t i = 3 * FORGE_PAGE; i < 3 * FORGE_PAGE + 400; i++) {
    struct found found = {.calls = 0};
    whole.bytes[i] ^= 0xff;
    cleanup_close int fd = database(&whole);
    bolt_view(fd, "NAME", read_all, &found, &err);
    whole.bytes[i] ^= 0xff;
    forget(&found);
  }
  free(whole.bytes);
}
