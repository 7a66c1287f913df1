/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a helper program that may do anything: crash, hang, print without end, leave children.
 *
 * It gets a process group of its own, /dev/null as input, one pipe as output and error, default
 * signals, our environment and folder, and no other descriptor but the one that is handed to it.
 * We wait for the process, never for the end of the pipe, which a child that stays behind keeps
 * open; and when it has ended, or its time is over, whatever is left of its group is killed.
 */
#ifndef CORE_COMMON_PROCESS_H
#define CORE_COMMON_PROCESS_H

#include "common/error.h"

#define PROCESS_OUTPUT_MAX 1024 /* bytes that are kept of what it prints; the rest is read only */
#define PROCESS_PASSED_FD 3

struct process {
  char *const *argv; /* argv[0] is the program's absolute path */
  int pass_fd;       /* borrowed; it finds this as PROCESS_PASSED_FD; -1: none */
  int timeout;       /* seconds */
  /* May be NULL. Called before what it printed is read. */
  void (*before_output)(void *data);
  void *data;

  /* Afterwards: */
  int status; /* as waitpid(2) has it */
  bool late;  /* it was killed because its time was over */
  char output[PROCESS_OUTPUT_MAX + 1];
  size_t output_length;
};

/* Returns 0 when the process was started and has ended, however it ended. */
int process_run(struct process *process, struct error *err);

#endif
