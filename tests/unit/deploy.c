/* SPDX-License-Identifier: Apache-2.0 */
/* Files that go into place together, or not at all. */
#include "ctk/deploy.h"

#include "folder.h"

#include <dirent.h>

static struct deploy deploy;
static struct error err;

TestSuite(deploy, .init = make_folder, .fini = remove_folder, .timeout = 20);

static int add_copy(const char *source, const char *target)
{
  cleanup_free char *from = path_of(source);
  cleanup_free char *to = path_of(target);
  return deploy_copy(&deploy, from, to, 0755, &err);
}

static void expect_ok(int result)
{
  cr_assert_eq(result, 0, "%s", err.text);
}

static void expect_content(const char *name, const char *expected)
{
  cleanup_free char *content = content_of(name);
  cr_expect_str_eq(content, expected);
}

static ino_t inode_of(const char *name)
{
  struct stat status;
  cleanup_free char *path = path_of(name);
  cr_assert_eq(lstat(path, &status), 0);
  return status.st_ino;
}

static size_t count_files(const char *name)
{
  cleanup_free char *path = path_of(name);
  DIR *opened = opendir(path);
  size_t count = 0;
  cr_assert_not_null(opened);
  for (const struct dirent *entry; (entry = readdir(opened)) != NULL;)
    count += !text_equal(entry->d_name, ".") && !text_equal(entry->d_name, "..");
  closedir(opened);
  return count;
}

Test(deploy, makes_folders_files_and_modes)
{
  struct stat status;
  cleanup_free char *target = path_of("a/b/copy");
  cleanup_free char *text = path_of("a/text");
  write_file("source", "bytes");
  expect_ok(add_copy("source", "a/b/copy"));
  expect_ok(deploy_text(&deploy, "words", text, 0640, &err));
  cr_expect_not(is_there("a/b/copy"));
  expect_ok(deploy_commit(&deploy, &err));
  deploy_free(&deploy);
  expect_content("a/b/copy", "bytes");
  expect_content("a/text", "words");
  cr_assert_eq(stat(target, &status), 0);
  cr_expect_eq(status.st_mode & 07777, 0755);
  cr_assert_eq(stat(text, &status), 0);
  cr_expect_eq(status.st_mode & 07777, 0640);
  cr_expect_eq(count_files("a"), 2);
}

Test(deploy, replaces_the_name_and_not_the_bytes_of_who_has_it_open)
{
  char bytes[8] = "";
  write_file("source", "new");
  write_file("target", "old");
  cleanup_free char *path = path_of("target");
  cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
  expect_ok(add_copy("source", "target"));
  expect_ok(deploy_commit(&deploy, &err));
  deploy_free(&deploy);
  expect_content("target", "new");
  cr_assert_eq(read(fd, bytes, sizeof(bytes)), 3);
  cr_expect_str_eq(bytes, "old");
}

Test(deploy, leaves_a_source_in_its_own_place_alone)
{
  write_file("source", "bytes");
  ino_t before = inode_of("source");
  expect_ok(add_copy("source", "source"));
  expect_ok(deploy_commit(&deploy, &err));
  deploy_free(&deploy);
  cr_expect_eq(inode_of("source"), before);
  expect_content("source", "bytes");
}

Test(deploy, replaces_a_link_by_the_file_that_it_leads_to)
{
  cleanup_free char *link = path_of("link");
  write_file("source", "bytes");
  cr_assert_eq(symlink("source", link), 0);
  expect_ok(add_copy("source", "link"));
  expect_ok(deploy_commit(&deploy, &err));
  deploy_free(&deploy);
  cr_expect_neq(inode_of("link"), inode_of("source"));
  expect_content("link", "bytes");
  expect_content("source", "bytes");
}

Test(deploy, changes_nothing_where_one_of_them_is_missing)
{
  write_file("first", "new");
  write_file("target", "old");
  expect_ok(add_copy("first", "target"));
  cr_expect_eq(add_copy("second", "other"), -1);
  cleanup_free char *expected = with_folder("cannot read @/second: No such file or directory");
  cr_expect_str_eq(err.text, expected);
  deploy_free(&deploy);
  expect_content("target", "old");
  cr_expect_eq(count_files("."), 2);
}

Test(deploy, does_not_wait_for_a_fifo)
{
  cleanup_free char *fifo = path_of("fifo");
  cr_assert_eq(mkfifo(fifo, 0600), 0);
  cr_expect_eq(add_copy("fifo", "target"), -1);
  cleanup_free char *expected = with_folder("@/fifo is not a regular file");
  cr_expect_str_eq(err.text, expected);
  deploy_free(&deploy);
}

Test(deploy, cannot_put_a_file_in_the_place_of_a_folder)
{
  cleanup_free char *path = path_of("target/below");
  expect_ok(deploy_folder(path, &err));
  write_file("source", "bytes");
  cr_expect_eq(add_copy("source", "target"), -1);
  cr_expect(strstr(err.text, "target is a folder: ") != NULL, "%s", err.text);
  deploy_free(&deploy);
  cr_expect_eq(count_files("."), 2);
}
