/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a helper program that may do anything: crash, hang, print without end, leave children.
 *
 * It gets a process group of its own, /dev/null as input, one pipe as output and error, default
 * signals, our environment and folder, and no other descriptor but the one that is handed to it;
 * where `struct process` asks for it, another input, environment or folder, and an output apart.
 * We wait for the process, never for the end of the pipe, which a child that stays behind keeps
 * open; and when it has ended, or its time is over, whatever is left of its group is killed. If we
 * are killed before that, it is killed as well.
 */
#ifndef CORE_COMMON_PROCESS_H
#define CORE_COMMON_PROCESS_H

#include "common/error.h"

#define PROCESS_OUTPUT_MAX 1024 /* bytes that are kept of what it prints; the rest is read only */
#define PROCESS_PASSED_FD 3

struct process {
  char *const *argv;  /* argv[0] is the program's absolute path */
  char *const *env;   /* its environment; NULL: ours */
  const char *folder; /* where it works; NULL: where we do */
  int pass_fd;        /* borrowed; it finds this as PROCESS_PASSED_FD; -1: none */
  int timeout;        /* seconds */

  /* Its standard input, borrowed; NULL: /dev/null. It finds a file with these bytes, not a pipe: it
     may read all, a part or nothing of it, and nobody waits for the other. */
  const char *input;
  size_t input_length;

  /* Above 0: standard output is kept apart, whole, in `captured`; one that prints more bytes is
     killed. `output` then holds what it printed to standard error. */
  size_t capture_max;

  bool keep_end;     /* of a longer output the last bytes are kept instead of the first */
  bool in_our_group; /* its children too are left to whoever kills our own process group */

  /* May be NULL. Called before what it printed is read. */
  void (*before_output)(void *data);
  void *data;

  /* Afterwards: */
  int status;    /* as waitpid(2) has it */
  bool late;     /* it was killed because its time was over */
  bool too_much; /* it was killed because it printed more than capture_max */
  char output[PROCESS_OUTPUT_MAX + 1];
  size_t output_length;
  bool output_cut; /* it printed more than that */
  char *captured;  /* owned by the caller, a NUL behind the last byte; NULL without capture_max */
  size_t captured_length;
};

/* Returns 0 when the process was started and has ended, however it ended; otherwise -1, with errno
   as execve(2) has it where the program could not be started. */
int process_run(struct process *process, struct error *err);

#endif
