/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

/* Our own descriptors lie above those that the process gets, so that giving them never collides. */
#define LOWEST_FD (PROCESS_PASSED_FD + 1)

#define LOOK_AGAIN_MS 5 /* where the kernel has no pidfd_open (before 5.3) */

#define READS_AT_ONCE 16 /* of 4 KiB each: together what a pipe holds */

extern char **environ;

/* --- start --------------------------------------------------------------------------------- */

static int move_up(int fd)
{
  return fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_FD);
}

static int open_output(int *read_end, int *write_end)
{
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0)
    return -1;
  *read_end = move_up(ends[0]);
  *write_end = move_up(ends[1]);
  close(ends[0]);
  close(ends[1]);
  if (*read_end < 0 || *write_end < 0)
    return -1;
  return fcntl(*read_end, F_SETFL, O_NONBLOCK);
}

static int prepare_descriptors(posix_spawn_file_actions_t *actions, int write_end, int passed)
{
  posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(actions, write_end, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(actions, write_end, STDERR_FILENO);
  if (passed < 0)
    return posix_spawn_file_actions_addclosefrom_np(actions, PROCESS_PASSED_FD);
  posix_spawn_file_actions_adddup2(actions, passed, PROCESS_PASSED_FD);
  return posix_spawn_file_actions_addclosefrom_np(actions, PROCESS_PASSED_FD + 1);
}

static int prepare_attributes(posix_spawnattr_t *attributes)
{
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setpgroup(attributes, 0);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setsigdefault(attributes, &all);
  return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                  POSIX_SPAWN_SETSIGDEF);
}

/* Returns 0 or an errno. posix_spawn shares our memory until the exec: nothing is copied. */
static int spawn(char *const *argv, int write_end, int passed, pid_t *pid)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  int failed = prepare_descriptors(&actions, write_end, passed);
  if (failed == 0)
    failed = prepare_attributes(&attributes);
  if (failed == 0)
    failed = posix_spawn(pid, argv[0], &actions, &attributes, argv, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

/* --- watch --------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Takes what lies in the pipe, so that a process that prints much is not held up; but no more than
   that, or one that prints faster than we read would hold us beyond its time. */
static void read_output(struct process *process, int read_end)
{
  for (int i = 0; i < READS_AT_ONCE; i++) {
    char bytes[4096];
    ssize_t got = read(read_end, bytes, sizeof(bytes));
    if (got <= 0)
      return;
    size_t room = PROCESS_OUTPUT_MAX - process->output_length;
    size_t kept = (size_t)got < room ? (size_t)got : room;
    memcpy(process->output + process->output_length, bytes, kept);
    process->output_length += kept;
  }
}

static bool has_ended(pid_t pid)
{
  siginfo_t info = {.si_pid = 0};
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG) < 0 || info.si_pid == pid;
}

/* Returns when the process has ended or its time is over; it is not yet reaped then. */
static void watch(struct process *process, pid_t pid, int pidfd, int read_end)
{
  int64_t end = now_ms() + (int64_t)process->timeout * 1000;
  struct pollfd polled[] = {{.fd = pidfd, .events = POLLIN}, {.fd = read_end, .events = POLLIN}};
  for (int64_t left; (left = end - now_ms()) > 0;) {
    int patience = pidfd >= 0 || left < LOOK_AGAIN_MS ? (int)left : LOOK_AGAIN_MS;
    int ready = poll(polled, ARRAY_LENGTH(polled), patience);
    if (ready > 0 && (polled[1].revents & POLLIN)) {
      if (process->before_output != NULL)
        process->before_output(process->data);
      read_output(process, read_end);
    } else if (ready > 0 && polled[1].revents != 0) {
      polled[1].fd = -1; /* it has closed its output, which does not mean that it has ended */
    }
    if (pidfd >= 0 ? ready > 0 && polled[0].revents != 0 : has_ended(pid))
      return;
  }
  process->late = true;
}

/* --- all of it ----------------------------------------------------------------------------- */

static int run(struct process *process, struct error *err)
{
  cleanup_close int read_end = -1;
  cleanup_close int write_end = -1;
  cleanup_close int passed = -1;
  if (open_output(&read_end, &write_end) < 0)
    return error_set(err, "cannot make a pipe for %s: %m", process->argv[0]);
  if (process->pass_fd >= 0 && (passed = move_up(process->pass_fd)) < 0)
    return error_set(err, "cannot pass a descriptor to %s: %m", process->argv[0]);

  pid_t pid = -1;
  errno = spawn(process->argv, write_end, passed, &pid);
  if (errno != 0)
    return error_set(err, "cannot run %s: %m", process->argv[0]);
  close(steal_fd(&write_end));

  cleanup_close int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  watch(process, pid, pidfd, read_end);

  /* Before it is reaped: until then its number, and so its group's, is nobody else's. */
  kill(-pid, SIGKILL);
  kill(pid, SIGKILL); /* it may have left its group */
  while (waitpid(pid, &process->status, 0) < 0 && errno == EINTR)
    continue;
  if (process->before_output != NULL)
    process->before_output(process->data);
  read_output(process, read_end);
  return 0;
}

int process_run(struct process *process, struct error *err)
{
  process->late = false;
  process->output_length = 0;
  memset(process->output, 0, sizeof(process->output));

  /* With SIGCHLD ignored, as some callers leave it, nothing could be waited for. */
  struct sigaction normal = {.sa_handler = SIG_DFL}, before;
  sigaction(SIGCHLD, &normal, &before);
  int result = run(process, err);
  int saved = errno;
  sigaction(SIGCHLD, &before, NULL);
  errno = saved;
  return result;
}
