/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/started.h"

#include "rootfs/state_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define FOLDER "started"
#define NOTE_MAX (PATH_MAX + 128)
#define ID_MAX 255 /* of a file's name */

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

static int read_note(int folder, const char *id, char note[NOTE_MAX], struct error *err)
{
  if (state_folder_read(folder, id, note, NOTE_MAX) == 0)
    return 0;
  return error_set(err, "cannot read the note that %s has started: %m", id);
}

int started_before(const char *state, const char *id, const char *path, int upper, bool *before,
                   struct error *err)
{
  char expected[NOTE_MAX], found[NOTE_MAX];
  if (check_id(id, err) < 0)
    return -1;
  cleanup_close int folder = state_folder_open(state, FOLDER, err);
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
  cleanup_close int folder = state_folder_open(state, FOLDER, err);
  if (folder < 0 || make_note(path, upper, note, err) < 0)
    return -1;
  clean(folder);
  if (state_folder_write(folder, id, note) < 0)
    return error_set(err, "cannot note in %s that %s has started: %m", state, id);
  return 0;
}
