/* SPDX-License-Identifier: Apache-2.0 */
/* Files change whole or not at all, and several of them together. */
#include "ctk/change.h"

#include "folder.h"

#include <sys/xattr.h>

TestSuite(change, .init = make_folder, .fini = remove_folder);

static void add(struct changes *changes, const char *name, const char *after)
{
  struct error err;
  cleanup_free char *path = path_of(name);
  char *copy = after != NULL ? xstrdup(after) : NULL;
  cr_assert_eq(changes_add(changes, path, copy, &err), 0, "%s", err.text);
}

static void expect_made(struct changes *changes)
{
  struct error err;
  cr_assert_eq(changes_make(changes, &err), 0, "%s", err.text);
}

static void expect_fails(struct changes *changes, const char *message)
{
  struct error err = {.text = ""};
  cr_assert_eq(changes_make(changes, &err), -1);
  cr_expect_not_null(strstr(err.text, message), "%s", err.text);
}

static void expect_content(const char *name, const char *wanted)
{
  cleanup_free char *content = content_of(name);
  cr_expect_str_eq(content, wanted);
}

static struct stat status_of(const char *name)
{
  struct stat status;
  cleanup_free char *path = path_of(name);
  cr_assert_eq(lstat(path, &status), 0, "%s: %m", path);
  return status;
}

Test(change, files_are_made_changed_and_removed)
{
  cleanup_changes struct changes changes = {.count = 0};
  write_file("changed", "old");
  write_file("removed", "old");
  write_file("same", "old");
  add(&changes, "changed", "new");
  add(&changes, "removed", NULL);
  add(&changes, "same", "old");
  add(&changes, "folder/below/made", "new");
  add(&changes, "nothing", NULL);
  cr_expect_eq(changes.count, 3, "what changes nothing is left out");
  expect_made(&changes);
  expect_content("changed", "new");
  expect_content("folder/below/made", "new");
  cr_expect(!is_there("removed"));
  cr_expect_eq(status_of("folder/below/made").st_mode & 07777, 0644);
}

Test(change, mode_owner_and_attributes_stay)
{
  cleanup_changes struct changes changes = {.count = 0};
  cleanup_free char *path = path_of("file");
  write_file("file", "old");
  cr_assert_eq(chmod(path, 0640), 0);
  if (geteuid() == 0)
    cr_assert_eq(chown(path, 12, 34), 0);
  bool labelled = setxattr(path, "security.selinux", "x_t", 4, 0) == 0;
  add(&changes, "file", "new");
  expect_made(&changes);
  struct stat status = status_of("file");
  cr_expect_eq(status.st_mode & 07777, 0640);
  if (geteuid() == 0)
    cr_expect(status.st_uid == 12 && status.st_gid == 34);
  char label[16] = "";
  if (labelled) {
    cr_expect_eq(getxattr(path, "security.selinux", label, sizeof(label)), 4);
    cr_expect_str_eq(label, "x_t");
  }
}

Test(change, a_link_stays_and_the_file_behind_it_changes)
{
  cleanup_changes struct changes changes = {.count = 0};
  cleanup_free char *link = path_of("link");
  write_file("file", "old");
  cr_assert_eq(symlink("file", link), 0);
  add(&changes, "link", "new");
  expect_made(&changes);
  cr_expect(S_ISLNK(status_of("link").st_mode));
  expect_content("file", "new");
}

Test(change, a_link_that_leads_nowhere_is_refused)
{
  struct error err;
  char *text;
  cleanup_free char *link = path_of("link");
  cr_assert_eq(symlink("nowhere", link), 0);
  cr_expect_eq(change_read(link, &text, &err), -1);
  cr_expect_not_null(strstr(err.text, "leads nowhere"));
}

Test(change, links_themselves_can_be_made_and_removed)
{
  cleanup_changes struct changes changes = {.count = 0}, back = {.count = 0};
  cleanup_free char *path = path_of("link");
  struct error err;
  char *target;
  changes_append(&changes,
                 (struct change){.path = xstrdup(path), .after = xstrdup("there"), .link = true});
  expect_made(&changes);
  cr_assert_eq(change_read_link(path, &target, &err), 0);
  cr_expect_str_eq(target, "there");
  changes_append(&back, (struct change){.path = xstrdup(path), .before = target, .link = true});
  expect_made(&back);
  cr_expect(!is_there("link"));
}

Test(change, a_file_that_somebody_else_changed_is_left)
{
  cleanup_changes struct changes changes = {.count = 0};
  write_file("file", "old");
  add(&changes, "file", "new");
  write_file("file", "theirs");
  expect_fails(&changes, "was changed by somebody else meanwhile");
  expect_content("file", "theirs");
}

Test(change, when_one_fails_those_before_it_are_taken_back)
{
  cleanup_changes struct changes changes = {.count = 0};
  write_file("changed", "old");
  write_file("removed", "old");
  write_file("file", "old");
  add(&changes, "changed", "new");
  add(&changes, "removed", NULL);
  add(&changes, "made", "new");
  add(&changes, "file", "new");
  write_file("file", "theirs");
  expect_fails(&changes, "file was changed");
  expect_content("changed", "old");
  expect_content("removed", "old");
  expect_content("file", "theirs");
  cr_expect(!is_there("made"));
}

Test(change, what_a_killed_run_left_is_not_in_the_way)
{
  cleanup_changes struct changes changes = {.count = 0};
  write_file("file", "old");
  write_file(".file.ctk-new", "half");
  add(&changes, "file", "new");
  expect_made(&changes);
  expect_content("file", "new");
  cr_expect(!is_there(".file.ctk-new"));
}

Test(change, a_new_file_is_made_elsewhere_where_every_file_counts)
{
  cleanup_changes struct changes changes = {.count = 0};
  cleanup_free char *path = path_of("conf.d/file");
  write_file(".file.ctk-new", "half");
  changes_append(&changes, (struct change){.path = xstrdup(path),
                                           .after = xstrdup("new"),
                                           .temporary_folder = folder,
                                           .mode = 0600});
  expect_made(&changes);
  expect_content("conf.d/file", "new");
  cr_expect_eq(status_of("conf.d/file").st_mode & 07777, 0600);
  cr_expect(!is_there(".file.ctk-new"), "it was made here");
}

Test(change, what_is_no_text_is_refused)
{
  struct error err;
  char *text;
  cleanup_free char *path = path_of("file");
  FILE *file = fopen(path, "we");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite("a\0b", 1, 3, file), 3);
  fclose(file);
  cr_expect_eq(change_read(path, &text, &err), -1);
  cr_expect_not_null(strstr(err.text, "NUL byte"));
  cr_expect_eq(change_read(folder, &text, &err), -1);
  cr_expect_not_null(strstr(err.text, "not a regular file"));
}

Test(change, without_root_the_file_that_needs_it_is_named)
{
  struct error err = {.text = ""};
  char *text;
  cleanup_free char *path = path_of("file");
  write_file("file", "old");
  cr_assert_eq(chmod(path, 0600), 0);
  if (geteuid() == 0)
    cr_assert(chmod(folder, 0755) == 0 && seteuid(65534) == 0);
  else
    cr_assert_eq(chmod(path, 0), 0);
  cr_expect_eq(change_read(path, &text, &err), -1);
  cr_expect_not_null(strstr(err.text, path));
  cr_expect_not_null(strstr(err.text, "this needs root"));
  if (getuid() == 0)
    cr_assert_eq(seteuid(0), 0);
}

Test(change, differences_are_shown_and_what_is_hidden_is_not)
{
  cleanup_changes struct changes changes = {.count = 0};
  cleanup_free char *shown = NULL;
  size_t size;
  write_file("file", "old\n");
  add(&changes, "file", "new\n");
  changes_append(&changes,
                 (struct change){.path = xstrdup("/h"), .after = xstrdup("x"), .hidden = true});
  changes_append(&changes,
                 (struct change){.path = xstrdup("/l"), .after = xstrdup("there"), .link = true});
  FILE *out = open_memstream(&shown, &size);
  changes_print(&changes, out, false);
  fclose(out);
  cr_expect_not_null(strstr(shown, "-old\n+new\n"));
  cr_expect_not_null(strstr(shown, "+symbolic link to there\n"));
  cr_expect_null(strstr(shown, "/h"));
}
