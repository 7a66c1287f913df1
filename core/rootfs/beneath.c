/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/beneath.h"

#include <errno.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRIES 8 /* a rename elsewhere on the disk makes the kernel say EAGAIN */

int beneath_open(int folder, const char *path, int flags)
{
  struct open_how how = {
      .flags = (unsigned)(flags | O_CLOEXEC),
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
  };
  const char *at = *path != '\0' ? path : ".";
  for (int tries = 1;; tries++) {
    long fd = syscall(SYS_openat2, folder, at, &how, sizeof(how));
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR) || tries == TRIES)
      return (int)fd;
  }
}

bool beneath_is_difference(int error)
{
  return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV ||
         error == ENXIO || error == ENODEV || error == ENAMETOOLONG;
}

const char *beneath_type_words(mode_t mode)
{
  switch (mode & S_IFMT) {
  case S_IFREG:
    return "a file";
  case S_IFDIR:
    return "a folder";
  case S_IFLNK:
    return "a symbolic link";
  case S_IFCHR:
    return "a character device";
  case S_IFBLK:
    return "a block device";
  case S_IFIFO:
    return "a FIFO";
  case S_IFSOCK:
    return "a socket";
  default:
    return "nothing that is known";
  }
}
