/* SPDX-License-Identifier: Apache-2.0 */
/* Tar streams: what GNU tar writes, and what nobody should. */
#include "rootfs/tar.h"

#include "folder.h"

#include <sys/sysmacros.h>

TestSuite(tar, .init = make_folder, .fini = remove_folder);

/* A stream in memory. */
struct memory {
  const char *bytes;
  size_t at, length;
};

static int read_memory(void *data, void *buffer, size_t length, size_t *got, struct error *err)
{
  struct memory *memory = data;
  (void)err;
  size_t left = memory->length - memory->at;
  *got = left < length ? left : length;
  memcpy(buffer, memory->bytes + memory->at, *got);
  memory->at += *got;
  return 0;
}

/* A line an entry: "TYPE MODE UID:GID SIZE PATH[ -> LINK][ NAME=VALUE…]"; or the error. */
static char *listed(const char *bytes, size_t length)
{
  struct memory memory = {.bytes = bytes, .length = length};
  struct tar_source source = {.read = read_memory, .data = &memory};
  struct error err = {.text = ""};
  cleanup_tar struct tar *tar = tar_new(&source);
  const struct tar_entry *entry;
  char *text;
  size_t size;
  int result;
  FILE *stream = xmemstream(&text, &size);
  while ((result = tar_next(tar, &entry, &err)) == 1) {
    fprintf(stream, "%d %04o %u:%u %llu %s", entry->type, (unsigned)entry->mode, entry->uid,
            entry->gid, (unsigned long long)entry->size, entry->path);
    if (*entry->link != '\0')
      fprintf(stream, " -> %s", entry->link);
    for (size_t i = 0; entry->stored < entry->size && i < entry->fragment_count; i++)
      fprintf(stream, " [%llu,%llu]", (unsigned long long)entry->fragments[i].offset,
              (unsigned long long)entry->fragments[i].length);
    for (size_t i = 0; i < entry->xattr_count; i++)
      fprintf(stream, " %s=%.*s", entry->xattrs[i].name, (int)entry->xattrs[i].length,
              entry->xattrs[i].value);
    fputc('\n', stream);
    memory.at += entry->stored;
  }
  if (result < 0)
    fprintf(stream, "%s\n", err.text);
  else
    cr_expect_eq(memory.at, memory.length, "the stream is read to its end");
  xmemstream_close(stream);
  return text;
}

/* --- streams that GNU tar does not write ------------------------------------------------------ */

/* A header and what follows it, with its padding. */
static void add(FILE *stream, char type, const char *name, const char *bytes, size_t length)
{
  static const char zeros[TAR_BLOCK];
  char block[TAR_BLOCK] = "";
  unsigned sum = 0;
  snprintf(block, 100, "%s", name);
  snprintf(block + 100, 8, "0000644");
  snprintf(block + 124, 12, "%011zo", length);
  memset(block + 148, ' ', 8);
  block[156] = type;
  memcpy(block + 257, "ustar\00000", 8);
  for (size_t i = 0; i < TAR_BLOCK; i++)
    sum += (unsigned char)block[i];
  snprintf(block + 148, 8, "%06o", sum);
  fwrite(block, 1, TAR_BLOCK, stream);
  fwrite(bytes, 1, length, stream);
  fwrite(zeros, 1, (TAR_BLOCK - length % TAR_BLOCK) % TAR_BLOCK, stream);
}

/* Adds "LENGTH KEY=VALUE\n", whose length counts its own digits. */
static void add_record(FILE *stream, const char *record)
{
  size_t length = strlen(record) + 2, whole = length + 1;
  for (size_t power = 10; power <= whole; power *= 10)
    whole++;
  fprintf(stream, "%zu %s\n", whole, record);
}

/* A file "f" behind a PAX header of these records, one a line. */
static char *with_records(const char *records, const char *bytes, size_t length, size_t *size)
{
  char *text, *pax;
  size_t pax_length;
  cleanup_free char *copy = xstrdup(records);
  char *rest = copy;
  FILE *header = xmemstream(&pax, &pax_length);
  for (char *record; (record = strsep(&rest, "\n")) != NULL;)
    add_record(header, record);
  xmemstream_close(header);
  FILE *stream = xmemstream(&text, size);
  add(stream, 'x', "x", pax, pax_length);
  add(stream, '0', "f", bytes, length);
  xmemstream_close(stream);
  free(pax);
  return text;
}

static void expect_records(const char *records, const char *bytes, size_t length,
                           const char *expected)
{
  size_t size;
  cleanup_free char *stream = with_records(records, bytes, length, &size);
  cleanup_free char *found = listed(stream, size);
  cr_expect_str_eq(found, expected, "%s:\n%s", records, found);
}

/* --- streams of GNU tar ------------------------------------------------------------------------
 */

/* What a shell command prints is the stream; '@' is the folder. */
static void expect(const char *command, const char *expected)
{
  cleanup_free char *whole = with_folder(command);
  static char bytes[4 << 20];
  FILE *pipe = popen(whole, "re");
  cr_assert_not_null(pipe);
  size_t length = fread(bytes, 1, sizeof(bytes), pipe);
  cr_assert_eq(pclose(pipe), 0, "%s", whole);
  cleanup_free char *found = listed(bytes, length);
  cr_expect_str_eq(found, expected, "%s:\n%s", command, found);
}

#define TAR "tar -C @/in --sort=name --owner=0 --group=0 --numeric-owner "

Test(tar, every_form_means_the_same)
{
  static const char *const forms[] = {"pax", "gnu", "ustar"};
  for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
    cleanup_free char *command = xasprintf(
        "rm -rf @/in; mkdir -p @/in/etc; cd @/in; umask 022; printf abc >etc/file;"
        "chmod 4711 etc/file; ln etc/file etc/too; ln -s ../x etc/link; mkfifo etc/fifo;" TAR
        "--format=%s -cf - .",
        forms[i]);
    expect(command, "1 0755 0:0 0 \n"
                    "1 0755 0:0 0 etc\n"
                    "6 0644 0:0 0 etc/fifo\n"
                    "0 4711 0:0 3 etc/file\n"
                    "2 0777 0:0 0 etc/link -> ../x\n"
                    "3 4711 0:0 0 etc/too -> etc/file\n");
  }
}

Test(tar, oldest_form_has_no_prefix)
{
  expect("mkdir -p @/in; printf abc >@/in/file; chmod 600 @/in/file;" TAR "--format=v7 -cf - file",
         "0 0600 0:0 3 file\n");
}

Test(tar, long_names_and_big_numbers)
{
  char name[181], expected[1024];
  memset(name, 'n', 180);
  name[180] = '\0';
  cleanup_free char *make = xasprintf("rm -rf @/in; mkdir -p @/in/%s; printf a >@/in/%s/%s; chmod "
                                      "644 @/in/%s/%s; ln -s %s%s @/in/z;",
                                      name, name, name, name, name, name, name);
  snprintf(expected, sizeof(expected),
           "0 0644 3000000:4000000000 1 %s/%s\n"
           "2 0777 3000000:4000000000 0 z -> %s%s\n",
           name, name, name, name);
  cleanup_free char *pax = xasprintf("%s tar -C @/in --owner=:3000000 --group=:4000000000 "
                                     "--format=pax -cf - %s/%s z",
                                     make, name, name);
  cleanup_free char *gnu = xasprintf("%s tar -C @/in --owner=:3000000 --group=:4000000000 "
                                     "--format=gnu -cf - %s/%s z",
                                     make, name, name);
  expect(pax, expected);
  expect(gnu, expected);
}

Test(tar, extended_attributes)
{
  expect("mkdir -p @/in; : >@/in/file; chmod 644 @/in/file;" TAR
         "--format=pax --pax-option=SCHILY.xattr.user.a:=b=c,SCHILY.xattr.user.d:=e -cf - file",
         "0 0644 0:0 0 file user.d=e user.a=b=c\n");
}

Test(tar, paths_are_made_clean)
{
  expect("mkdir -p @/in/a; : >@/in/a/b; chmod 644 @/in/a/b;" TAR
         "-P --transform='s,a/b,/./a//./b,' -cf - a/b",
         "0 0644 0:0 0 a/b\n");
}

Test(tar, what_climbs_is_refused)
{
  expect("mkdir -p @/in/a; : >@/in/a/b;" TAR "-P --transform='s,a/b,a/../../b,' -cf - a/b",
         "it has an entry 'a/../../b', a path with '..'\n");
}

#define SPARSE                                                                        \
  "mkdir -p @/in; cd @/in; umask 022; truncate -s 1M empty holes; for at in 100 200;" \
  "do printf abc | dd of=holes bs=4096 seek=$at conv=notrunc status=none; done;"

Test(tar, sparse_files_of_all_versions_mean_the_same)
{
  static const char *const versions[] = {"0.0", "0.1", "1.0"};
  for (size_t i = 0; i < ARRAY_LENGTH(versions); i++) {
    cleanup_free char *command = xasprintf(
        SPARSE TAR "--sparse --format=pax --sparse-version=%s -cf - empty holes", versions[i]);
    expect(command, "0 0644 0:0 1048576 empty [1048576,0]\n"
                    "0 0644 0:0 1048576 holes [409600,4096] [819200,4096] [1048576,0]\n");
  }
}

Test(tar, sparse_files_of_gnus_own_form_are_refused)
{
  expect(SPARSE TAR "--sparse --format=gnu -cf - empty",
         "it has a sparse file in GNU's old form, which no engine unpacks\n");
}

#define PIECES \
  "GNU.sparse.size=9\nGNU.sparse.numblocks=1\nGNU.sparse.offset=6\nGNU.sparse.numbytes=3"
#define MAP(size, count, map)                                                                     \
  "GNU.sparse.major=0\nGNU.sparse.minor=1\nGNU.sparse.size=" size "\nGNU.sparse.numblocks=" count \
  "\nGNU.sparse.map=" map
#define LINES "GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.realsize=9"
#define MALFORMED "/f: a sparse file's map is malformed\n"

Test(tar, sparse_files_may_have_other_names)
{
  expect_records(PIECES "\nGNU.sparse.name=d/./g", "abc", 3, "0 0644 0:0 9 d/g [6,3]\n");
  expect_records(MAP("9", "2", "1,1,6,2"), "abc", 3, "0 0644 0:0 9 f [1,1] [6,2]\n");
}

Test(tar, sparse_files_that_are_doubtful_are_refused)
{
  static const char block[2 * TAR_BLOCK] = "1\n6\n3\n";
  expect_records(LINES, block, TAR_BLOCK + 3, "0 0644 0:0 9 f [6,3]\n");
  expect_records(LINES, block, TAR_BLOCK + 2, MALFORMED); /* fewer bytes than fragments */
  expect_records(LINES, block, TAR_BLOCK - 1, MALFORMED); /* no whole block */
  expect_records(LINES, "x\n", 1, MALFORMED);
  expect_records(MAP("9", "1", "6,2"), "abc", 3, MALFORMED);
  expect_records(MAP("9", "1", "7,3"), "abc", 3, MALFORMED);     /* beyond the end */
  expect_records(MAP("9", "2", "6,2,5,1"), "abc", 3, MALFORMED); /* over one another */
  expect_records(MAP("9", "2", "6,3"), "abc", 3, MALFORMED);
  expect_records(MAP("9", "1", "6,3,"), "abc", 3, MALFORMED);
  expect_records(MAP("9", "1", "6,-3"), "abc", 3, MALFORMED);
  expect_records(MAP("x", "1", "6,3"), "abc", 3, MALFORMED);
  expect_records(MAP("9", "99999", "6,3"), "abc", 3,
                 "/f: a sparse file has more than 65536 fragments\n");
  expect_records(MAP("9", "1", "9223372036854775807,9223372036854775807"), "abc", 3, MALFORMED);
  expect_records("GNU.sparse.numbytes=3", "", 0, "a sparse file's map is malformed\n");
  expect_records("GNU.sparse.major=2\nGNU.sparse.minor=0", "", 0,
                 "/f: it has a sparse file of an unknown version\n");
  expect_records("GNU.sparse.size=5", "", 0, "/f: it has a sparse file of an unknown version\n");
  expect_records("GNU.sparse.more=5", "", 0,
                 "a PAX header has the unknown record GNU.sparse.more\n");
}

/* --- limits ----------------------------------------------------------------------------------- */

/* `count` times the record, in which %zu is its number. */
static char *many(const char *record, size_t count)
{
  char *text;
  size_t size;
  FILE *stream = xmemstream(&text, &size);
  for (size_t i = 0; i < count; i++) {
    fprintf(stream, "%s%s%zu=v", i > 0 ? "\n" : "", record, i);
  }
  xmemstream_close(stream);
  return text;
}

Test(tar, limits_of_a_pax_header)
{
  cleanup_free char *attributes = many("SCHILY.xattr.user.", TAR_XATTRS_MAX + 1);
  cleanup_free char *records = many("x", 4097);
  cleanup_free char *big = xcalloc(TAR_EXTENSION_MAX + 1, 1);
  memset(big, 'x', TAR_EXTENSION_MAX);
  expect_records(attributes, "", 0, "a PAX header has more than 256 extended attributes\n");
  expect_records(records, "", 0, "a PAX header has more than 4096 records\n");
  expect_records(big, "", 0, "a tar header's extension has more than 1048576 bytes\n");
}

Test(tar, limits_of_an_entry)
{
  char *text;
  size_t size;
  FILE *stream = xmemstream(&text, &size);
  for (int i = 0; i < TAR_EXTENSIONS_MAX; i++)
    add(stream, 'K', "k", "x", 1);
  add(stream, '0', "f", "", 0);
  xmemstream_close(stream);
  cleanup_free char *found = listed(text, size);
  cr_expect_str_eq(found, "a tar entry has more than 64 extensions\n");
  free(text);
}

Test(tar, limits_of_a_path)
{
  cleanup_free char *path = xcalloc(4200 + 6, 1);
  snprintf(path, 6, "path=");
  memset(path + 5, 'p', 4200);
  expect_records(path, "", 0, "it has an entry whose path is longer than 4096 bytes\n");
  path[5 + 4000] = '\0';
  cleanup_free char *end = xasprintf("0 0644 0:0 0 %s\n", path + 5);
  expect_records(path, "", 0, end);
}

/* Behind the last entry. */
Test(tar, limits_of_the_end)
{
  size_t size = TAR_END_MAX + 2 * TAR_BLOCK + 1;
  char *zeros = xcalloc(size, 1);
  cleanup_free char *good = listed(zeros, size - 1), *found = listed(zeros, size);
  cr_expect_str_eq(good, "");
  cr_expect_str_eq(found, "the tar stream goes on for more than 67108864 bytes behind its end\n");
  free(zeros);
}

Test(tar, types_that_are_not_known_are_refused)
{
  char *text;
  size_t size;
  FILE *stream = xmemstream(&text, &size);
  add(stream, '7', "f", "", 0);
  xmemstream_close(stream);
  cleanup_free char *found = listed(text, size);
  cr_expect_str_eq(found, "it has an entry of the unknown type 0x37\n");
  free(text);
}

Test(tar, streams_that_are_damaged_are_refused)
{
  expect("mkdir -p @/in; : >@/in/f;" TAR "-cf - f | head -c 300",
         "the tar stream ends within a header\n");
  expect("mkdir -p @/in; : >@/in/f;" TAR "-cf - f | sed s/ustar/Ustar/",
         "a tar header's check sum is wrong\n");
  expect("head -c 512 /dev/zero; head -c 512 /dev/zero | tr '\\0' x",
         "the tar stream has a header behind its end\n");
}

Test(tar, an_end_may_be_short_or_long)
{
  expect("printf ''", "");
  expect("head -c 512 /dev/zero", "");
  expect("head -c 1024 /dev/zero; echo whatever follows", "");
}

Test(tar, devices)
{
  if (geteuid() != 0)
    skip("needs root");
  expect("mkdir -p @/in; mknod -m 600 @/in/c c 300 7000; mknod -m 600 @/in/b b 1 2;" TAR
         "-cf - b c",
         "5 0600 0:0 0 b\n4 0600 0:0 0 c\n");
}
