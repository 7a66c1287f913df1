/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/xattr.h"

#include "rootfs/below.h"

#include <limits.h>
#include <linux/limits.h>
#include <sys/xattr.h>

#define CAPABILITY "security.capability"
#define OVERLAY "trusted.overlay."

/* The host's own, which it makes and no image should bring. */
static const char *const host_labels[] = {
    "security.selinux",     "security.SMACK64", "security.SMACK64EXEC", "security.SMACK64TRANSMUTE",
    "security.SMACK64MMAP", "security.ima",     "security.evm",         NULL};

/* Documentation/filesystems/overlayfs.rst: where a copy came from, that there are such below, the
   file system's id. Below other layers overlayfs does not even read them. */
static const char *const overlay_notes[] = {OVERLAY "origin", OVERLAY "impure", OVERLAY "uuid",
                                            NULL};

/* The kernel lets a descriptor of O_PATH read no attributes; by this name it does. It costs more,
   so the descriptor is tried first. */
static void path_of_fd(int fd, char path[32])
{
  snprintf(path, 32, "/proc/self/fd/%d", fd);
}

static ssize_t list(int fd, char *names, size_t size)
{
  char path[32];
  ssize_t length = flistxattr(fd, names, size);
  if (length >= 0 || errno != EBADF)
    return length;
  path_of_fd(fd, path);
  return listxattr(path, names, size);
}

ssize_t xattr_get(int fd, const char *name, void *value, size_t size)
{
  char path[32];
  ssize_t length = fgetxattr(fd, name, value, size);
  if (length >= 0 || errno != EBADF)
    return length;
  path_of_fd(fd, path);
  return getxattr(path, name, value, size);
}

/* --- one attribute ------------------------------------------------------------------------- */

static const struct tar_xattr *find(const struct tar_entry *entry, const char *name)
{
  for (size_t i = 0; i < entry->xattr_count; i++)
    if (text_equal(entry->xattrs[i].name, name))
      return &entry->xattrs[i];
  return NULL;
}

/* Never compared: they are not the image's. */
static bool is_ignored(const char *name)
{
  return text_listed(name, host_labels) || text_listed(name, overlay_notes) ||
         text_equal(name, XATTR_OPAQUE);
}

static int compare_value(struct layer *layer, const struct tar_entry *entry, int fd,
                         const struct tar_xattr *xattr, struct error *err)
{
  cleanup_free char *value = xcalloc(XATTR_SIZE_MAX, 1);
  ssize_t length = xattr_get(fd, xattr->name, value, XATTR_SIZE_MAX);
  if (length < 0)
    return error_set(err, "/%s: cannot read its attribute %s: %m", entry->path, xattr->name);
  if ((size_t)length != xattr->length || memcmp(value, xattr->value, xattr->length) != 0)
    layer_difference(layer, entry->path, "its extended attribute %s is not the image's",
                     xattr->name);
  return 0;
}

/* One that the file has. */
static int compare_present(struct layer *layer, const struct tar_entry *entry, int fd,
                           const char *name, struct error *err)
{
  if (is_ignored(name))
    return 0;
  const struct tar_xattr *xattr = find(entry, name);
  if (xattr == NULL || text_starts(name, OVERLAY)) {
    layer_difference(layer, entry->path, "it has the extended attribute %s, which %s", name,
                     xattr == NULL ? "the image does not give it"
                                   : "no image may give: it is overlayfs's own");
    return 0;
  }
  return compare_value(layer, entry, fd, xattr, err);
}

/* --- all of them --------------------------------------------------------------------------- */

/* The names, each with a NUL; owned by the caller, NULL if there are none. */
static int list_names(const char *path, int fd, char **names, size_t *length, struct error *err)
{
  *names = NULL;
  *length = 0;
  ssize_t needed = list(fd, NULL, 0);
  if (needed == 0 || (needed < 0 && errno == EOPNOTSUPP))
    return 0;
  *names = xcalloc(XATTR_LIST_MAX, 1);
  needed = needed < 0 ? needed : list(fd, *names, XATTR_LIST_MAX);
  if (needed < 0)
    return error_set(err, "/%s: cannot read its extended attributes: %m", path);
  *length = (size_t)needed;
  return 0;
}

static bool is_among(const char *names, size_t length, const char *name)
{
  for (const char *at = names; length > 0 && at < names + length; at += strlen(at) + 1)
    if (text_equal(at, name))
      return true;
  return false;
}

static void expect_all(struct layer *layer, const struct tar_entry *entry, const char *names,
                       size_t length, const struct stat *status)
{
  for (size_t i = 0; i < entry->xattr_count; i++) {
    const char *name = entry->xattrs[i].name;
    if (is_ignored(name) || is_among(names, length, name))
      continue;
    if (text_equal(name, CAPABILITY) && S_ISREG(status->st_mode) && status->st_nlink > 1)
      layer_tolerated(layer, "link-capability", entry->path);
    else if (*entry->path == '\0')
      layer_tolerated(layer, "root-folder", entry->path);
    else
      layer_difference(layer, entry->path, "it lacks the extended attribute %s of the image", name);
  }
}

int xattr_compare(struct layer *layer, const struct tar_entry *entry, int fd,
                  const struct stat *status, struct error *err)
{
  cleanup_free char *names = NULL;
  size_t length;
  if (list_names(entry->path, fd, &names, &length, err) < 0)
    return -1;
  for (const char *name = names; length > 0 && name < names + length; name += strlen(name) + 1)
    if (compare_present(layer, entry, fd, name, err) < 0)
      return -1;
  expect_all(layer, entry, names, length, status);
  return 0;
}

int xattr_expect_none(struct layer *layer, const char *path, int fd, struct error *err)
{
  cleanup_free char *copy = xstrdup(path);
  const struct tar_entry nothing = {.path = copy};
  const struct stat status = {.st_mode = S_IFDIR};
  return xattr_compare(layer, &nothing, fd, &status, err);
}

/* Has the one the same value as the other? */
static bool is_same(int fd, int other, const char *name)
{
  cleanup_free char *values = xcalloc(2, XATTR_SIZE_MAX);
  ssize_t length = xattr_get(fd, name, values, XATTR_SIZE_MAX);
  return length >= 0 && xattr_get(other, name, values + XATTR_SIZE_MAX, XATTR_SIZE_MAX) == length &&
         memcmp(values, values + XATTR_SIZE_MAX, (size_t)length) == 0;
}

int xattr_expect_below(struct layer *layer, const char *path, int fd, struct error *err)
{
  cleanup_free char *names = NULL;
  struct stat status;
  size_t length, index;
  if (list_names(path, fd, &names, &length, err) < 0)
    return -1;
  cleanup_close int below = below_open(layer->folders, layer->index, path, &status, &index);
  for (const char *name = names; length > 0 && name < names + length; name += strlen(name) + 1)
    if (!is_ignored(name) && (below < 0 || text_starts(name, OVERLAY) || !is_same(fd, below, name)))
      layer_difference(layer, path,
                       "it has the extended attribute %s, which the image does not give it", name);
  return 0;
}

/* --- opaque folders ------------------------------------------------------------------------ */

bool xattr_is_opaque(int fd, bool *valid)
{
  char value[2];
  ssize_t length = fgetxattr(fd, XATTR_OPAQUE, value, sizeof(value));
  bool opaque = length == 1 && value[0] == 'y';
  *valid = opaque || (length < 0 && (errno == ENODATA || errno == EOPNOTSUPP));
  return opaque;
}

bool xattr_makes_opaque(const struct tar_entry *entry)
{
  const struct tar_xattr *xattr = find(entry, XATTR_OPAQUE);
  return xattr != NULL && xattr->length == 1 && xattr->value[0] == 'y';
}
