/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/extra.h"

#include "rootfs/below.h"
#include "rootfs/walk.h"
#include "rootfs/xattr.h"

#include <fcntl.h>

#define IMPLIED_MODE 0755

/* --- folders ------------------------------------------------------------------------------- */

static bool is_like_below(const struct layer *layer, const char *path, const struct stat *status)
{
  struct stat below;
  return below_find(layer->folders, layer->index, path, &below) &&
         below.st_mode == status->st_mode && below.st_uid == status->st_uid &&
         below.st_gid == status->st_gid;
}

bool implied_may_be(const struct layer *layer, const char *path, int fd)
{
  struct stat status;
  if (fstat(fd, &status) < 0 || !S_ISDIR(status.st_mode))
    return false;
  layer_translate(layer, &status);
  bool plain =
      status.st_uid == 0 && status.st_gid == 0 && (status.st_mode & 07777 & ~IMPLIED_MODE) == 0;
  return plain || is_like_below(layer, path, &status);
}

static void check_opaque(struct layer *layer, const char *path, int fd, bool wanted)
{
  bool valid, opaque = xattr_is_opaque(fd, &valid);
  if (!valid)
    layer_difference(layer, path, "its mark " XATTR_OPAQUE " is none that overlayfs makes");
  else if (opaque && !wanted)
    layer_difference(layer, path,
                     "it hides what is below it (" XATTR_OPAQUE "), which the image does not say");
  else if (wanted && !opaque)
    layer_difference(layer, path,
                     "it does not hide what is below it (" XATTR_OPAQUE "), as the image says");
}

static int check_implied(struct layer *layer, const char *path, int fd, struct error *err)
{
  if (implied_may_be(layer, path, fd))
    layer_tolerated(layer, "implied-folder", path);
  else
    layer_difference(layer, path,
                     "the image does not list this folder, and its mode or owner is "
                     "neither the usual one nor that of the layer below");
  return xattr_expect_below(layer, path, fd, err);
}

static int visit_folder(void *data, const char *path, int fd, struct error *err)
{
  struct layer *layer = data;
  unsigned marks = paths_marks(layer->paths, path);
  check_opaque(layer, path, fd, (marks & PATH_OPAQUE) != 0);
  return (marks & PATH_LISTED) != 0 ? 0 : check_implied(layer, path, fd, err);
}

/* --- what is in them ----------------------------------------------------------------------- */

/* A tar stream cannot hold a socket. Where BuildKit has run a command, docker takes the folder over
   as it is; nothing of the image may be hidden by what was left behind. */
static bool is_lone_socket(const struct layer *layer, const struct walk_entry *entry)
{
  struct stat status, below;
  return fstatat(entry->folder, entry->name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISSOCK(status.st_mode) && !below_find(layer->folders, layer->index, entry->path, &below);
}

static int visit_entry(void *data, const struct walk_entry *entry, bool *enter, struct error *err)
{
  struct layer *layer = data;
  unsigned marks = paths_marks(layer->paths, entry->path);
  if (differences_are_full(layer->found))
    return error_set(err, "enough differs");
  if (marks == 0) {
    *enter = false;
    if (is_lone_socket(layer, entry))
      layer_tolerated(layer, "socket", entry->path);
    else
      layer_difference(layer, entry->path, "it is not in the image");
  } else if (marks == PATH_WHITEOUT) {
    *enter = false; /* whiteout_check has looked at it */
  } else if ((marks & PATH_LISTED) == 0 && !entry->is_folder) {
    layer_difference(layer, entry->path, "it is not a folder, as the image has it");
  }
  return 0;
}

/* A file of several names, one of which is not in the layer. */
static void check_links(struct layer *layer)
{
  size_t next = 0;
  nlink_t count;
  const char *path;
  while ((path = links_unmet(layer->links, &next, &count)) != NULL)
    layer_difference(layer, path, "it has %lu more hard link%s than the image gives it",
                     (unsigned long)count, count == 1 ? "" : "s");
}

int extra_check(struct layer *layer, struct error *err)
{
  const struct walk_visitor visitor = {.folder = visit_folder, .entry = visit_entry, .data = layer};
  check_links(layer);
  return walk(layer_folder(layer), &visitor, err);
}
