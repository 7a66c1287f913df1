/* SPDX-License-Identifier: Apache-2.0 */
#include "common/append.h"

#include "common/file.h"
#include "common/trust.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

/* Between two looks at a lock that somebody else has; it is rarely held for more than a write. */
#define PAUSE_MIN 1 /* milliseconds */
#define PAUSE_MAX 16

/* A file that is open. */
struct place {
  int fd; /* owned */
  struct stat status;
};

static void close_place(const struct place *place)
{
  cleanup_closep(&place->fd);
}

#define cleanup_place __attribute__((cleanup(close_place)))

/* Says what failed, with errno's text behind it, and leaves errno as it is. */
PRINTF_LIKE(2, 3) static int failed(struct error *err, const char *format, ...)
{
  int cause = errno;
  va_list args;
  va_start(args, format);
  error_vset(err, format, args);
  va_end(args);
  error_append(err, ": %s", strerror(cause));
  errno = cause;
  return -1;
}

/* --- opening ------------------------------------------------------------------------------- */

static int refuse_kind(const struct append *file, struct error *err)
{
  error_set(err, "%s is not a regular file", file->path);
  errno = EINVAL;
  return -1;
}

/* Neither a link nor a FIFO is followed or waited for. Reading is for the last byte. */
static int open_file(const struct append *file, int more_flags, struct place *place,
                     struct error *err)
{
  const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  cleanup_close int fd = openat(file->folder, file->name, flags | more_flags, file->mode);
  if (fd < 0 && errno == ELOOP)
    return refuse_kind(file, err);
  if (fd < 0)
    return failed(err, "cannot open %s", file->path);
  if (fstat(fd, &place->status) < 0)
    return failed(err, "cannot look at %s", file->path);
  if (!S_ISREG(place->status.st_mode))
    return refuse_kind(file, err);
  if (file->trusted && trust_check_file(fd, file->path, err) < 0)
    return -1;
  place->fd = steal_fd(&fd);
  return 0;
}

/* --- the lock ------------------------------------------------------------------------------ */

static int64_t now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int refuse_to_wait(const struct append *file, struct error *err)
{
  error_set(err, "%s is locked by another process for more than %d ms", file->path, file->patience);
  errno = EAGAIN;
  return -1;
}

static int lock(const struct append *file, const struct place *place, int64_t deadline,
                struct error *err)
{
  for (long pause = PAUSE_MIN; flock(place->fd, LOCK_EX | LOCK_NB) < 0; pause *= 2) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return failed(err, "cannot lock %s", file->path);
    if (now() >= deadline)
      return refuse_to_wait(file, err);
    if (pause > PAUSE_MAX)
      pause = PAUSE_MAX;
    nanosleep(&(struct timespec){.tv_nsec = pause * 1000000}, NULL);
  }
  return 0;
}

/* Is what was opened still what the name leads to? */
static bool is_current(const struct append *file, const struct place *place)
{
  struct stat named;
  return fstatat(file->folder, file->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         named.st_dev == place->status.st_dev && named.st_ino == place->status.st_ino;
}

/* While we waited for the lock, who had it may have renamed the file. */
static int open_locked(const struct append *file, struct place *place, struct error *err)
{
  int64_t deadline = now() + file->patience;
  for (;;) {
    cleanup_place struct place found = {.fd = -1};
    if (open_file(file, O_CREAT, &found, err) < 0 || lock(file, &found, deadline, err) < 0)
      return -1;
    if (is_current(file, &found)) {
      if (fstat(found.fd, &found.status) < 0) /* its size, now that it is ours */
        return failed(err, "cannot look at %s", file->path);
      *place = found;
      found.fd = -1;
      return 0;
    }
    if (now() >= deadline)
      return refuse_to_wait(file, err);
  }
}

/* --- rotation ------------------------------------------------------------------------------ */

/* Whoever was allowed to read the old file is allowed to read the new one. A mode that cannot be
   kept stays the stricter one that the file was made with. */
static void inherit(const struct place *place, const struct stat *old)
{
  if (fchown(place->fd, old->st_uid, old->st_gid) == 0)
    (void)!fchmod(place->fd, old->st_mode & 0777);
}

/* Puts a new file in place of one that is too large, if it can be renamed. */
static int rotate(const struct append *file, struct place *place, struct error *err)
{
  cleanup_free char *old_name = xasprintf("%s.1", file->name);
  cleanup_place struct place old = *place; /* locked until the new one is */
  if (renameat(file->folder, file->name, file->folder, old_name) < 0) {
    old.fd = -1;
    return 0;
  }
  place->fd = -1;
  if (open_locked(file, place, err) < 0)
    return -1;
  inherit(place, &old.status);
  return 0;
}

/* --- writing ------------------------------------------------------------------------------- */

static bool ends_in_a_line(const struct place *place)
{
  char last = '\n';
  return place->status.st_size == 0 || pread(place->fd, &last, 1, place->status.st_size - 1) != 1 ||
         last == '\n';
}

/* One write(2), unless the disk is full: the second try then says so, or there is room again. */
static int write_whole(int fd, const char *line, size_t length, bool end_last)
{
  struct iovec parts[] = {{.iov_base = (char[]){'\n'}, .iov_len = end_last ? 1 : 0},
                          {.iov_base = (void *)(uintptr_t)line, .iov_len = length}};
  ssize_t written = writev(fd, parts, ARRAY_LENGTH(parts));
  if (written < 0)
    return -1;
  size_t of_line = (size_t)written - (written > 0 ? parts[0].iov_len : 0);
  return file_write_all(fd, line + of_line, length - of_line);
}

/* Beyond the limit of this process (getrlimit(2)) there is not only an error but a signal, which
   would end even those who must not fail. */
static bool is_within_limit(off_t size)
{
  struct rlimit limit;
  return getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY ||
         (rlim_t)size <= limit.rlim_cur;
}

static int write_line(const struct append *file, const struct place *place, const char *line,
                      size_t length, struct error *err)
{
  if (!is_within_limit(place->status.st_size + 1 + (off_t)length)) {
    errno = EFBIG;
    return failed(err, "cannot write to %s", file->path);
  }
  if (write_whole(place->fd, line, length, !ends_in_a_line(place)) == 0)
    return 0;
  int cause = errno;
  (void)!ftruncate(place->fd, place->status.st_size); /* else the next one ends it */
  errno = cause;
  return failed(err, "cannot write to %s", file->path);
}

int append_line(const struct append *file, const char *line, size_t length, struct error *err)
{
  cleanup_place struct place place = {.fd = -1};
  if (open_locked(file, &place, err) < 0)
    return -1;
  if (file->size_max > 0 && place.status.st_size > file->size_max && rotate(file, &place, err) < 0)
    return -1;
  return write_line(file, &place, line, length, err);
}

int append_check(const struct append *file, struct error *err)
{
  cleanup_place struct place place = {.fd = -1};
  return open_file(file, 0, &place, err) == 0 || errno == ENOENT ? 0 : -1;
}
