/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/below.h"

#include "common/util.h"
#include "rootfs/beneath.h"
#include "rootfs/xattr.h"

static bool is_whiteout(const struct stat *status)
{
  return S_ISCHR(status->st_mode) && status->st_rdev == 0;
}

static bool look_up(int folder, const char *path, struct stat *status)
{
  cleanup_close int fd = beneath_open(folder, path, BENEATH_NAME);
  return fd >= 0 && fstat(fd, status) == 0;
}

static bool is_opaque(int folder, const char *path)
{
  bool valid;
  cleanup_close int fd = beneath_open(folder, path, BENEATH_READ | O_DIRECTORY);
  return fd >= 0 && xattr_is_opaque(fd, &valid);
}

/* Does the layer hide what lies at a path below it, by one of the folders above the path? */
static bool hides(int folder, const char *path)
{
  cleanup_free char *above = xstrdup(path);
  struct stat status;
  for (char *slash; (slash = strrchr(above, '/')) != NULL;) {
    *slash = '\0';
    if (look_up(folder, above, &status) && (!S_ISDIR(status.st_mode) || is_opaque(folder, above)))
      return true;
  }
  return is_opaque(folder, "");
}

int below_open(const struct folders *folders, size_t count, const char *path, struct stat *status,
               size_t *index)
{
  for (*index = count; (*index)-- > 0;) {
    cleanup_close int fd = beneath_open(folders->fds[*index], path, BENEATH_NAME);
    if (fd >= 0 && fstat(fd, status) == 0) {
      owners_translate(folders_owners(folders, *index), status);
      return is_whiteout(status) ? -1 : steal_fd(&fd);
    }
    if (hides(folders->fds[*index], path))
      return -1;
  }
  return -1;
}

bool below_find(const struct folders *folders, size_t count, const char *path, struct stat *status)
{
  size_t index;
  cleanup_close int fd = below_open(folders, count, path, status, &index);
  return fd >= 0;
}
