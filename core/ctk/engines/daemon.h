/* SPDX-License-Identifier: Apache-2.0 */
/* An engine that runs, as its process shows it: its command line, and since when. */
#ifndef CORE_CTK_ENGINES_DAEMON_H
#define CORE_CTK_ENGINES_DAEMON_H

#include "ctk/engines/engine.h"

#include <sys/types.h>

struct daemon {
  pid_t pid;   /* 0: none */
  char *words; /* its command line, each word ended by a NUL; owned */
  size_t length;
};

/* Reads the command line of a process; one that is gone has none. */
void daemon_read(struct daemon *daemon, pid_t pid);

/* Finds a daemon by its process's name, that reads `file`: by the option that names one, else as
   its usual one. Stores pid 0 if none runs. */
void daemon_find(struct daemon *daemon, const char *name, const char *const *options,
                 const char *usual, const char *file);

/* The value of the last of these options ("--x V" and "--x=V"; ended by NULL); borrowed, NULL if
   there is none. */
const char *daemon_option(const struct daemon *daemon, const char *const *options);

/* The config file that it reads, by the option that names it; owned by the caller. */
char *daemon_file(const struct daemon *daemon, const char *const *options, const char *usual);

/* The first of the files that has changed since the daemon was started; NULL if none has, or nobody
   can tell. */
const char *daemon_misses(const struct daemon *daemon, const struct engine_files *files);

void daemon_free(struct daemon *daemon);

#define cleanup_daemon __attribute__((cleanup(daemon_free)))

#endif
