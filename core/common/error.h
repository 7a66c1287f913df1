/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why something failed, in words for the admin: file, line, cause, and where there is one the mend.
 *
 * A function that can fail returns 0 or -1 (or NULL) and takes a `struct error *` last; it fills it
 * only when it fails. Making the error and returning is one expression:
 *
 *     if (fd < 0)
 *       return error_set(err, "cannot open %s: %m", path);
 *
 * Only a program's main prints an error, once. The text is held in place: nothing to free.
 */
#ifndef CORE_COMMON_ERROR_H
#define CORE_COMMON_ERROR_H

#include "common/util.h"

#define ERROR_TEXT_MAX 2048

struct error {
  char text[ERROR_TEXT_MAX]; /* "" while nothing failed; cut where it does not fit */
};

/* Sets the text and returns -1. `%m` is errno's text, as in syslog(3). */
int error_set(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
int error_vset(struct error *err, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Puts a context in front of the text that is there ("context: text") and returns -1. */
int error_wrap(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds to the end of the text that is there and returns -1. */
int error_append(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

#ifdef __clang_analyzer__ /* does not look into error.c, and would take any result for possible */
#  define error_set(...) (error_set(__VA_ARGS__), -1)
#  define error_wrap(...) (error_wrap(__VA_ARGS__), -1)
#endif

#endif
