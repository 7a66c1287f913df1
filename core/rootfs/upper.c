/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/upper.h"

#include "rootfs/accounts.h"
#include "rootfs/below.h"
#include "rootfs/beneath.h"
#include "rootfs/extra.h"
#include "rootfs/layer.h"
#include "rootfs/walk.h"
#include "rootfs/xattr.h"

#include <sys/sysmacros.h>

#define INIT_WHERE "docker's init layer"
#define MOUNTS "/proc/mounts"
#define PRELOAD "etc/ld.so.preload"

static const char *const rule_names[] = {"ignore", "empty-on-first-start", "no-shadow"};

bool upper_rule_parse(const char *name, enum upper_rule *rule)
{
  for (size_t i = 0; i < ARRAY_LENGTH(rule_names); i++) {
    if (!text_equal(name, rule_names[i]))
      continue;
    *rule = (enum upper_rule)i;
    return true;
  }
  return false;
}

/* --- what both layers have ------------------------------------------------------------------- */

static int look_at(const struct layer *layer, const struct walk_entry *entry, struct stat *status,
                   struct error *err)
{
  if (fstatat(entry->folder, entry->name, status, AT_SYMLINK_NOFOLLOW) < 0)
    return error_set(err, "cannot look at /%s: %m", entry->path);
  layer_translate(layer, status);
  return 0;
}

static bool is_whiteout(const struct stat *status)
{
  return S_ISCHR(status->st_mode) && status->st_rdev == 0;
}

static bool leads_to(const struct walk_entry *entry, const char *target)
{
  char text[64];
  ssize_t length = readlinkat(entry->folder, entry->name, text, sizeof(text));
  return length == (ssize_t)strlen(target) && memcmp(text, target, (size_t)length) == 0;
}

/* Podman makes this link in the container's layer, docker in its init layer. */
static bool is_mtab(const struct walk_entry *entry)
{
  return text_equal(entry->path, "etc/mtab") && leads_to(entry, MOUNTS);
}

/* A folder that an engine made or copied: it adds nothing and hides nothing. */
static int check_folder(void *data, const char *path, int fd, struct error *err)
{
  struct layer *layer = data;
  struct stat status, below;
  bool valid, opaque = xattr_is_opaque(fd, &valid);
  if (fstat(fd, &status) < 0)
    return error_set(err, "cannot look at /%s: %m", path);
  layer_translate(layer, &status);
  bool there = *path != '\0' && below_find(layer->folders, layer->index, path, &below);
  if (opaque || !valid)
    layer_difference(layer, path, "it hides what the image has there (" XATTR_OPAQUE ")");
  else if (there && !S_ISDIR(below.st_mode))
    layer_difference(layer, path, "it replaces %s of the image", beneath_type_words(below.st_mode));
  else if (there && (below.st_mode != status.st_mode || below.st_uid != status.st_uid ||
                     below.st_gid != status.st_gid))
    layer_difference(layer, path, "its mode or owner is %04o %u:%u; the image's is %04o %u:%u",
                     status.st_mode & 07777, status.st_uid, status.st_gid, below.st_mode & 07777,
                     below.st_uid, below.st_gid);
  else if (*path == '\0' && !implied_may_be(layer, path, fd))
    layer_difference(layer, path, "its mode or owner, %04o %u:%u, is not the image's",
                     status.st_mode & 07777, status.st_uid, status.st_gid);
  return xattr_expect_below(layer, path, fd, err);
}

static int walk_layer(const struct folders *folders, size_t index, const char *where,
                      struct paths *mountpoints, struct differences *found,
                      const struct walk_visitor *visitor, struct error *err)
{
  cleanup_free char *name = xstrdup(where);
  struct layer layer = {
      .where = name, .folders = folders, .index = index, .found = found, .paths = mountpoints};
  struct walk_visitor with_layer = *visitor;
  with_layer.data = &layer;
  return walk(folders->fds[index], &with_layer, err) < 0 ? error_wrap(err, "%s", where) : 0;
}

/* --- empty ----------------------------------------------------------------------------------- */

/* Is it what the runtime mounts something on? It has no bytes and replaces nothing. */
static bool is_mountpoint(const struct layer *layer, const char *path, const struct stat *status)
{
  struct stat below;
  return S_ISREG(status->st_mode) && status->st_size == 0 &&
         (status->st_mode & (S_ISUID | S_ISGID)) == 0 && status->st_nlink == 1 &&
         (paths_marks(layer->paths, path) & PATH_LISTED) != 0 &&
         !below_find(layer->folders, layer->index, path, &below);
}

static bool is_accounts(const struct layer *layer, const char *path, const struct stat *status)
{
  return S_ISREG(status->st_mode) && status->st_uid == 0 && status->st_gid == 0 &&
         (status->st_mode & (S_ISUID | S_ISGID | S_IWGRP | S_IWOTH)) == 0 &&
         status->st_nlink == 1 && accounts_are_podmans(layer->folders, layer->index, path);
}

static int visit_empty(void *data, const struct walk_entry *entry, bool *enter, struct error *err)
{
  struct layer *layer = data;
  struct stat status;
  (void)enter;
  if (entry->is_folder || is_mtab(entry))
    return 0;
  if (look_at(layer, entry, &status, err) < 0)
    return -1;
  if (is_mountpoint(layer, entry->path, &status))
    layer_tolerated(layer, "mountpoint", entry->path);
  else if (is_accounts(layer, entry->path, &status))
    layer_tolerated(layer, "container-user", entry->path);
  else if (is_whiteout(&status))
    layer_difference(layer, entry->path, "it was taken away before the container's first start");
  else
    layer_difference(layer, entry->path, "it was put there before the container's first start");
  return differences_are_full(layer->found) ? error_set(err, "enough differs") : 0;
}

int upper_check_empty(const struct folders *folders, size_t index, struct paths *mountpoints,
                      struct differences *found, struct error *err)
{
  const struct walk_visitor visitor = {.folder = check_folder, .entry = visit_empty};
  return walk_layer(folders, index, UPPER_WHERE, mountpoints, found, &visitor, err);
}

/* --- no shadow ------------------------------------------------------------------------------- */

static void expect_no_attribute(struct layer *layer, const char *path, int fd, const char *name)
{
  if (xattr_get(fd, name, NULL, 0) >= 0 || (errno != ENODATA && errno != EOPNOTSUPP))
    layer_difference(layer, path, "it has the extended attribute %s", name);
}

static int visit_shadow_folder(void *data, const char *path, int fd, struct error *err)
{
  struct layer *layer = data;
  struct stat below;
  bool valid, opaque = xattr_is_opaque(fd, &valid);
  bool there = below_find(layer->folders, layer->index, path, &below);
  (void)err;
  if (there && !S_ISDIR(below.st_mode))
    layer_difference(layer, path, "it replaces %s of the image", beneath_type_words(below.st_mode));
  else if (there && (opaque || !valid))
    layer_difference(layer, path, "it hides the image's folder (" XATTR_OPAQUE ")");
  expect_no_attribute(layer, path, fd, "trusted.overlay.redirect");
  return 0;
}

static void check_privileges(struct layer *layer, const struct walk_entry *entry,
                             const struct stat *status)
{
  cleanup_close int fd = beneath_open(layer_folder(layer), entry->path, BENEATH_NAME);
  if (S_ISREG(status->st_mode) && (status->st_mode & (S_ISUID | S_ISGID)) != 0)
    layer_difference(layer, entry->path, "it is setuid or setgid (mode %04o)",
                     status->st_mode & 07777);
  if (fd < 0 || S_ISLNK(status->st_mode))
    return;
  expect_no_attribute(layer, entry->path, fd, "security.capability");
  expect_no_attribute(layer, entry->path, fd, "trusted.overlay.metacopy");
  expect_no_attribute(layer, entry->path, fd, "trusted.overlay.redirect");
}

static int visit_shadow(void *data, const struct walk_entry *entry, bool *enter, struct error *err)
{
  struct layer *layer = data;
  struct stat status, below;
  (void)enter;
  if (entry->is_folder || is_mtab(entry))
    return 0;
  if (look_at(layer, entry, &status, err) < 0)
    return -1;
  if (below_find(layer->folders, layer->index, entry->path, &below))
    layer_difference(layer, entry->path, "it %s %s of the image",
                     is_whiteout(&status) ? "takes away" : "replaces",
                     beneath_type_words(below.st_mode));
  else if (text_equal(entry->path, PRELOAD) && !is_whiteout(&status))
    layer_difference(layer, entry->path, "it makes every program load what it names");
  check_privileges(layer, entry, &status);
  return differences_are_full(layer->found) ? error_set(err, "enough differs") : 0;
}

int upper_check_no_shadow(const struct folders *folders, size_t index, struct differences *found,
                          struct error *err)
{
  const struct walk_visitor visitor = {.folder = visit_shadow_folder, .entry = visit_shadow};
  return walk_layer(folders, index, UPPER_WHERE, NULL, found, &visitor, err);
}

/* --- docker's init layer --------------------------------------------------------------------- */

/* moby: daemon/initlayer/setup_unix.go; "" is an empty file, NULL a folder, else a link's target.
 */
static const struct made {
  const char *path, *target;
} made[] = {
    {".dockerenv", ""},   {"dev", NULL},           {"dev/console", ""},  {"dev/pts", NULL},
    {"dev/shm", NULL},    {"etc", NULL},           {"etc/hostname", ""}, {"etc/hosts", ""},
    {"etc/mtab", MOUNTS}, {"etc/resolv.conf", ""}, {"proc", NULL},       {"sys", NULL},
};

#define MADE_MODE 0755

static const struct made *find_made(const char *path)
{
  for (size_t i = 0; i < ARRAY_LENGTH(made); i++)
    if (text_equal(made[i].path, path))
      return &made[i];
  return NULL;
}

static bool is_as_made(const struct walk_entry *entry, const struct made *as,
                       const struct stat *status)
{
  if (as->target == NULL)
    return S_ISDIR(status->st_mode); /* check_folder looks closer */
  if (*as->target != '\0') /* whose the link is matters to nobody: with userns-remap, the host's */
    return S_ISLNK(status->st_mode) && leads_to(entry, as->target);
  return S_ISREG(status->st_mode) && status->st_uid == 0 && status->st_gid == 0 &&
         status->st_size == 0 && (status->st_mode & 07777) == MADE_MODE && status->st_nlink == 1;
}

static int visit_init(void *data, const struct walk_entry *entry, bool *enter, struct error *err)
{
  struct layer *layer = data;
  struct stat status;
  const struct made *as = find_made(entry->path);
  if (look_at(layer, entry, &status, err) < 0)
    return -1;
  if (as == NULL)
    layer_difference(layer, entry->path, "docker does not make it");
  else if (!is_as_made(entry, as, &status))
    layer_difference(layer, entry->path, "it is not as docker makes it");
  *enter = as != NULL && entry->is_folder;
  if (!entry->is_folder && as != NULL && S_ISREG(status.st_mode)) {
    cleanup_close int fd = beneath_open(layer_folder(layer), entry->path, BENEATH_READ);
    return fd >= 0 ? xattr_expect_none(layer, entry->path, fd, err)
                   : error_set(err, "cannot open /%s: %m", entry->path);
  }
  return differences_are_full(layer->found) ? error_set(err, "enough differs") : 0;
}

int upper_check_init(const struct folders *folders, size_t index, struct differences *found,
                     struct error *err)
{
  const struct walk_visitor visitor = {.folder = check_folder, .entry = visit_init};
  return walk_layer(folders, index, INIT_WHERE, NULL, found, &visitor, err);
}
