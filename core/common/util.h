/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few things every file needs: memory that is never NULL, and variables that clean up after
 * themselves when their scope ends.
 *
 * Ownership is said in three words throughout: "borrowed" (somebody else's, valid as long as they
 * keep it), "owned by the caller" (who frees it), "takes ownership" (the function frees it).
 */
#ifndef CORE_COMMON_UTIL_H
#define CORE_COMMON_UTIL_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Memory. Out of memory ends the program with a message and status 1: in the worker that refuses
   the container, in the front nothing large is ever asked for. */
void *xcalloc(size_t count, size_t size);
void *xrealloc_array(void *old, size_t count, size_t size);
void *xmade(void *memory); /* what another library has allocated: NULL ends the program, too */
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);
char *xasprintf(const char *format, ...) PRINTF_LIKE(1, 2);
char *xvasprintf(const char *format, va_list args) PRINTF_LIKE(1, 0);

/* A stream whose bytes become *text, with a NUL behind them, once it is closed; owned by the
   caller. */
FILE *xmemstream(char **text, size_t *length);
void xmemstream_close(FILE *stream);

/* Cleanups keep errno, so that `return error_set(…, "%m")` still tells the truth. */
static inline void cleanup_freep(void *pointer)
{
  int saved = errno;
  free(*(void **)pointer);
  errno = saved;
}

static inline void cleanup_closep(const int *fd)
{
  int saved = errno;
  if (*fd >= 0)
    close(*fd);
  errno = saved;
}

#define cleanup_free __attribute__((cleanup(cleanup_freep)))
#define cleanup_close __attribute__((cleanup(cleanup_closep)))

static inline int steal_fd(int *fd)
{
  int stolen = *fd;
  *fd = -1;
  return stolen;
}

static inline void *steal_pointer_from(void *pointer)
{
  void **place = pointer;
  void *stolen = *place;
  *place = NULL;
  return stolen;
}

/* Hands a pointer over: its variable becomes NULL, so that its cleanup does nothing. */
#define steal_pointer(variable) ((__typeof__(*(variable)))steal_pointer_from(variable))

static inline bool text_equal(const char *a, const char *b)
{
  return strcmp(a, b) == 0;
}

/* Is the text one of a list that is ended by NULL? */
static inline bool text_listed(const char *text, const char *const *list)
{
  for (; *list != NULL; list++)
    if (text_equal(text, *list))
      return true;
  return false;
}

static inline bool text_starts(const char *text, const char *start)
{
  return strncmp(text, start, strlen(start)) == 0;
}

#endif
