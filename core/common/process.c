/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process.h"

#include "common/file.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

/* Our own descriptors lie above those that the process gets, so that giving them never collides. */
#define LOWEST_FD (PROCESS_PASSED_FD + 1)

#define CHILD_STACK (16UL * 1024) /* bytes; until it is another program */

#define LOOK_AGAIN_MS 5 /* where the kernel has no pidfd_open (before 5.3) */

#define READS_AT_ONCE 16               /* of 4 KiB each: together what a pipe holds */
#define CAPTURED_AT_ONCE (64UL * 1024) /* bytes; the same */

extern char **environ;

/* What lies between us and the process; each is ours to close, -1: not there. */
struct lines {
  int input;                 /* a file */
  int passed;                /* the descriptor that it is handed */
  int output, output_end;    /* a pipe, its end here and the other one */
  int captured, capture_end; /* another, for standard output alone */
  size_t capture_room;       /* bytes that process->captured has room for */
};

/* --- start --------------------------------------------------------------------------------- */

static int move_up(int fd)
{
  return fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_FD);
}

static int open_pipe(int *read_end, int *write_end)
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

static int open_input(const struct process *process)
{
  cleanup_close int file = file_in_memory("input");
  if (file < 0 || file_write_all(file, process->input, process->input_length) < 0 ||
      lseek(file, 0, SEEK_SET) < 0)
    return -1;
  return move_up(file);
}

static int open_lines(const struct process *process, struct lines *lines, struct error *err)
{
  const char *program = process->argv[0];
  if (open_pipe(&lines->output, &lines->output_end) < 0 ||
      (process->capture_max > 0 && open_pipe(&lines->captured, &lines->capture_end) < 0))
    return error_set(err, "cannot make a pipe for %s: %m", program);
  if (process->input != NULL && (lines->input = open_input(process)) < 0)
    return error_set(err, "cannot make the input of %s: %m", program);
  if (process->pass_fd >= 0 && (lines->passed = move_up(process->pass_fd)) < 0)
    return error_set(err, "cannot pass a descriptor to %s: %m", program);
  return 0;
}

static void close_end(int *fd)
{
  cleanup_closep(fd);
  *fd = -1;
}

static void close_lines(struct lines *lines)
{
  close_end(&lines->input);
  close_end(&lines->passed);
  close_end(&lines->output);
  close_end(&lines->output_end);
  close_end(&lines->captured);
  close_end(&lines->capture_end);
}

/* What the child, who has our memory until it is another program, and we tell each other. */
struct start {
  const struct process *process;
  const struct lines *lines;
  pid_t parent;
  int error; /* errno of what failed in the child */
};

static int take_descriptors(const struct lines *lines)
{
  int input = lines->input >= 0 ? lines->input : open("/dev/null", O_RDONLY | O_CLOEXEC);
  int output = lines->capture_end >= 0 ? lines->capture_end : lines->output_end;
  if (input < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
      dup2(lines->output_end, STDERR_FILENO) < 0)
    return -1;
  if (lines->passed >= 0 && dup2(lines->passed, PROCESS_PASSED_FD) < 0)
    return -1;
  closefrom(lines->passed >= 0 ? PROCESS_PASSED_FD + 1 : PROCESS_PASSED_FD);
  return 0;
}

/* Ours are all blocked until then: none of our handlers may run in the child. */
static void take_signals(void)
{
  const struct sigaction normal = {.sa_handler = SIG_DFL};
  sigset_t none;
  sigemptyset(&none);
  for (int signal = 1; signal <= SIGRTMAX; signal++)
    sigaction(signal, &normal, NULL);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nobody would wait for it, nor end it when its time is over, if we were gone. */
static void end_with_parent(pid_t parent)
{
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) /* who was gone before that */
    _exit(EXIT_FAILURE);
}

/* The child. */
static int become(void *data)
{
  struct start *start = data;
  const struct process *process = start->process;
  end_with_parent(start->parent);
  if ((process->in_our_group || setpgid(0, 0) == 0) && take_descriptors(start->lines) == 0 &&
      (process->folder == NULL || chdir(process->folder) == 0)) {
    take_signals();
    execve(process->argv[0], process->argv, process->env != NULL ? process->env : environ);
  }
  start->error = errno;
  _exit(EXIT_FAILURE);
}

/*
 * Returns the process; -1 with errno. It shares our memory, and we stand still, until it is another
 * program or has ended: nothing is copied. So does posix_spawn(3), which cannot tie it to our life.
 */
static pid_t spawn(const struct process *process, const struct lines *lines)
{
  struct start start = {.process = process, .lines = lines, .parent = getpid()};
  _Alignas(16) char stack[CHILD_STACK];
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t pid = clone(become, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
  int failed = pid < 0 ? errno : start.error;
  sigprocmask(SIG_SETMASK, &before, NULL);
  if (pid > 0 && failed != 0) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
      continue;
    pid = -1;
  }
  errno = failed;
  return pid;
}

/* --- what it prints ------------------------------------------------------------------------ */

static void keep_beginning(struct process *process, const char *bytes, size_t length)
{
  memcpy(process->output + process->output_length, bytes, length);
  process->output_length += length;
}

static void keep_end(struct process *process, const char *bytes, size_t length)
{
  size_t kept = PROCESS_OUTPUT_MAX - length;
  if (kept > process->output_length)
    kept = process->output_length;
  memmove(process->output, process->output + process->output_length - kept, kept);
  process->output_length = kept;
  keep_beginning(process, bytes, length);
}

static void keep(struct process *process, const char *bytes, size_t length)
{
  size_t room = PROCESS_OUTPUT_MAX - process->output_length;
  process->output_cut |= length > room;
  if (process->keep_end && length > PROCESS_OUTPUT_MAX)
    keep_end(process, bytes + length - PROCESS_OUTPUT_MAX, PROCESS_OUTPUT_MAX);
  else if (process->keep_end)
    keep_end(process, bytes, length);
  else
    keep_beginning(process, bytes, length < room ? length : room);
}

/* Takes what lies in the pipe, so that a process that prints much is not held up; but no more than
   that, or one that prints faster than we read would hold us beyond its time. */
static void read_output(struct process *process, const struct lines *lines)
{
  if (process->before_output != NULL)
    process->before_output(process->data);
  for (int i = 0; i < READS_AT_ONCE; i++) {
    char bytes[4096];
    ssize_t got = read(lines->output, bytes, sizeof(bytes));
    if (got <= 0)
      return;
    keep(process, bytes, (size_t)got);
  }
}

/* Takes what lies in the other pipe, up to one byte above the limit. False if nothing came or that
   was too much. */
static bool capture(struct process *process, struct lines *lines)
{
  size_t wanted = process->captured_length + CAPTURED_AT_ONCE;
  if (wanted > process->capture_max + 1)
    wanted = process->capture_max + 1;
  if (wanted + 1 > lines->capture_room) {
    lines->capture_room = 2 * wanted + 1;
    process->captured = xrealloc_array(process->captured, lines->capture_room, 1);
  }
  ssize_t got = read(lines->captured, process->captured + process->captured_length,
                     wanted - process->captured_length);
  if (got > 0)
    process->captured_length += (size_t)got;
  process->captured[process->captured_length] = '\0';
  process->too_much = process->captured_length > process->capture_max;
  return got > 0 && !process->too_much;
}

/* What is left when it has ended. A child that goes on printing ends with our patience, too: at the
   limit. */
static void read_rest(struct process *process, struct lines *lines)
{
  read_output(process, lines);
  while (lines->captured >= 0 && !process->too_much && capture(process, lines))
    continue;
}

/* --- watch --------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool has_ended(pid_t pid)
{
  siginfo_t info = {.si_pid = 0};
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG) < 0 || info.si_pid == pid;
}

/* Returns when the process has ended, its time is over or it has printed too much; it is not yet
   reaped then. */
static void watch(struct process *process, pid_t pid, int pidfd, struct lines *lines)
{
  int64_t end = now_ms() + (int64_t)process->timeout * 1000;
  struct pollfd polled[] = {{.fd = pidfd, .events = POLLIN},
                            {.fd = lines->output, .events = POLLIN},
                            {.fd = lines->captured, .events = POLLIN}};
  for (int64_t left; (left = end - now_ms()) > 0;) {
    int patience = pidfd >= 0 || left < LOOK_AGAIN_MS ? (int)left : LOOK_AGAIN_MS;
    int ready = poll(polled, ARRAY_LENGTH(polled), patience);
    if (ready > 0 && (polled[1].revents & POLLIN))
      read_output(process, lines);
    if (ready > 0 && (polled[2].revents & POLLIN))
      capture(process, lines);
    if (process->too_much || (pidfd >= 0 ? ready > 0 && polled[0].revents != 0 : has_ended(pid)))
      return;
  }
  process->late = true;
}

/* --- all of it ----------------------------------------------------------------------------- */

static int run(struct process *process, struct lines *lines, struct error *err)
{
  if (open_lines(process, lines, err) < 0)
    return -1;
  pid_t pid = spawn(process, lines);
  if (pid < 0)
    return error_set(err, "cannot run %s: %m", process->argv[0]);

  /* We keep its ends of the pipes as well, which nobody reads to their end: that it closes them
     would wake us once more, just before its own end does. */
  cleanup_close int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  watch(process, pid, pidfd, lines);

  /* Before it is reaped: until then its number, and so its group's, is nobody else's. */
  if (!process->in_our_group)
    kill(-pid, SIGKILL);
  kill(pid, SIGKILL); /* it may have left its group */
  while (waitpid(pid, &process->status, 0) < 0 && errno == EINTR)
    continue;
  read_rest(process, lines);
  return 0;
}

int process_run(struct process *process, struct error *err)
{
  struct lines lines = {
      .input = -1, .passed = -1, .output = -1, .output_end = -1, .captured = -1, .capture_end = -1};
  process->late = process->too_much = process->output_cut = false;
  process->output_length = process->captured_length = 0;
  process->captured = NULL;
  memset(process->output, 0, sizeof(process->output));

  /* With SIGCHLD ignored, as some callers leave it, nothing could be waited for. */
  struct sigaction normal = {.sa_handler = SIG_DFL}, before;
  sigaction(SIGCHLD, &normal, &before);
  int result = run(process, &lines, err);
  int saved = errno;
  close_lines(&lines);
  sigaction(SIGCHLD, &before, NULL);
  errno = saved;
  return result;
}
