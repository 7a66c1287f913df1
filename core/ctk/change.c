/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/change.h"

#include "common/file.h"
#include "ctk/command.h"
#include "ctk/text/diff.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define NEW_MODE 0644
#define FOLDER_MODE 0755

/* --- reading ------------------------------------------------------------------------------- */

/* A link that leads nowhere is something: whoever made it meant a file. */
static int read_nothing(const char *path, struct error *err)
{
  struct stat status;
  ctk_note("looking for %s: there is none", path);
  if (lstat(path, &status) < 0)
    return 0;
  return error_set(err,
                   "%s is a symbolic link that leads nowhere: make the file behind it, or "
                   "remove the link",
                   path);
}

int change_read(const char *path, char **text, struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t length;
  *text = NULL;
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  if (fd < 0 && errno == ENOENT)
    return read_nothing(path, err);
  ctk_note("reading %s", path);
  if (fd < 0)
    return ctk_cannot("read", path, err);
  if (file_read(fd, path, CHANGE_SIZE_MAX, &bytes, &length, err) < 0)
    return -1;
  if (strlen(bytes) != length)
    return error_set(err, "%s is no text: it holds a NUL byte", path);
  *text = steal_pointer(&bytes);
  return 0;
}

int change_read_link(const char *path, char **target, struct error *err)
{
  char text[PATH_MAX];
  *target = NULL;
  ssize_t length = readlink(path, text, sizeof(text) - 1);
  if (length < 0 && errno == ENOENT)
    return 0;
  if (length < 0 && errno == EINVAL)
    return error_set(err, "%s is there already and is no symbolic link", path);
  if (length < 0)
    return ctk_cannot("read", path, err);
  *target = xstrndup(text, (size_t)length);
  return 0;
}

static int read_present(const struct change *change, char **text, struct error *err)
{
  return change->link ? change_read_link(change->path, text, err)
                      : change_read(change->path, text, err);
}

/* --- the list ------------------------------------------------------------------------------ */

static void free_texts(const struct change *change)
{
  free(change->path);
  free(change->before);
  free(change->after);
}

void changes_append(struct changes *changes, struct change change)
{
  if (change_same(change.before, change.after)) {
    free_texts(&change);
    return;
  }
  changes->list = xrealloc_array(changes->list, changes->count + 1, sizeof(change));
  changes->list[changes->count++] = change;
}

int changes_add(struct changes *changes, const char *path, char *after, struct error *err)
{
  char *before;
  if (change_read(path, &before, err) < 0) {
    free(after);
    return -1;
  }
  changes_append(changes, (struct change){.path = xstrdup(path), .before = before, .after = after});
  return 0;
}

void changes_move(struct changes *changes, struct changes *more)
{
  for (size_t i = 0; i < more->count; i++)
    changes_append(changes, more->list[i]);
  free(more->list);
  *more = (struct changes){.count = 0};
}

void changes_free(struct changes *changes)
{
  for (size_t i = 0; i < changes->count; i++)
    free_texts(&changes->list[i]);
  free(changes->list);
  *changes = (struct changes){.count = 0};
}

/* --- showing ------------------------------------------------------------------------------- */

static char *link_line(const char *target)
{
  return target != NULL ? xasprintf("symbolic link to %s\n", target) : NULL;
}

static void print_link(const struct change *change, FILE *out, bool coloured)
{
  cleanup_free char *before = link_line(change->before);
  cleanup_free char *after = link_line(change->after);
  text_diff(out, change->path, before, change->path, after, coloured);
}

void changes_print(const struct changes *changes, FILE *out, bool coloured)
{
  for (size_t i = 0; i < changes->count; i++) {
    const struct change *change = &changes->list[i];
    if (change->link)
      print_link(change, out, coloured);
    else if (!change->hidden)
      text_diff(out, change->path, change->before, change->path, change->after, coloured);
  }
}

/* --- making one ---------------------------------------------------------------------------- */

/* Where a change takes place. */
struct place {
  char *file;     /* the file behind all links; owned */
  char *name;     /* its name in its folder; borrowed from `file` */
  int folder;     /* owned; locked, so that two of us do not write at once */
  int temporary;  /* owned; the folder in which the new file is made */
  char *prepared; /* the new file's name until it is renamed; owned */
  bool is_there;  /* the file; its status is */
  struct stat status;
};

static void leave(struct place *place)
{
  int saved = errno;
  if (place->temporary >= 0)
    close(place->temporary);
  if (place->folder >= 0)
    close(place->folder);
  free(place->file);
  free(place->prepared);
  errno = saved;
}

#define cleanup_place __attribute__((cleanup(leave)))

/* mkdir -p */
static int make_folders(const char *path, struct error *err)
{
  cleanup_free char *folder = xstrdup(path);
  for (char *slash = folder; slash != NULL; slash = strchr(slash + 1, '/')) {
    if (slash == folder)
      continue;
    *slash = '\0';
    if (access(folder, F_OK) < 0 && mkdir(folder, FOLDER_MODE) < 0 && errno != EEXIST)
      return ctk_cannot("make the folder", folder, err);
    *slash = '/';
  }
  return 0;
}

static int open_folder(const char *path, struct error *err)
{
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return fd >= 0 ? fd : ctk_cannot("open the folder", path, err);
}

static int go_to(const struct change *change, struct place *place, struct error *err)
{
  *place = (struct place){.folder = -1, .temporary = -1};
  if (make_folders(change->path, err) < 0)
    return -1;
  place->file = change->link ? NULL : realpath(change->path, NULL);
  if (place->file == NULL && !change->link && errno != ENOENT)
    return ctk_cannot("find", change->path, err);
  if (place->file == NULL)
    place->file = xstrdup(change->path);

  cleanup_free char *for_dirname = xstrdup(place->file);
  const char *folder = dirname(for_dirname);
  const char *slash = strrchr(place->file, '/');
  place->name = place->file + (slash != NULL ? slash + 1 - place->file : 0);
  place->prepared = xasprintf(".%s.ctk-new", place->name);
  if ((place->folder = open_folder(folder, err)) < 0)
    return -1;
  while (flock(place->folder, LOCK_EX) < 0 && errno == EINTR)
    continue;
  const char *temporary = change->temporary_folder != NULL ? change->temporary_folder : folder;
  if ((place->temporary = open_folder(temporary, err)) < 0)
    return -1;
  place->is_there = fstatat(place->folder, place->name, &place->status, AT_SYMLINK_NOFOLLOW) == 0;
  return 0;
}

/* Labels of the security modules and access lists are no part of the mode. A new file gets what its
   folder gives it, wherever it is made. */
static int copy_attributes(const struct place *place, int fd)
{
  static const char *const names[] = {"security.selinux", "system.posix_acl_access"};
  char value[4096];
  for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
    bool from_folder = !place->is_there && i == 0;
    ssize_t size = place->is_there ? getxattr(place->file, names[i], value, sizeof(value))
                   : from_folder   ? fgetxattr(place->folder, names[i], value, sizeof(value))
                                   : -1;
    if (size > 0 && fsetxattr(fd, names[i], value, (size_t)size, 0) < 0 && place->is_there)
      return -1;
  }
  return 0;
}

static int prepare_file(const struct change *change, const struct place *place, const char *text)
{
  struct stat new;
  const struct stat *old = &place->status;
  cleanup_close int fd =
      openat(place->temporary, place->prepared,
             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0 || file_write_all(fd, text, strlen(text)) < 0 || fstat(fd, &new) < 0)
    return -1;
  mode_t new_mode = change->mode != 0 ? change->mode : NEW_MODE;
  bool same_owner = !place->is_there || (old->st_uid == new.st_uid && old->st_gid == new.st_gid);
  if ((!same_owner && fchown(fd, old->st_uid, old->st_gid) < 0) ||
      fchmod(fd, place->is_there ? old->st_mode & 07777 : new_mode) < 0 ||
      copy_attributes(place, fd) < 0 || fsync(fd) < 0)
    return -1;
  return close(steal_fd(&fd));
}

/* What a killed run left behind is in the way of nobody but us. */
static int prepare(const struct change *change, const struct place *place, const char *text)
{
  unlinkat(place->temporary, place->prepared, 0);
  if (change->link)
    return symlinkat(text, place->temporary, place->prepared);
  return prepare_file(change, place, text);
}

static int replace(const struct change *change, const struct place *place, const char *text,
                   struct error *err)
{
  if (prepare(change, place, text) < 0 ||
      renameat(place->temporary, place->prepared, place->folder, place->name) < 0) {
    ctk_cannot("write", change->path, err);
    unlinkat(place->temporary, place->prepared, 0);
    return -1;
  }
  return 0;
}

static int is_as_expected(const struct change *change, const char *expected, struct error *err)
{
  cleanup_free char *present = NULL;
  if (read_present(change, &present, err) < 0)
    return -1;
  if (change_same(present, expected))
    return 0;
  return error_set(err, "%s was changed by somebody else meanwhile: run this again", change->path);
}

static int make(const struct change *change, const char *from, const char *to, struct error *err)
{
  cleanup_place struct place place;
  if (go_to(change, &place, err) < 0 || is_as_expected(change, from, err) < 0)
    return -1;
  if (to == NULL && unlinkat(place.folder, place.name, 0) < 0 && errno != ENOENT)
    return ctk_cannot("remove", change->path, err);
  if (to != NULL && replace(change, &place, to, err) < 0)
    return -1;
  ctk_note("%s %s", to != NULL ? "wrote" : "removed", place.file);
  fsync(place.folder); /* some file systems cannot; nothing is lost but the order */
  return 0;
}

/* --- making all ---------------------------------------------------------------------------- */

static void take_back(const struct changes *changes, size_t count, struct error *err)
{
  while (count-- > 0) {
    const struct change *change = &changes->list[count];
    struct error cause;
    if (make(change, change->after, change->before, &cause) < 0)
      error_append(err, "; and %s could not be given back its old text: %s", change->path,
                   cause.text);
  }
}

int changes_make(const struct changes *changes, struct error *err)
{
  for (size_t i = 0; i < changes->count; i++) {
    const struct change *change = &changes->list[i];
    if (make(change, change->before, change->after, err) < 0) {
      take_back(changes, i, err);
      return -1;
    }
  }
  return 0;
}
