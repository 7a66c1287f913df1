/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files that may be anything: never blocking, never without bound. */
#ifndef CORE_COMMON_FILE_H
#define CORE_COMMON_FILE_H

#include "common/error.h"

/* The flags for opening a file that somebody else may have put there: a FIFO does not block, a
   terminal does not become ours. */
#define FILE_OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/*
 * Reads a whole regular file from its start. `fd` is borrowed; `name` is for messages. Stores the
 * bytes (owned by the caller, a NUL behind the last) and their number.
 * Errors: not a regular file, more than `limit` bytes, read errors.
 */
int file_read(int fd, const char *name, size_t limit, char **bytes, size_t *length,
              struct error *err);

/* A new file that lies in memory and has no other name than this, for debuggers; close-on-exec, may
   be sealed (fcntl(2)); owned by the caller; -1 with errno. */
int file_in_memory(const char *name);

/* Writes all bytes, however often write(2) is interrupted or stops short; -1 with errno. */
int file_write_all(int fd, const char *bytes, size_t length);

/* Do both names lead to one file? False if one of them leads nowhere. */
bool file_is_same(const char *a, const char *b);

#endif
