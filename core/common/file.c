/* SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"

#include <sys/mman.h>
#include <sys/stat.h>

#ifndef MFD_NOEXEC_SEAL
#  define MFD_NOEXEC_SEAL 0x0008U /* since Linux 6.3; refused with EINVAL before */
#endif

static int too_large(const char *name, size_t limit, struct error *err)
{
  return error_set(err, "%s is larger than %zu bytes", name, limit);
}

int file_read(int fd, const char *name, size_t limit, char **bytes, size_t *length,
              struct error *err)
{
  struct stat status;
  if (fstat(fd, &status) < 0)
    return error_set(err, "cannot look at %s: %m", name);
  if (!S_ISREG(status.st_mode))
    return error_set(err, "%s is not a regular file", name);
  if ((uintmax_t)status.st_size > limit)
    return too_large(name, limit, err);

  /* The size is only a hint: a file can grow meanwhile, and those of the kernel say 0. */
  size_t used = 0, size = (size_t)status.st_size + 1;
  cleanup_free char *buffer = xcalloc(size, 1);
  for (;;) {
    ssize_t got = pread(fd, buffer + used, size - used, (off_t)used);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return error_set(err, "cannot read %s: %m", name);
    if (got == 0)
      break;
    used += (size_t)got;
    if (used > limit)
      return too_large(name, limit, err);
    if (used == size)
      buffer = xrealloc_array(buffer, size *= 2, 1);
  }
  buffer[used] = '\0'; /* there is room: a full buffer was made larger */
  *bytes = steal_pointer(&buffer);
  *length = used;
  return 0;
}

int file_in_memory(const char *name)
{
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL)
    fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return fd;
}

int file_write_all(int fd, const char *bytes, size_t length)
{
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return -1;
    bytes += written;
    length -= (size_t)written;
  }
  return 0;
}

bool file_is_same(const char *a, const char *b)
{
  struct stat first, second;
  return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}
