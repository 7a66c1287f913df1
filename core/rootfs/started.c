/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/started.h"

#include "common/file.h"
#include "common/trust.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define FOLDER "started"
#define NOTE_MAX (PATH_MAX + 128)
#define ID_MAX 255 /* of a file's name */

/* --- the folder ------------------------------------------------------------------------------ */

static int make_folder(const char *path, mode_t mode, struct error *err)
{
  if (mkdir(path, mode) == 0 || errno == EEXIST)
    return 0;
  return error_set(err, "cannot make the folder %s: %m", path);
}

/* STATE/started, made with the two folders above it if need be. */
static int open_folder(const char *state, struct error *err)
{
  cleanup_free char *above = xstrdup(state);
  cleanup_free char *path = xasprintf("%s/" FOLDER, state);
  char *slash = strrchr(above, '/');
  if (slash != NULL && slash != above)
    *slash = '\0';
  if (make_folder(above, 0755, err) < 0 || make_folder(state, 0700, err) < 0 ||
      make_folder(path, 0700, err) < 0)
    return -1;
  return trust_open_folder(path, err);
}

/* An id that is no file's name would be a way out of the folder. */
static int check_id(const char *id, struct error *err)
{
  if (*id != '\0' && *id != '.' && strlen(id) <= ID_MAX && strchr(id, '/') == NULL)
    return 0;
  return error_set(err, "the container's id '%.300s' cannot be a file's name", id);
}

/* --- a note ---------------------------------------------------------------------------------- */

/* The folder by what no other one shares: its inode may be given anew, the time it was made not. */
static int make_note(const char *path, int upper, char note[NOTE_MAX], struct error *err)
{
  struct statx status;
  if (statx(upper, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) < 0)
    return error_set(err, "cannot look at %s: %m", path);
  snprintf(note, NOTE_MAX, "%u:%u %llu %lld.%u\n%s\n", status.stx_dev_major, status.stx_dev_minor,
           (unsigned long long)status.stx_ino, (long long)status.stx_btime.tv_sec,
           status.stx_btime.tv_nsec, path);
  return 0;
}

/* "" if there is none. */
static int read_note(int folder, const char *id, char note[NOTE_MAX], struct error *err)
{
  cleanup_close int fd = openat(folder, id, FILE_OPEN_FLAGS | O_NOFOLLOW);
  *note = '\0';
  if (fd < 0 && errno == ENOENT)
    return 0;
  ssize_t got = fd >= 0 ? read(fd, note, NOTE_MAX - 1) : -1;
  if (got < 0)
    return error_set(err, "cannot read the note that %s has started: %m", id);
  note[got] = '\0';
  return 0;
}

int started_before(const char *state, const char *id, const char *path, int upper, bool *before,
                   struct error *err)
{
  char expected[NOTE_MAX], found[NOTE_MAX];
  if (check_id(id, err) < 0)
    return -1;
  cleanup_close int folder = open_folder(state, err);
  if (folder < 0 || make_note(path, upper, expected, err) < 0 ||
      read_note(folder, id, found, err) < 0)
    return -1;
  *before = text_equal(expected, found);
  return 0;
}

/* --- cleaning -------------------------------------------------------------------------------- */

static bool is_gone(const char *note)
{
  const char *begin = strchr(note, '\n');
  const char *end = begin != NULL ? strchr(begin + 1, '\n') : NULL;
  if (end == NULL)
    return true; /* a note that was never written to its end */
  cleanup_free char *path = xstrndup(begin + 1, (size_t)(end - begin - 1));
  return access(path, F_OK) < 0 && errno == ENOENT;
}

/* Removes the notes of containers that are no more. */
static void clean(int folder)
{
  char note[NOTE_MAX];
  struct error ignored;
  int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = copy >= 0 ? fdopendir(copy) : NULL;
  const struct dirent *entry;
  while (entries != NULL && (entry = readdir(entries)) != NULL)
    if (entry->d_name[0] != '.' && read_note(folder, entry->d_name, note, &ignored) == 0 &&
        is_gone(note))
      unlinkat(folder, entry->d_name, 0);
  if (entries != NULL)
    closedir(entries);
}

int started_note(const char *state, const char *id, const char *path, int upper, struct error *err)
{
  char note[NOTE_MAX];
  if (check_id(id, err) < 0)
    return -1;
  cleanup_close int folder = open_folder(state, err);
  if (folder < 0 || make_note(path, upper, note, err) < 0)
    return -1;
  clean(folder);
  cleanup_free char *new_name = xasprintf(".%.*s.new", ID_MAX - 8, id);
  cleanup_close int fd =
      openat(folder, new_name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 || file_write_all(fd, note, strlen(note)) < 0 ||
      renameat(folder, new_name, folder, id) < 0)
    return error_set(err, "cannot note in %s that %s has started: %m", state, id);
  return 0;
}
