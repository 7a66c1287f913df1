/* SPDX-License-Identifier: Apache-2.0 */
/* Lines in a file of many writers: whole, and none lost. (tests/unit/log.c has the rotation.) */
#include "common/append.h"

#include "folder.h"

#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>

static char *path;
static struct append file;
static struct error err;

static void start(void)
{
  make_folder();
  path = path_of("log");
  file = (struct append){
      .folder = AT_FDCWD, .name = path, .path = path, .mode = 0600, .patience = 100};
}

static void end(void)
{
  remove_folder();
  free(path);
}

TestSuite(append, .init = start, .fini = end);

static int append(const char *line)
{
  return append_line(&file, line, strlen(line), &err);
}

static void expect_content(const char *name, const char *expected)
{
  cleanup_free char *content = content_of(name);
  cr_expect_str_eq(content, expected);
}

static void expect_failure(const char *text, int cause)
{
  cr_expect_eq(append("line\n"), -1);
  cr_expect_eq(errno, cause, "%m");
  cleanup_free char *expected = with_folder(text);
  cr_expect_str_eq(err.text, expected);
}

Test(append, lines_follow_one_another)
{
  cr_expect_eq(append("one\n"), 0);
  cr_expect_eq(append("two\n"), 0);
  expect_content("log", "one\ntwo\n");
  struct stat status;
  cr_assert_eq(stat(path, &status), 0);
  cr_expect_eq(status.st_mode & 07777, 0600);
}

Test(append, half_a_line_is_ended_first)
{
  write_file("log", "one\nhal");
  cr_expect_eq(append("two\n"), 0);
  expect_content("log", "one\nhal\ntwo\n");
}

Test(append, what_is_no_regular_file_is_refused)
{
  alarm(10);
  cr_assert_eq(mkfifo(path, 0600), 0);
  expect_failure("@/log is not a regular file", EINVAL);
  cr_assert_eq(unlink(path), 0);
  cr_assert_eq(symlink("elsewhere", path), 0);
  expect_failure("@/log is not a regular file", EINVAL);
  cr_expect_not(is_there("elsewhere"), "a link is not followed");
  cr_assert_eq(unlink(path), 0);
  cr_assert_eq(mkdir(path, 0755), 0);
  expect_failure("cannot open @/log: Is a directory", EISDIR);
}

Test(append, a_missing_folder_can_be_told)
{
  cleanup_free char *deeper = path_of("sub/log");
  file.name = file.path = deeper;
  expect_failure("cannot open @/sub/log: No such file or directory", ENOENT);
}

Test(append, a_trusted_file_is_nobody_elses)
{
  file.trusted = true;
  cr_expect_eq(append("one\n"), 0);
  cr_assert_eq(chmod(path, 0620), 0);
  expect_failure("@/log is writable by others (mode 0620): chmod go-w @/log", EPERM);
  cr_expect_eq(append_check(&file, &err), -1);
  file.trusted = false;
  cr_expect_eq(append("two\n"), 0);
}

Test(append, a_check_makes_no_file)
{
  cr_expect_eq(append_check(&file, &err), 0);
  cr_expect_not(is_there("log"));
}

Test(append, a_lock_is_not_waited_for_for_ever)
{
  alarm(10);
  cr_assert_eq(append("one\n"), 0);
  cleanup_close int holder = open(path, O_RDONLY | O_CLOEXEC);
  cr_assert_eq(flock(holder, LOCK_EX), 0);
  expect_failure("@/log is locked by another process for more than 100 ms", EAGAIN);
  cr_assert_eq(flock(holder, LOCK_UN), 0);
  cr_expect_eq(append("two\n"), 0);
  expect_content("log", "one\ntwo\n");
}

/* Who waits for the lock of a file that is then renamed writes to its successor. */
Test(append, a_file_that_is_renamed_meanwhile_is_left_alone)
{
  alarm(10);
  file.patience = 5000;
  cr_assert_eq(append("one\n"), 0);
  cleanup_close int holder = open(path, O_RDONLY | O_CLOEXEC);
  cr_assert_eq(flock(holder, LOCK_EX), 0);
  pid_t writer = fork();
  if (writer == 0)
    _exit(append("two\n") == 0 ? 0 : 1);
  usleep(100000);
  cleanup_free char *other = path_of("other");
  cr_assert_eq(rename(path, other), 0);
  cr_assert_eq(flock(holder, LOCK_UN), 0);
  int status;
  cr_assert_eq(waitpid(writer, &status, 0), writer);
  cr_expect_eq(status, 0);
  expect_content("other", "one\n");
  expect_content("log", "two\n");
}

Test(append, a_file_above_its_size_becomes_the_old_one)
{
  file.size_max = 5;
  cr_expect_eq(append("one\n"), 0);
  cr_expect_eq(append("two\n"), 0);
  cr_expect_eq(append("three\n"), 0);
  expect_content("log.1", "one\ntwo\n");
  expect_content("log", "three\n");
  cr_expect_eq(append("four\n"), 0);
  expect_content("log.1", "three\n");
  expect_content("log", "four\n");
}

Test(append, without_a_size_nothing_is_renamed)
{
  cr_assert_eq(append("one\n"), 0);
  cr_assert_eq(truncate(path, 1 << 30), 0);
  cr_expect_eq(append("two\n"), 0);
  cr_expect_not(is_there("log.1"));
}

Test(append, the_new_file_may_be_read_by_those_who_may_read_the_old_one)
{
  if (geteuid() != 0)
    skip("needs root");
  file.size_max = 1;
  cr_assert_eq(append("one\n"), 0);
  cr_assert_eq(chmod(path, 0640), 0);
  cr_assert_eq(chown(path, 0, 4), 0);
  cr_expect_eq(append("two\n"), 0);
  struct stat status;
  cr_assert_eq(stat(path, &status), 0);
  cr_expect_eq(status.st_mode & 07777, 0640);
  cr_expect_eq(status.st_gid, 4);
}

/* --- a full disk --------------------------------------------------------------------------- */

Test(append, what_does_not_fit_the_disk_is_taken_back)
{
  if (geteuid() != 0)
    skip("needs root, to mount a small file system");
  cleanup_free char *disk = path_of("disk"), *full = path_of("disk/log");
  cr_assert_eq(mkdir(disk, 0755), 0);
  if (mount("none", disk, "tmpfs", 0, "size=64k") < 0)
    skip("cannot mount a tmpfs");
  file.name = file.path = full;

  char line[10000];
  memset(line, 'x', sizeof(line));
  line[sizeof(line) - 1] = '\n';
  size_t lines = 0;
  while (append_line(&file, line, sizeof(line), &err) == 0)
    lines++;
  int cause = errno;
  struct stat status;
  int looked = stat(full, &status);
  bool smaller_fits = append("small\n") == 0;
  cr_expect_eq(umount(disk), 0);

  cr_assert_eq(looked, 0);
  cr_expect_eq(cause, ENOSPC);
  cr_expect_not_null(strstr(err.text, "/disk/log: No space left on device"));
  cr_expect_eq(lines, 6);
  cr_expect_eq((size_t)status.st_size, lines * sizeof(line), "half a line has stayed");
  cr_expect(smaller_fits);
}

/* --- many at once -------------------------------------------------------------------------- */

#define WRITERS 500

/* The file is renamed once meanwhile. */
Test(append, five_hundred_at_once_lose_and_tear_nothing)
{
  alarm(60);
  file.patience = 30000;
  file.size_max = 20000; /* a line has 80 bytes: half of them, and then the other half */
  for (int i = 0; i < WRITERS; i++) {
    if (fork() != 0)
      continue;
    cleanup_free char *line = xasprintf("%03d%76s\n", i, "x");
    _exit(append(line) == 0 ? 0 : 1);
  }
  for (int i = 0, status; i < WRITERS; i++) {
    cr_assert_gt(wait(&status), 0);
    cr_expect_eq(status, 0);
  }
  static bool seen[WRITERS];
  cleanup_free char *new = content_of("log"), *old = content_of("log.1");
  cleanup_free char *both = xasprintf("%s%s", old, new);
  cr_assert_eq(strlen(both), WRITERS * 80);
  for (const char *line = both; *line != '\0'; line += 80) {
    int writer = atoi(line);
    cr_assert(writer >= 0 && writer < WRITERS && line[79] == '\n' && line[78] == 'x');
    cr_assert_not(seen[writer], "twice: %d", writer);
    seen[writer] = true;
  }
}
