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
    for (size_t i = 0; i < entry->xattr_count; i++)
      fprintf(stream, " %s=%.*s", entry->xattrs[i].name, (int)entry->xattrs[i].length,
              entry->xattrs[i].value);
    fputc('\n', stream);
    memory.at += entry->size;
  }
  if (result < 0)
    fprintf(stream, "%s\n", err.text);
  else
    cr_expect_eq(memory.at, memory.length, "the stream is read to its end");
  xmemstream_close(stream);
  return text;
}

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

Test(tar, sparse_files_are_refused)
{
  static const char *const forms[] = {"pax", "gnu"};
  for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
    cleanup_free char *command = xasprintf(
        "mkdir -p @/in; truncate -s 1M @/in/s;" TAR "--sparse --format=%s -cf - s", forms[i]);
    expect(command, "it has a sparse file, which cannot be verified\n");
  }
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
