/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/state_folder.h"

#include "common/file.h"
#include "common/trust.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>

#define NEW_NAME \
  ".new" /* one is enough: who writes has the lock, and takes what a killed one left */

static int make_folder(const char *path, mode_t mode, struct error *err)
{
  if (mkdir(path, mode) == 0 || errno == EEXIST)
    return 0;
  return error_set(err, "cannot make the folder %s: %m", path);
}

int state_folder_open(const char *state, const char *name, struct error *err)
{
  cleanup_free char *above = xstrdup(state);
  cleanup_free char *path = xasprintf("%s/%s", state, name);
  char *slash = strrchr(above, '/');
  if (slash != NULL && slash != above)
    *slash = '\0';
  if (make_folder(above, 0755, err) < 0 || make_folder(state, 0700, err) < 0 ||
      make_folder(path, 0700, err) < 0)
    return -1;
  return trust_open_folder(path, err);
}

/* The folder anew and locked: of one open folder, threads would share the lock. */
static int lock(int folder)
{
  cleanup_close int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return -1;
  while (flock(fd, LOCK_EX) < 0)
    if (errno != EINTR)
      return -1;
  return steal_fd(&fd);
}

int state_folder_write(int folder, const char *name, const char *text)
{
  cleanup_close int locked = lock(folder);
  if (locked < 0)
    return -1;
  cleanup_close int fd =
      openat(folder, NEW_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0 && file_write_all(fd, text, strlen(text)) == 0 &&
      renameat(folder, NEW_NAME, folder, name) == 0)
    return 0;
  int saved = errno;
  unlinkat(folder, NEW_NAME, 0);
  errno = saved;
  return -1;
}

int state_folder_read(int folder, const char *name, char *text, size_t size)
{
  cleanup_close int fd = openat(folder, name, FILE_OPEN_FLAGS | O_NOFOLLOW);
  *text = '\0';
  if (fd < 0)
    return errno == ENOENT ? 0 : -1;
  ssize_t got = read(fd, text, size - 1);
  text[got > 0 ? got : 0] = '\0';
  return got < 0 ? -1 : 0;
}
