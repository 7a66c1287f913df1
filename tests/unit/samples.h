/* SPDX-License-Identifier: Apache-2.0 */
/* Real signatures, and commands to make others with. */
#ifndef TESTS_UNIT_SAMPLES_H
#define TESTS_UNIT_SAMPLES_H

#include "common/file.h"

#include <criterion/criterion.h>
#include <fcntl.h>

#define SAMPLES "tests/samples/signatures/"

/* Any file's bytes, with a NUL behind; owned by the caller. */
static inline char *read_bytes(const char *path, size_t *length)
{
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  char *bytes = NULL;
  struct error err = {.text = ""};
  cr_assert_geq(fd, 0, "%s: %m", path);
  cr_assert_eq(file_read(fd, path, 1 << 24, &bytes, length, &err), 0, "%s", err.text);
  return bytes;
}

static inline char *read_sample(const char *name, size_t *length)
{
  cleanup_free char *path = xasprintf(SAMPLES "%s", name);
  return read_bytes(path, length);
}

/* An absolute path; owned by the caller. */
static inline char *sample_path(const char *name)
{
  cleanup_free char *top = realpath(SAMPLES, NULL);
  cr_assert_not_null(top);
  return xasprintf("%s/%s", top, name);
}

static inline void write_bytes(const char *path, const void *bytes, size_t length)
{
  cleanup_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  cr_assert_geq(fd, 0, "%s: %m", path);
  cr_assert_eq(file_write_all(fd, bytes, length), 0);
}

/* Runs a shell command, which must succeed. */
static inline void shell(const char *format, ...) PRINTF_LIKE(1, 2);
static inline void shell(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  cleanup_free char *command = xvasprintf(format, args);
  va_end(args);
  cr_assert_eq(system(command), 0, "failed: %s", command);
}

static inline void expect_in(const char *text, const char *part)
{
  cr_expect_not_null(strstr(text, part), "'%s' is not in: %s", part, text);
}

#endif
