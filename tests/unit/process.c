/* SPDX-License-Identifier: Apache-2.0 */
/* A helper program that does whatever it likes, and what we notice of it. */
#include "common/process.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

TestSuite(process, .timeout = 30);

/* --- running scripts ----------------------------------------------------------------------- */

static struct process process;

static void run(const char *script, int timeout, int pass_fd)
{
  const char *const argv[] = {"/bin/sh", "-c", script, NULL};
  process.argv = (char *const *)(uintptr_t)argv;
  process.timeout = timeout;
  process.pass_fd = pass_fd;
  struct error err;
  cr_assert_eq(process_run(&process, &err), 0, "%s", err.text);
}

static void expect_exit(int status)
{
  cr_expect(WIFEXITED(process.status), "status %x", (unsigned)process.status);
  cr_expect_eq(WEXITSTATUS(process.status), status);
  cr_expect_not(process.late);
}

static void expect_killed_late(void)
{
  cr_expect(process.late);
  cr_expect(WIFSIGNALED(process.status));
  cr_expect_eq(WTERMSIG(process.status), SIGKILL);
}

static void expect_output(const char *expected)
{
  cr_expect_str_eq(process.output, expected);
  cr_expect_eq(process.output_length, strlen(expected));
}

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* False for a zombie too: who has to bury it is not our matter. */
static bool is_alive(pid_t pid)
{
  char path[32], state = 'Z';
  snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
  FILE *file = fopen(path, "re");
  if (file == NULL)
    return false;
  cr_expect_eq(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
  fclose(file);
  return state != 'Z' && state != 'X';
}

static bool dies_soon(pid_t pid)
{
  for (int i = 0; i < 100 && is_alive(pid); i++)
    usleep(20000);
  return !is_alive(pid);
}

/* --- its end ------------------------------------------------------------------------------- */

Test(process, its_exit_status_and_output_are_told)
{
  run("echo out; echo err >&2; exit 7", 10, -1);
  expect_exit(7);
  expect_output("out\nerr\n");
}

Test(process, the_signal_that_killed_it_is_told)
{
  run("echo before; kill -SEGV $$", 10, -1);
  cr_expect(WIFSIGNALED(process.status));
  cr_expect_eq(WTERMSIG(process.status), SIGSEGV);
  cr_expect_not(process.late);
  expect_output("before\n");
}

Test(process, a_program_that_is_not_there_is_an_error)
{
  char *const argv[] = {(char[]){"/no/such/program"}, NULL};
  process = (struct process){.argv = argv, .pass_fd = -1, .timeout = 10};
  struct error err;
  cr_expect_eq(process_run(&process, &err), -1);
  cr_expect_str_eq(err.text, "cannot run /no/such/program: No such file or directory");
}

Test(process, one_that_hangs_is_killed_when_its_time_is_over)
{
  double start = now();
  run("echo before; exec sleep 30", 1, -1);
  expect_killed_late();
  expect_output("before\n");
  cr_expect_geq(now() - start, 0.99);
  cr_expect_lt(now() - start, 5);
}

Test(process, one_that_has_stopped_itself_is_killed_too)
{
  run("kill -STOP $$", 1, -1);
  expect_killed_late();
}

Test(process, one_that_ignores_signals_is_killed_too)
{
  run("trap '' TERM INT HUP QUIT; while :; do sleep 1; done", 1, -1);
  expect_killed_late();
}

/* --- its output ---------------------------------------------------------------------------- */

Test(process, megabytes_of_output_do_not_hold_it_up)
{
  run("head -c 8000000 /dev/zero | tr '\\0' x; exit 3", 20, -1);
  expect_exit(3);
  cr_expect_eq(process.output_length, PROCESS_OUTPUT_MAX);
  cr_expect_eq(strspn(process.output, "x"), PROCESS_OUTPUT_MAX);
}

Test(process, output_without_end_does_not_outlast_its_time)
{
  double start = now();
  run("exec yes", 1, -1);
  expect_killed_late();
  cr_expect_lt(now() - start, 5);
}

Test(process, one_that_closes_its_output_may_go_on)
{
  run("echo before; exec >&- 2>&-; sleep 0.3; exit 4", 10, -1);
  expect_exit(4);
  expect_output("before\n");
}

static void note_call(void *data)
{
  *(size_t *)data = process.output_length + 1;
}

Test(process, who_wants_to_know_is_asked_before_output_is_read)
{
  size_t noted = 0;
  process.before_output = note_call;
  process.data = &noted;
  run("echo one", 10, -1);
  cr_expect_neq(noted, 0);
  expect_output("one\n");
}

Test(process, what_an_earlier_run_left_does_not_stay)
{
  run("echo longer; sleep 9", 1, -1);
  cr_expect(process.late);
  run("echo x", 10, -1);
  expect_exit(0);
  expect_output("x\n");
}

Test(process, of_a_long_output_the_beginning_is_kept)
{
  run("seq 1000", 10, -1);
  cr_expect(process.output_cut);
  cr_expect_eq(process.output_length, PROCESS_OUTPUT_MAX);
  cr_expect(text_starts(process.output, "1\n2\n3\n"), "%s", process.output);
}

Test(process, or_the_end_however_it_was_printed)
{
  process.keep_end = true;
  run("seq 1000", 10, -1); /* at once, more than is kept */
  cr_expect(process.output_cut);
  cr_expect_eq(process.output_length, PROCESS_OUTPUT_MAX);
  cr_expect_str_eq(process.output + PROCESS_OUTPUT_MAX - 9, "999\n1000\n");

  run("i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); done", 20, -1); /* bit by bit */
  cr_expect(process.output_cut);
  cr_expect_eq(process.output_length, PROCESS_OUTPUT_MAX);
  cr_expect_str_eq(process.output + PROCESS_OUTPUT_MAX - 18, "line 298\nline 299\n");

  run("echo short; sleep 0.1; echo and shorter", 10, -1);
  cr_expect_not(process.output_cut);
  expect_output("short\nand shorter\n");
}

/* --- its standard output apart ------------------------------------------------------------- */

static void expect_captured(const char *expected)
{
  cr_assert_not_null(process.captured);
  cr_expect_str_eq(process.captured, expected);
  cr_expect_eq(process.captured_length, strlen(expected));
  cr_expect_not(process.too_much);
  free(process.captured);
  process.captured = NULL;
}

Test(process, standard_output_is_kept_apart_on_request)
{
  process.capture_max = 100;
  run("echo out; echo err >&2; echo more; exit 3", 10, -1);
  expect_exit(3);
  expect_captured("out\nmore\n");
  expect_output("err\n");
}

Test(process, without_a_word_it_is_an_empty_text)
{
  process.capture_max = 100;
  run("exit 0", 10, -1);
  expect_captured("");
  run("exec >&-; echo err >&2; sleep 0.1", 10, -1);
  expect_captured("");
  expect_output("err\n");
}

Test(process, all_bytes_of_it_are_kept_up_to_the_limit)
{
  process.capture_max = 3000000;
  run("head -c 3000000 /dev/zero", 20, -1);
  expect_exit(0);
  cr_expect_not(process.too_much);
  cr_expect_eq(process.captured_length, 3000000);
  for (size_t i = 0; i < process.captured_length; i++)
    cr_assert_eq(process.captured[i], '\0');
  free(process.captured);
}

Test(process, one_byte_more_and_it_is_killed)
{
  process.capture_max = 3000000;
  run("head -c 3000001 /dev/zero; sleep 30", 20, -1);
  cr_expect(process.too_much);
  cr_expect_not(process.late);
  cr_expect_eq(process.captured_length, 3000001);
  cr_expect(WIFSIGNALED(process.status));
  free(process.captured);
}

Test(process, the_limit_holds_for_what_is_found_at_its_end_too)
{
  process.capture_max = 3;
  run("printf 1234", 10, -1);
  cr_expect(process.too_much);
  cr_expect_eq(process.captured_length, 4);
  free(process.captured);
}

Test(process, both_without_end_do_not_outlast_its_time)
{
  double start = now();
  process.capture_max = 1024UL * 1024 * 1024;
  run("yes err >&2 & while :; do echo out; done", 1, -1);
  expect_killed_late();
  cr_expect_gt(process.captured_length, 0);
  cr_expect_gt(process.output_length, 0);
  cr_expect_lt(now() - start, 5);
  free(process.captured);
}

Test(process, a_child_that_prints_on_is_read_up_to_the_limit_only)
{
  double start = now();
  process.capture_max = 1000000;
  run("setsid yes & sleep 0.3", 10, -1);
  cr_expect_leq(process.captured_length, 1000001);
  cr_expect_lt(now() - start, 5);
  free(process.captured);
}

/* --- its standard input -------------------------------------------------------------------- */

static char *long_text(size_t length)
{
  char *text = xcalloc(length + 1, 1);
  memset(text, 'x', length);
  return text;
}

static void give(const char *input)
{
  process.input = input;
  process.input_length = strlen(input);
  process.capture_max = 2000000;
}

Test(process, it_reads_the_input_that_it_is_given)
{
  cleanup_free char *text = long_text(1000000); /* more than a pipe holds */
  give(text);
  run("exec cat", 10, -1);
  expect_exit(0);
  expect_captured(text);
}

Test(process, or_a_part_of_it_or_nothing)
{
  cleanup_free char *text = long_text(1000000);
  give(text);
  run("head -c 3", 10, -1);
  expect_exit(0);
  expect_captured("xxx");
  run("exec <&-; echo nothing", 10, -1);
  expect_exit(0);
  expect_captured("nothing\n");
  run("head -c 500000 /dev/zero | tr '\\0' y; cat >/dev/null", 10, -1); /* prints before it reads */
  expect_exit(0);
  cr_expect_eq(process.captured_length, 500000);
  free(process.captured);
}

Test(process, an_empty_input_ends_at_once)
{
  give("");
  run("wc -c; readlink /proc/self/fd/0", 10, -1);
  cr_expect(text_starts(process.captured, "0\n/memfd:input"), "%s", process.captured);
  free(process.captured);
}

/* --- its children -------------------------------------------------------------------------- */

Test(process, a_child_that_stays_in_its_group_is_killed)
{
  double start = now();
  run("sleep 30 & echo $!", 10, -1);
  expect_exit(0);
  cr_expect_lt(now() - start, 5);
  cr_expect(dies_soon(atoi(process.output)));
}

/* It has a session of its own, our pipe, and all the time in the world. */
Test(process, a_child_that_left_its_group_is_not_waited_for)
{
  double start = now();
  run("setsid sh -c 'echo $$; exec sleep 30' & sleep 0.3", 10, -1);
  expect_exit(0);
  cr_expect_lt(now() - start, 5);
  pid_t child = atoi(process.output);
  cr_assert_gt(child, 1);
  cr_expect(is_alive(child));
  kill(child, SIGKILL);
}

/* Then nothing but the process itself is ours to kill. */
Test(process, in_our_group_its_children_are_left_to_others)
{
  process.in_our_group = true;
  run("sleep 30 & echo $! $(cut -d ' ' -f 5 /proc/$$/stat)", 10, -1);
  int child = 0, group = 0;
  cr_assert_eq(sscanf(process.output, "%d %d", &child, &group), 2, "%s", process.output);
  cr_expect_eq(group, getpgrp());
  cr_expect(is_alive(child));
  kill(child, SIGKILL);

  run("exec sleep 30", 1, -1);
  expect_killed_late();
}

Test(process, nor_is_one_that_prints_without_end)
{
  double start = now();
  run("setsid yes & sleep 0.3", 10, -1);
  expect_exit(0);
  cr_expect_lt(now() - start, 5);
}

/* --- what it is given ---------------------------------------------------------------------- */

Test(process, it_finds_the_passed_descriptor_and_no_other)
{
  cleanup_close int passed = memfd_create("passed", MFD_CLOEXEC);
  cr_assert_geq(passed, 0);
  cr_assert_eq(write(passed, "hello", 5), 5);
  for (int fd = 40; fd < 60; fd++)
    cr_assert_geq(dup2(passed, fd), 0); /* without close-on-exec, as callers leave them */

  run("cat /proc/self/fd/3; for fd in /proc/self/fd/*; do echo \" ${fd##*/}\"; done", 10, passed);
  expect_exit(0);
  /* The shell itself opens the folder as 4 while it looks. */
  cr_expect(text_equal(process.output, "hello 0\n 1\n 2\n 3\n 4\n") ||
                text_equal(process.output, "hello 0\n 1\n 2\n 3\n"),
            "%s", process.output);
}

Test(process, without_one_it_has_three)
{
  run("[ ! -e /proc/self/fd/3 ] && readlink /proc/self/fd/0", 10, -1);
  expect_exit(0);
  expect_output("/dev/null\n");
}

/* The two that glibc keeps for itself (32 and 33) cannot be had at their defaults from it. */
Test(process, its_signals_are_at_their_defaults_and_none_is_blocked)
{
  for (int number = 1; number < 32; number++)
    signal(number, SIG_IGN);
  for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
    signal(number, SIG_IGN);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);

  const char *const argv[] = {"/bin/sh", "-c",
                              "exec sed -n 's/^Sig\\(Blk\\|Ign\\):.*\\([0-9a-f]\\{16\\}\\)$/\\2/p' "
                              "/proc/self/status",
                              NULL};
  process = (struct process){.argv = (char *const *)(uintptr_t)argv, .pass_fd = -1, .timeout = 10};
  struct error err;
  int result = process_run(&process, &err);
  unsigned long long blocked = 1, ignored = 1;
  int found = sscanf(process.output, "%llx %llx", &blocked, &ignored);
  sigprocmask(SIG_UNBLOCK, &all, NULL);
  cr_expect_eq(result, 0);
  cr_expect_eq(found, 2, "%s", process.output);
  cr_expect_eq(blocked, 0, "%llx", blocked);
  cr_expect_eq(ignored & ~UINT64_C(0x180000000), 0, "%llx", ignored);
}

Test(process, an_ignored_SIGCHLD_does_no_harm_and_stays_ignored)
{
  struct sigaction ignore = {.sa_handler = SIG_IGN, .sa_flags = SA_NOCLDWAIT}, after;
  sigaction(SIGCHLD, &ignore, NULL);
  run("exit 5", 10, -1);
  expect_exit(5);
  sigaction(SIGCHLD, NULL, &after);
  cr_expect_eq(after.sa_handler, SIG_IGN);
  cr_expect_eq(after.sa_flags & SA_NOCLDWAIT, SA_NOCLDWAIT);
}

Test(process, a_caller_without_standard_streams_is_served_too)
{
  int saved[3];
  for (int fd = 0; fd < 3; fd++) {
    saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 100);
    close(fd);
  }
  int passed = memfd_create("passed", MFD_CLOEXEC); /* becomes descriptor 0 */
  ssize_t written = write(passed, "hello", 5);
  struct error err;
  const char *const argv[] = {"/bin/sh", "-c",
                              "cat /proc/self/fd/3; readlink /proc/self/fd/0; "
                              "echo err >&2",
                              NULL};
  process =
      (struct process){.argv = (char *const *)(uintptr_t)argv, .pass_fd = passed, .timeout = 10};
  int result = process_run(&process, &err);
  close(passed);
  int left[3];
  for (int fd = 0; fd < 3; fd++) {
    left[fd] = fcntl(fd, F_GETFD);
    dup2(saved[fd], fd);
  }
  cr_expect_eq(written, 5);
  cr_expect_eq(result, 0);
  cr_expect_eq(passed, 0);
  expect_exit(0);
  expect_output("hello/dev/null\nerr\n");
  for (int fd = 0; fd < 3; fd++)
    cr_expect_eq(left[fd], -1, "%d is still open", fd);
}

Test(process, nor_does_that_mix_up_input_and_outputs)
{
  int saved[3];
  for (int fd = 0; fd < 3; fd++) {
    saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 100);
    close(fd);
  }
  struct error err;
  const char *const argv[] = {"/bin/sh", "-c", "cat; echo err >&2", NULL};
  process = (struct process){.argv = (char *const *)(uintptr_t)argv, .pass_fd = -1, .timeout = 10};
  give("hello");
  int result = process_run(&process, &err);
  for (int fd = 0; fd < 3; fd++)
    dup2(saved[fd], fd);
  cr_expect_eq(result, 0);
  expect_exit(0);
  expect_captured("hello");
  expect_output("err\n");
}

Test(process, our_environment_and_folder_are_its_own)
{
  setenv("CHT_TEST", "a value", 1);
  cr_assert_eq(chdir("/usr"), 0);
  run("echo \"$CHT_TEST\"; pwd -P", 10, -1);
  expect_output("a value\n/usr\n");
}

Test(process, unless_it_is_given_others)
{
  const char *const env[] = {"ONLY=this", NULL};
  setenv("CHT_TEST", "a value", 1);
  process.env = (char *const *)(uintptr_t)env;
  process.folder = "/usr";
  run("tr '\\0' ' ' </proc/$$/environ; pwd -P", 10, -1);
  expect_output("ONLY=this /usr\n");
}

Test(process, a_folder_that_is_not_there_is_an_error)
{
  const char *const argv[] = {"/bin/true", NULL};
  process = (struct process){.argv = (char *const *)(uintptr_t)argv,
                             .folder = "/no/such/folder",
                             .pass_fd = -1,
                             .timeout = 10};
  struct error err;
  cr_expect_eq(process_run(&process, &err), -1);
  cr_expect_eq(errno, ENOENT);
}

Test(process, nothing_of_it_stays_open_here)
{
  int before = dup(0), after;
  close(before);
  run("echo x", 10, -1);
  give("input");
  run("echo x", 10, -1);
  expect_captured("x\n");
  run("sleep 9", 1, -1);
  free(process.captured);
  after = dup(0);
  close(after);
  cr_expect_eq(before, after);
  cr_expect_eq(fcntl(16, F_GETFD), -1); /* where ours begin */
  cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1);
}
