/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of lines that many processes add to at once, none of which may be lost or torn.
 *
 * A line is one write(2) to a file opened for appending, under a lock (flock(2)) on that file. The
 * file is opened for each line and closed again: one that somebody has renamed is left alone, no
 * signal is needed, and no descriptor of ours can become another file's meanwhile. What does not
 * fit the disk is taken back whole; what a killed writer left half is ended, so that the next line
 * stands on its own.
 *
 * A file that has grown too large is renamed to FILE.1 by whoever holds its lock; an older FILE.1
 * is gone then. The new file gets the owner and the permissions of the old one. Where it cannot be
 * renamed, it goes on growing.
 */
#ifndef CORE_COMMON_APPEND_H
#define CORE_COMMON_APPEND_H

#include "common/error.h"

#include <sys/types.h>

struct append {
  int folder;       /* borrowed; what `name` starts from, as for openat(2) */
  const char *name; /* of the file; a link there is not followed */
  const char *path; /* of the file, for messages */
  mode_t mode;      /* of a new file */
  off_t size_max;   /* bytes; a file above is renamed before the next line; 0: never */
  int patience;     /* milliseconds to wait for the lock */
  bool trusted;     /* a file that others own or may write to is refused (common/trust.h) */
};

/* Adds `length` bytes, which end with a line end. Makes the file if there is none. Returns -1 with
   errno, which is ENOENT when there is no such folder. */
int append_line(const struct append *file, const char *line, size_t length, struct error *err);

/* Could a line be added, as far as can be told without one? A file that is not there is fine. */
int append_check(const struct append *file, struct error *err);

#endif
