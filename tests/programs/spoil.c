/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command and spoils one system call of one of its programs; for tests/faults.sh.
 *
 *     spoil PROGRAM CALL HOW NOTE COMMAND…
 *
 * The system calls of all processes of the command are counted while they run PROGRAM, which is the
 * name of an executable without its folder. What becomes of number CALL, from 1:
 *
 *     SIGKILL, SIGTERM, …   this signal comes when the call begins
 *     ENOSPC, EIO, …        it fails so, and the kernel has done nothing
 *     short                 it reads or writes half of what it wants; only calls that do are
 * counted torn                  as short, and SIGKILL comes when it is done
 *
 * NOTE is a file that is told what was spoiled; if nothing was, how many calls were counted. It
 * ends as the command does, with 128 and the signal's number where that was killed; what the
 * command leaves behind is traced no more. (strace counts each process for itself, and a write of
 * which it changes the result has written all the same.)
 */
#include "common/error.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#define SYSCALL_STOP (SIGTRAP | 0x80)

enum how { SIGNAL, FAILURE, SHORT, TORN };

struct spoil {
  const char *program;
  long call; /* the number of the one that is spoiled */
  enum how how;
  int number;             /* the signal or error */
  long counted;           /* so far */
  pid_t within;           /* who is in the call that is spoiled; 0: nobody */
  int changed;            /* the argument that was changed for it; -1: none */
  uint64_t argument;      /* what was there */
  uint64_t vector;        /* an address in it whose length was halved; 0: none */
  struct iovec last_part; /* what was there */
  char note[512];
};

/* --- registers ----------------------------------------------------------------------------- */

#if defined(__x86_64__)

static const size_t argument_register[] = {
    offsetof(struct user_regs_struct, rdi), offsetof(struct user_regs_struct, rsi),
    offsetof(struct user_regs_struct, rdx), offsetof(struct user_regs_struct, r10),
    offsetof(struct user_regs_struct, r8),  offsetof(struct user_regs_struct, r9)};
static const size_t result_register = offsetof(struct user_regs_struct, rax);

static void set_register(pid_t pid, size_t which, uint64_t value)
{
  ptrace(PTRACE_POKEUSER, pid, which, value);
}

/* A number that no system call has: the kernel does nothing. */
static void leave_out(pid_t pid)
{
  set_register(pid, offsetof(struct user_regs_struct, orig_rax), UINT64_MAX);
}

#elif defined(__aarch64__)

static const size_t argument_register[] = {0, 1, 2, 3, 4, 5};
static const size_t result_register = 0;

static void set_register(pid_t pid, size_t which, uint64_t value)
{
  struct user_regs_struct registers;
  struct iovec all = {.iov_base = &registers, .iov_len = sizeof(registers)};
  ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all);
  registers.regs[which] = value;
  ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all);
}

static void leave_out(pid_t pid)
{
  int none = -1;
  struct iovec number = {.iov_base = &none, .iov_len = sizeof(none)};
  ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &number);
}

#else
#  error "the registers of a system call on this machine are not known here"
#endif

/* --- calls that read or write -------------------------------------------------------------- */

/* Which argument is the number of bytes, or of the parts of a vector. */
static const struct transfer {
  long call;
  int length;
  bool vector; /* which is the argument before */
} transfers[] = {
    {SYS_read, 2, false},     {SYS_write, 2, false},    {SYS_pread64, 2, false},
    {SYS_pwrite64, 2, false}, {SYS_sendfile, 3, false}, {SYS_copy_file_range, 4, false},
    {SYS_readv, 2, true},     {SYS_writev, 2, true},
};

static const struct transfer *find_transfer(uint64_t call)
{
  for (size_t i = 0; i < ARRAY_LENGTH(transfers); i++)
    if ((uint64_t)transfers[i].call == call)
      return &transfers[i];
  return NULL;
}

/* The last part of a vector in the memory of a process; false if it has less than two bytes. */
static bool last_part(pid_t pid, uint64_t address, struct iovec *part)
{
  struct iovec here = {.iov_base = part, .iov_len = sizeof(*part)};
  struct iovec there = {.iov_base = (void *)(uintptr_t)address, .iov_len = sizeof(*part)};
  return process_vm_readv(pid, &here, 1, &there, 1, 0) == sizeof(*part) && part->iov_len > 1;
}

/* Until the call is done: no caller expects the kernel to change it. */
static void change_argument(struct spoil *spoil, pid_t pid,
                            const struct __ptrace_syscall_info *info, int which, uint64_t value)
{
  spoil->changed = which;
  spoil->argument = info->entry.args[which];
  set_register(pid, argument_register[which], value);
}

static void restore_argument(const struct spoil *spoil, pid_t pid)
{
  if (spoil->changed >= 0 && argument_register[spoil->changed] != result_register)
    set_register(pid, argument_register[spoil->changed], spoil->argument);
}

static void set_part(pid_t pid, uint64_t address, struct iovec part)
{
  struct iovec here = {.iov_base = &part, .iov_len = sizeof(part)};
  struct iovec there = {.iov_base = (void *)(uintptr_t)address, .iov_len = sizeof(part)};
  process_vm_writev(pid, &here, 1, &there, 1, 0);
}

/* Can it be done by half? With `now` it is. */
static bool halve(struct spoil *spoil, pid_t pid, const struct __ptrace_syscall_info *info,
                  bool now)
{
  const uint64_t *args = (const uint64_t *)info->entry.args;
  const struct transfer *transfer = find_transfer(info->entry.nr);
  if (transfer == NULL)
    return false;
  uint64_t length = args[transfer->length];
  if (!transfer->vector) {
    if (now)
      change_argument(spoil, pid, info, transfer->length, length / 2);
    return length > 1;
  }
  uint64_t address = args[transfer->length - 1] + (length - 1) * sizeof(struct iovec);
  struct iovec part;
  if (length == 0 || !last_part(pid, address, &part))
    return false;
  if (now) {
    spoil->vector = address;
    spoil->last_part = part;
    set_part(pid, address, (struct iovec){.iov_base = part.iov_base, .iov_len = part.iov_len / 2});
  }
  return true;
}

/* --- spoiling ------------------------------------------------------------------------------ */

static bool runs_program(const struct spoil *spoil, pid_t pid)
{
  char link[32], path[4096];
  snprintf(link, sizeof(link), "/proc/%d/exe", pid);
  ssize_t length = readlink(link, path, sizeof(path) - 1);
  path[length > 0 ? length : 0] = '\0';
  const char *slash = strrchr(path, '/');
  return slash != NULL && text_equal(slash + 1, spoil->program);
}

/* The calls that no kernel fails, and whose callers do not ask. */
static bool never_fails(uint64_t call)
{
  static const long calls[] = {SYS_exit,   SYS_exit_group, SYS_rt_sigreturn, SYS_getpid,
                               SYS_gettid, SYS_getppid,    SYS_getuid,       SYS_geteuid,
                               SYS_getgid, SYS_getegid,    SYS_futex};
  for (size_t i = 0; i < ARRAY_LENGTH(calls); i++)
    if ((uint64_t)calls[i] == call)
      return true;
  return false;
}

static void enter(struct spoil *spoil, pid_t pid, const struct __ptrace_syscall_info *info)
{
  bool halves = spoil->how == SHORT || spoil->how == TORN;
  if (!runs_program(spoil, pid) || (halves && !halve(spoil, pid, info, false)) ||
      ++spoil->counted != spoil->call)
    return;
  snprintf(spoil->note, sizeof(spoil->note), "call %ld of %s, which is number %llu of the kernel",
           spoil->call, spoil->program, (unsigned long long)info->entry.nr);
  spoil->within = pid;
  if (halves)
    halve(spoil, pid, info, true);
  else if (spoil->how == SIGNAL)
    kill(pid, spoil->number);
  else if (info->entry.nr == SYS_brk)
    change_argument(spoil, pid, info, 0, 0); /* has no errors, but tells where the end is now */
  else if (never_fails(info->entry.nr))
    spoil->within = 0;
  else if (info->entry.nr != SYS_close) /* which closes, whatever it returns */
    leave_out(pid);
}

static void leave(struct spoil *spoil, pid_t pid)
{
  if (spoil->within != pid)
    return;
  spoil->within = 0;
  if (spoil->vector != 0)
    set_part(pid, spoil->vector, spoil->last_part);
  restore_argument(spoil, pid);
  int64_t result = -spoil->number;
  if (spoil->how == FAILURE && spoil->changed < 0)
    set_register(pid, result_register, (uint64_t)result);
  else if (spoil->how == TORN)
    kill(pid, SIGKILL);
}

/* --- tracing ------------------------------------------------------------------------------- */

/* What a stopped process goes on by, and with which signal. */
static void go_on(struct spoil *spoil, pid_t pid, int status)
{
  int signal = WSTOPSIG(status), event = status >> 16;
  if (signal == SYSCALL_STOP) {
    struct __ptrace_syscall_info info = {.op = PTRACE_SYSCALL_INFO_NONE};
    ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info);
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
      enter(spoil, pid, &info);
    else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
      leave(spoil, pid);
    signal = 0;
  } else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
    ptrace(PTRACE_LISTEN, pid, NULL, NULL); /* it is stopped as by job control, and stays so */
    return;
  } else if (event != 0) {
    signal = 0;
  }
  ptrace(PTRACE_SYSCALL, pid, NULL, signal);
}

/* Until the command has ended. Returns its status as wait(2) tells it. */
static int trace(struct spoil *spoil, pid_t command)
{
  for (;;) {
    int status = 0;
    pid_t pid = waitpid(-1, &status, __WALL);
    if (pid < 0 && errno == ECHILD)
      return EXIT_FAILURE << 8;
    if (pid > 0 && WIFSTOPPED(status))
      go_on(spoil, pid, status);
    else if (pid == command)
      return status;
  }
}

/* A child that runs the command as soon as it is traced; -1 with errno. */
static pid_t start(char **argv)
{
  const int options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                      PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
  int gate[2];
  char byte;
  if (pipe2(gate, O_CLOEXEC) < 0)
    return -1;
  pid_t pid = fork();
  if (pid == 0) {
    close(gate[1]);
    if (read(gate[0], &byte, 1) == 0)
      execvp(argv[0], argv);
    _exit(127);
  }
  if (pid > 0 && ptrace(PTRACE_SEIZE, pid, NULL, options) < 0)
    pid = -1;
  close(gate[0]);
  close(gate[1]);
  return pid;
}

/* --- the command line ---------------------------------------------------------------------- */

static bool read_how(const char *word, struct spoil *spoil)
{
  static const int signals[] = {SIGKILL, SIGTERM, SIGHUP, SIGINT};
  for (size_t i = 0; i < ARRAY_LENGTH(signals); i++)
    if (text_starts(word, "SIG") && text_equal(word + 3, sigabbrev_np(signals[i]))) {
      spoil->how = SIGNAL;
      spoil->number = signals[i];
      return true;
    }
  for (int error = 1; error < 134; error++) { /* the last one of Linux is EHWPOISON, 133 */
    const char *name = strerrorname_np(error);
    if (name != NULL && text_equal(word, name)) {
      spoil->how = FAILURE;
      spoil->number = error;
      return true;
    }
  }
  spoil->how = text_equal(word, "torn") ? TORN : SHORT;
  return text_equal(word, "torn") || text_equal(word, "short");
}

static void write_note(const struct spoil *spoil, const char *path)
{
  FILE *file = fopen(path, "we");
  if (file == NULL)
    return;
  if (spoil->note[0] != '\0')
    fprintf(file, "%s\n", spoil->note);
  else
    fprintf(file, "%ld\n", spoil->counted);
  fclose(file);
}

int main(int argc, char **argv)
{
  struct spoil spoil = {.changed = -1};
  if (argc < 6 || !read_how(argv[3], &spoil)) {
    fputs("usage: spoil PROGRAM CALL SIGNAL|ERROR|short|torn NOTE COMMAND…\n", stderr);
    return 125;
  }
  spoil.program = argv[1];
  spoil.call = strtol(argv[2], NULL, 10);
  pid_t command = start(argv + 5);
  if (command < 0) {
    fprintf(stderr, "spoil: cannot trace %s: %m\n", argv[5]);
    return 125;
  }
  int status = trace(&spoil, command);
  write_note(&spoil, argv[4]);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
