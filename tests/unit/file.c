/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what may be anything, writing all of it. */
#include "common/file.h"

#include "folder.h"

#include <signal.h>
#include <sys/wait.h>

static void start(void)
{
  make_folder();
  cr_assert_eq(chdir(folder), 0);
}

TestSuite(file, .init = start, .fini = remove_folder, .timeout = 20);

/* A descriptor of a new file with these bytes, placed at its end. */
static int file_with(const char *bytes, size_t length)
{
  int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  cr_assert_geq(fd, 0);
  cr_assert_eq(file_write_all(fd, bytes, length), 0);
  return fd;
}

static void expect_refused(int fd, size_t limit, const char *message)
{
  struct error err = {.text = ""};
  char *bytes = NULL;
  size_t length;
  cr_expect_eq(file_read(fd, "NAME", limit, &bytes, &length, &err), -1);
  cr_expect_str_eq(err.text, message);
  cr_expect_null(bytes);
}

Test(file, all_of_a_file_is_read_wherever_its_descriptor_stands)
{
  struct error err;
  cleanup_free char *bytes = NULL;
  size_t length;
  cleanup_close int fd = file_with("one\0two", 7);
  cr_assert_eq(file_read(fd, "NAME", 7, &bytes, &length, &err), 0, "%s", err.text);
  cr_expect_eq(length, 7);
  cr_expect_eq(memcmp(bytes, "one\0two", 8), 0, "a NUL is behind the last byte");
}

Test(file, an_empty_file_is_an_empty_text)
{
  struct error err;
  cleanup_free char *bytes = NULL;
  size_t length;
  cleanup_close int fd = file_with("", 0);
  cr_assert_eq(file_read(fd, "NAME", 0, &bytes, &length, &err), 0, "%s", err.text);
  cr_expect_eq(length, 0);
  cr_expect_str_eq(bytes, "");
}

Test(file, a_file_of_the_kernel_that_says_it_is_empty_is_read)
{
  struct error err;
  cleanup_free char *bytes = NULL;
  size_t length;
  cleanup_close int fd = open("/proc/self/status", FILE_OPEN_FLAGS);
  if (fd < 0)
    cr_skip_test("no /proc");
  cr_assert_eq(file_read(fd, "NAME", 1 << 20, &bytes, &length, &err), 0, "%s", err.text);
  cr_expect_gt(length, 100);
  cr_expect_eq(length, strlen(bytes));
  expect_refused(fd, 100, "NAME is larger than 100 bytes");
}

Test(file, more_than_the_limit_is_refused)
{
  cleanup_close int fd = file_with("12345678", 8);
  expect_refused(fd, 7, "NAME is larger than 7 bytes");
  cleanup_close int huge = file_with("", 0);
  cr_assert_eq(ftruncate(huge, 1L << 40), 0);
  expect_refused(huge, 1 << 20, "NAME is larger than 1048576 bytes");
}

Test(file, what_is_no_regular_file_is_refused_and_does_not_block)
{
  cr_assert_eq(mkfifo("fifo", 0600), 0);
  cr_assert_eq(mkdir("folder", 0700), 0);
  cleanup_close int fifo = open("fifo", FILE_OPEN_FLAGS);
  cleanup_close int in_folder = open("folder", FILE_OPEN_FLAGS);
  cleanup_close int device = open("/dev/zero", FILE_OPEN_FLAGS);
  expect_refused(fifo, 100, "NAME is not a regular file");
  expect_refused(in_folder, 100, "NAME is not a regular file");
  expect_refused(device, 100, "NAME is not a regular file");
  expect_refused(-1, 100, "cannot look at NAME: Bad file descriptor");
}

Test(file, a_file_that_cannot_be_read_says_why)
{
  close(file_with("1", 1));
  cleanup_close int fd = open("file", O_WRONLY | O_CLOEXEC);
  expect_refused(fd, 100, "cannot read NAME: Bad file descriptor");
}

Test(file, all_bytes_are_written_through_a_pipe_that_takes_few_at_a_time)
{
  const size_t length = 1 << 20;
  cleanup_free char *bytes = xcalloc(length, 1);
  int ends[2];
  cr_assert_eq(pipe(ends), 0);
  pid_t reader = fork();
  if (reader == 0) {
    close(ends[1]);
    char some[1000];
    size_t seen = 0;
    ssize_t got;
    while ((got = read(ends[0], some, sizeof(some))) > 0)
      seen += (size_t)got;
    _exit(seen == length ? 0 : 1);
  }
  close(ends[0]);
  cr_expect_eq(file_write_all(ends[1], bytes, length), 0);
  close(ends[1]);
  int status;
  cr_assert_eq(waitpid(reader, &status, 0), reader);
  cr_expect_eq(status, 0);
}

Test(file, a_write_that_fails_leaves_its_errno)
{
  signal(SIGPIPE, SIG_IGN);
  int ends[2];
  cr_assert_eq(pipe(ends), 0);
  close(ends[0]);
  cr_expect_eq(file_write_all(ends[1], "x", 1), -1);
  cr_expect_eq(errno, EPIPE);
  close(ends[1]);
  cleanup_close int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  cr_expect_eq(file_write_all(full, "x", 1), -1);
  cr_expect_eq(errno, ENOSPC);
}

/* --- in memory ----------------------------------------------------------------------------- */

Test(file, one_in_memory_can_be_written_and_read)
{
  struct error err = {.text = ""};
  char *bytes = NULL;
  size_t length = 0;
  cleanup_close int fd = file_in_memory("test");
  cr_assert_geq(fd, 0);
  cr_expect_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
  cr_assert_eq(file_write_all(fd, "bytes", 5), 0);
  cr_assert_eq(file_read(fd, "test", 5, &bytes, &length, &err), 0, "%s", err.text);
  cr_expect_eq(length, 5);
  cr_expect_str_eq(bytes, "bytes");
  free(bytes);
}
