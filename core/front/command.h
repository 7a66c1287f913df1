/* SPDX-License-Identifier: Apache-2.0 */
/*
 * argv -> which command, on which bundle, for which container.
 *
 * The grammar is that of the low-level runtimes, so that we mean what they mean: global options,
 * the first bare word is the command, then the command's own options and the container's id. What
 * follows the command is looked at only for create, run and restore; the arguments of `exec` belong
 * to a program in the container. argv itself is never changed.
 */
#ifndef CORE_FRONT_COMMAND_H
#define CORE_FRONT_COMMAND_H

#include "common/util.h"

/* All texts are borrowed from argv. */
struct command {
  const char *name;       /* "" if there is none (as in --version) */
  const char *root;       /* --root; NULL if not given, as the two below */
  const char *log;        /* --log */
  const char *log_format; /* --log-format */
  const char *bundle;     /* NULL: the working folder */
  const char *id;         /* NULL if there is none */
  const char *spec_file;  /* crun's --config: a spec outside the bundle; NULL if not given */
  const char *help;       /* not NULL: only usage is asked for */
};

void command_parse(char *const *argv, struct command *command);

/* True for those whose container does not exist yet: create, run, restore. */
bool command_modifies(const struct command *command);

#endif
