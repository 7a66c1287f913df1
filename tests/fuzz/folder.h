/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of the fuzzer's own, for parsers that open files by their paths; it goes at the end. */
#ifndef TESTS_FUZZ_FOLDER_H
#define TESTS_FUZZ_FOLDER_H

#include "fuzz.h"

#include "common/file.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

static char fuzz_folder[] = "/tmp/cht-fuzz.XXXXXX";

static inline int fuzz_remove(const char *path, const struct stat *status, int type,
                              struct FTW *place)
{
  (void)status;
  (void)type;
  return place->level == 0 ? 0 : remove(path);
}

static inline void fuzz_empty_folder(void)
{
  must(nftw(fuzz_folder, fuzz_remove, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

static inline void fuzz_remove_folder(void)
{
  fuzz_empty_folder();
  rmdir(fuzz_folder);
}

/* Makes it at the first call. */
static inline void fuzz_need_folder(void)
{
  static bool made = false;
  if (made)
    return;
  must(mkdtemp(fuzz_folder) != NULL && atexit(fuzz_remove_folder) == 0);
  made = true;
}

/* Afterwards it is there and empty. */
static inline void fuzz_make_folder(void)
{
  fuzz_need_folder();
  fuzz_empty_folder();
}

/* The path of a name in it; owned by the caller. */
static inline char *fuzz_path(const char *name)
{
  fuzz_need_folder();
  return xasprintf("%s/%s", fuzz_folder, name);
}

static inline bool fuzz_make_one(const char *path)
{
  struct stat status;
  return mkdir(path, 0755) == 0 ||
         (errno == EEXIST && lstat(path, &status) == 0 && S_ISDIR(status.st_mode));
}

/* Writes a file, and makes the folders above it. False where the input wants what cannot be: a file
   below a file or a link, or in place of a folder. */
static inline bool fuzz_write(const char *name, const void *bytes, size_t length)
{
  cleanup_free char *path = fuzz_path(name);
  for (char *slash = path + sizeof(fuzz_folder); (slash = strchr(slash, '/')) != NULL; slash++) {
    *slash = '\0';
    if (!fuzz_make_one(path))
      return false;
    *slash = '/';
  }
  cleanup_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  return fd >= 0 && file_write_all(fd, bytes, length) == 0;
}

#endif
