/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/entry.h"

#include "rootfs/beneath.h"
#include "rootfs/whiteout.h"
#include "rootfs/xattr.h"

#include <limits.h>
#include <sys/sysmacros.h>

#define MODE_BITS 07777
#define ROOT_MODE 0755 /* that engines give at most */

static mode_t type_of(enum tar_type type)
{
  switch (type) {
  case TAR_FILE:
  case TAR_HARD_LINK:
    return S_IFREG;
  case TAR_FOLDER:
    return S_IFDIR;
  case TAR_SYMLINK:
    return S_IFLNK;
  case TAR_CHARACTER_DEVICE:
    return S_IFCHR;
  case TAR_BLOCK_DEVICE:
    return S_IFBLK;
  case TAR_FIFO:
    return S_IFIFO;
  default:
    return 0;
  }
}

/* --- opening --------------------------------------------------------------------------------- */

/* Why something cannot be opened as what it should be. */
static void report_other(struct layer *layer, const char *path, mode_t wanted, int error)
{
  struct stat status;
  cleanup_close int fd = beneath_open(layer_folder(layer), path, BENEATH_NAME);
  if (fd >= 0 && fstat(fd, &status) == 0)
    layer_difference(layer, path, "it is %s, not %s", beneath_type_words(status.st_mode),
                     beneath_type_words(wanted));
  else if (error == EXDEV)
    layer_difference(layer, path, "something is mounted there");
  else if (error == ENOENT)
    layer_difference(layer, path, "it is missing");
  else
    layer_difference(layer, path, "a folder above it is not a folder");
}

/* *fd is -1 where something else is there, which has been reported. */
static int open_as(struct layer *layer, const char *path, mode_t type, int *fd, struct stat *status,
                   struct error *err)
{
  bool read = type == S_IFREG || type == S_IFDIR;
  cleanup_close int opened =
      beneath_open(layer_folder(layer), path, read ? BENEATH_READ : BENEATH_NAME);
  *fd = -1;
  if (opened < 0 && !beneath_is_difference(errno))
    return error_set(err, "cannot open /%s: %m", path);
  if (opened < 0) {
    report_other(layer, path, type, errno);
    return 0;
  }
  if (fstat(opened, status) < 0)
    return error_set(err, "cannot look at /%s: %m", path);
  layer_translate(layer, status);
  if ((status->st_mode & S_IFMT) == type)
    *fd = steal_fd(&opened);
  else
    layer_difference(layer, path, "it is %s, not %s", beneath_type_words(status->st_mode),
                     beneath_type_words(type));
  return 0;
}

/* --- comparing ------------------------------------------------------------------------------- */

/*
 * Engines make the root of a layer themselves and do not look at what the image says of it: root's,
 * 0755; with containers/storage 0555. (Toleration "root-folder".)
 */
static bool is_engines_root(struct layer *layer, const struct tar_entry *entry,
                            const struct stat *status)
{
  mode_t mode = status->st_mode & MODE_BITS;
  if (*entry->path != '\0' || status->st_uid != 0 || status->st_gid != 0 ||
      (mode & ~ROOT_MODE) != 0)
    return false;
  if (mode != entry->mode || entry->uid != 0 || entry->gid != 0)
    layer_tolerated(layer, "root-folder", entry->path);
  return true;
}

static void compare_mode(struct layer *layer, const struct tar_entry *entry, mode_t mode)
{
  mode &= MODE_BITS;
  if (entry->type == TAR_SYMLINK || mode == entry->mode)
    return;
  layer_difference(layer, entry->path, "its mode is %04o, not %04o", (unsigned)mode,
                   (unsigned)entry->mode);
}

static void compare_owner(struct layer *layer, const struct tar_entry *entry,
                          const struct stat *status)
{
  if (status->st_uid == OWNER_NONE || status->st_gid == OWNER_NONE)
    layer_difference(layer, entry->path,
                     "its owner is not among the users and groups that the engine maps");
  else if (status->st_uid != entry->uid || status->st_gid != entry->gid)
    layer_difference(layer, entry->path, "its owner is %u:%u, not %u:%u", status->st_uid,
                     status->st_gid, entry->uid, entry->gid);
}

static int compare_target(struct layer *layer, const struct tar_entry *entry, int fd,
                          struct error *err)
{
  char target[PATH_MAX];
  ssize_t length = readlinkat(fd, "", target, sizeof(target));
  if (length < 0)
    return error_set(err, "cannot read the link /%s: %m", entry->path);
  if ((size_t)length != strlen(entry->link) || memcmp(target, entry->link, (size_t)length) != 0)
    layer_difference(layer, entry->path, "it leads to '%.*s', not '%s'", (int)length, target,
                     entry->link);
  return 0;
}

static void compare_device(struct layer *layer, const struct tar_entry *entry, dev_t device)
{
  if (device != entry->device)
    layer_difference(layer, entry->path, "it is the device %u:%u, not %u:%u", major(device),
                     minor(device), major(entry->device), minor(entry->device));
}

/* What only some types have; *same: a file's bytes can be read. */
static int compare_special(struct layer *layer, const struct tar_entry *entry, int fd,
                           const struct stat *status, bool *same, struct error *err)
{
  *same = true;
  if (entry->type == TAR_SYMLINK)
    return compare_target(layer, entry, fd, err);
  if (entry->type == TAR_CHARACTER_DEVICE || entry->type == TAR_BLOCK_DEVICE)
    compare_device(layer, entry, status->st_rdev);
  if (entry->type != TAR_FILE)
    return 0;
  if (status->st_nlink > 1)
    links_expect(layer->links, status->st_ino, status->st_nlink, entry->path);
  *same = (uint64_t)status->st_size == entry->size;
  if (!*same)
    layer_difference(layer, entry->path, "it has %lld bytes, not %llu", (long long)status->st_size,
                     (unsigned long long)entry->size);
  return 0;
}

/* A further name of a file that the layer has: mode, owner and bytes were compared there. */
static int compare_hard_link(struct layer *layer, const struct tar_entry *entry, struct error *err)
{
  cleanup_close int fd = -1, other = -1;
  struct stat status, other_status;
  if (repeats_have(layer->repeats, entry->link))
    return error_set(err,
                     "/%s: it is a hard link to /%s, which the layer has twice: which of them "
                     "cannot be verified",
                     entry->path, entry->link);
  if (text_equal(entry->path, entry->link) ||
      (paths_marks(layer->paths, entry->link) & PATH_LISTED) == 0)
    return error_set(err, "/%s: it is a hard link to /%s, which the layer has not (yet)",
                     entry->path, entry->link);
  if (open_as(layer, entry->path, S_IFREG, &fd, &status, err) < 0 ||
      open_as(layer, entry->link, S_IFREG, &other, &other_status, err) < 0)
    return -1;
  if (fd < 0 || other < 0)
    return 0;
  if (status.st_ino != other_status.st_ino || status.st_dev != other_status.st_dev)
    layer_difference(layer, entry->path, "it is no hard link to /%s", entry->link);
  links_met(layer->links, status.st_ino);
  return 0;
}

static int compare(struct layer *layer, const struct tar_entry *entry, int *fd, struct error *err)
{
  cleanup_close int opened = -1;
  struct stat status;
  bool same;
  if (open_as(layer, entry->path, type_of(entry->type), &opened, &status, err) < 0)
    return -1;
  if (opened < 0)
    return 0;
  if (!is_engines_root(layer, entry, &status)) {
    compare_mode(layer, entry, status.st_mode);
    compare_owner(layer, entry, &status);
  }
  if (compare_special(layer, entry, opened, &status, &same, err) < 0 ||
      xattr_compare(layer, entry, opened, &status, err) < 0)
    return -1;
  if (entry->type == TAR_FILE && same)
    *fd = steal_fd(&opened);
  return 0;
}

/* The bytes of what was unpacked over are in a blob only. The layer will be read anew. */
static int note_repeat(struct layer *layer, const struct tar_entry *entry, struct error *err)
{
  if (layer->plan->kind == LAYER_BLOB)
    return repeats_add(layer->repeats, entry->path, err);
  return error_set(err, "/%s: the layer has it twice, which can be verified by its blob only",
                   entry->path);
}

static int note_path(struct layer *layer, const struct tar_entry *entry, struct error *err)
{
  if (paths_mark(layer->paths, entry->path, PATH_LISTED, err) < 0)
    return -1;
  return xattr_makes_opaque(entry) ? paths_mark(layer->paths, entry->path, PATH_OPAQUE, err) : 0;
}

int entry_compare(struct layer *layer, const struct tar_entry *entry, int *fd, struct error *err)
{
  *fd = -1;
  if (whiteout_is(entry->path))
    return whiteout_note(layer, entry, err);
  bool superseded = false;
  if (layer->reread && repeats_next(layer->repeats, entry, &superseded, err) < 0)
    return -1;
  if (superseded)
    return 0;
  if ((paths_marks(layer->paths, entry->path) & PATH_LISTED) != 0)
    return note_repeat(layer, entry, err);
  if (note_path(layer, entry, err) < 0)
    return -1;
  return entry->type == TAR_HARD_LINK ? compare_hard_link(layer, entry, err)
                                      : compare(layer, entry, fd, err);
}
