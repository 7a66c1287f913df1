/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for the files of one test. Each test is a process of its own, so each has its own. */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

#include "common/util.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>

static char folder[] = "/tmp/cht-unit.XXXXXX";

static inline void make_folder(void)
{
  umask(022);
  cr_assert_not_null(mkdtemp(folder));
}

static inline void remove_folder(void)
{
  cleanup_free char *command = xasprintf("rm -rf '%s'", folder);
  cr_assert_eq(system(command), 0);
}

/* Criterion does not call .fini for a test that is skipped. */
static inline void skip(const char *reason)
{
  remove_folder();
  cr_skip_test("%s", reason);
}

/* Owned by the caller. */
static inline char *path_of(const char *name)
{
  return xasprintf("%s/%s", folder, name);
}

/* A text in which each '@' stands for the folder; owned by the caller. */
static inline char *with_folder(const char *text)
{
  char *whole = NULL;
  size_t size;
  FILE *stream = open_memstream(&whole, &size);
  cr_assert_not_null(stream);
  for (; *text != '\0'; text++) {
    if (*text == '@')
      fputs(folder, stream);
    else
      fputc(*text, stream);
  }
  fclose(stream);
  return whole;
}

static inline void write_file(const char *name, const char *text)
{
  cleanup_free char *path = path_of(name);
  FILE *file = fopen(path, "we");
  cr_assert_not_null(file, "%s: %m", path);
  cr_assert_geq(fputs(text, file), 0);
  cr_assert_eq(fclose(file), 0);
}

/* A whole file, ended by NUL; owned by the caller. */
static inline char *content_of(const char *name)
{
  cleanup_free char *path = path_of(name);
  FILE *file = fopen(path, "re");
  struct stat status;
  cr_assert_not_null(file, "%s: %m", path);
  cr_assert_eq(fstat(fileno(file), &status), 0);
  char *content = xcalloc((size_t)status.st_size + 1, 1);
  cr_assert_eq(fread(content, 1, (size_t)status.st_size, file), (size_t)status.st_size);
  fclose(file);
  return content;
}

static inline bool is_there(const char *name)
{
  cleanup_free char *path = path_of(name);
  return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

#endif
