/* SPDX-License-Identifier: Apache-2.0 */
#include "image/place.h"

#include "common/trust.h"

#include <sys/stat.h>

/* Cuts "/NAME" off the end of a path; returns NAME, which stays behind it; "" if there is none. */
static char *cut_last(char *path)
{
  char *slash = strrchr(path, '/');
  if (slash == NULL)
    return path + strlen(path);
  *slash = '\0';
  return slash + 1;
}

static int place(struct placed *placed, enum image_engine engine, const char *root,
                 const char *home, const char *layer)
{
  placed->engine = engine;
  placed->root = xstrdup(root);
  placed->home = xstrdup(home);
  placed->layer = xstrdup(layer);
  return 0;
}

static void say_unknown(const char *upper, struct error *err)
{
  if (strstr(upper, "stargz") != NULL || strstr(upper, "nydus") != NULL)
    error_set(err,
              "%s is of a snapshotter that fetches files when they are read: it cannot be "
              "verified",
              upper);
  else
    error_set(err,
              "%s is not where docker's overlay2, containers/storage's overlay or "
              "containerd's overlayfs keep what a container writes: no known engine or storage",
              upper);
}

/* ROOT/io.containerd.snapshotter.v1.overlayfs/snapshots/NUMBER/fs, of which `home` is the part up
   to "snapshots". */
static int place_snapshot(const char *upper, const char *home, const char *number,
                          struct placed *placed, struct error *err)
{
  static const char prefix[] = "io.containerd.snapshotter.v1.";
  cleanup_free char *root = xstrdup(home);
  const char *snapshots = cut_last(root), *snapshotter = cut_last(root);
  bool known = text_equal(snapshots, "snapshots") && text_starts(snapshotter, prefix);
  const char *name = known ? snapshotter + strlen(prefix) : "";
  if (text_equal(name, "overlayfs"))
    return place(placed, IMAGE_CONTAINERD, root, home, number);
  if (known)
    error_set(err, "%s is of containerd's snapshotter %s: only overlayfs can be verified", upper,
              name);
  else
    say_unknown(upper, err);
  return -1;
}

/* The way of an absolute upperdir. */
static int place_upper(const char *upper, struct placed *placed, struct error *err)
{
  cleanup_free char *home = xstrdup(upper);
  const char *leaf = cut_last(home), *layer = cut_last(home);
  cleanup_free char *root = xstrdup(home);
  const char *driver = cut_last(root);
  if (text_equal(leaf, "fs"))
    return place_snapshot(upper, home, layer, placed, err);
  if (text_equal(leaf, "diff") && text_equal(driver, "overlay2"))
    return place(placed, IMAGE_DOCKER, root, home, layer);
  if (text_equal(leaf, "diff") && text_equal(driver, "overlay"))
    return place(placed, IMAGE_STORAGE, root, home, layer);
  say_unknown(upper, err);
  return -1;
}

static bool is_folder(const char *path)
{
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/*
 * With many layers the paths of an overlay are relative to the folder of the engine's layers, to
 * make them short. It is the one beside which the overlay is mounted; where it is mounted elsewhere
 * (buildah) it is looked for below the data roots. Owned by the caller; NULL: none, or several.
 */
static char *absolute_upper(const char *upper, const char *rootfs, const char *const *roots)
{
  static const char *const drivers[] = {"overlay2", "overlay"};
  cleanup_free char *home = xstrdup(rootfs), *layer = xstrdup(upper), *found = NULL;
  cut_last(layer);
  if (text_equal(cut_last(home), "merged") && text_equal(cut_last(home), layer))
    return xasprintf("%s/%s", home, upper);
  for (size_t count = 0; *roots != NULL; roots++) {
    cleanup_free char *root = realpath(*roots, NULL);
    for (size_t i = 0; root != NULL && i < ARRAY_LENGTH(drivers); i++) {
      cleanup_free char *path = xasprintf("%s/%s/%s", root, drivers[i], upper);
      if (!is_folder(path) || (found != NULL && text_equal(path, found)))
        continue;
      if (++count > 1)
        return NULL;
      found = steal_pointer(&path);
    }
  }
  return steal_pointer(&found);
}

/* Up to `end`; nothing but digits, and less than -1, which is nobody's number. */
static bool read_number(const char *text, char end, const char **rest, uint32_t *number)
{
  uint64_t value = 0;
  size_t length = strspn(text, "0123456789");
  if (length == 0 || length > strlen("4294967295") || text[length] != end)
    return false;
  for (size_t i = 0; i < length; i++)
    value = value * 10 + (uint64_t)(text[i] - '0');
  *rest = text + length + 1;
  *number = (uint32_t)value;
  return value < UINT32_MAX;
}

bool placed_is_remapped(const char *root, uint32_t *uid, uint32_t *gid)
{
  const char *slash = strrchr(root, '/'), *rest;
  if (slash != NULL && read_number(slash + 1, '.', &rest, uid) &&
      read_number(rest, '\0', &rest, gid))
    return true;
  *uid = *gid = 0;
  return false;
}

char *placed_lower(const char *home, const char *layer, const char *lower)
{
  cleanup_free char *mapped = xasprintf("%s/%s/mapped/", home, layer);
  if (text_starts(lower, mapped)) {
    const char *rest = lower + strlen(mapped);
    rest += strspn(rest, "0123456789");
    if (text_starts(rest, "/l/"))
      return xasprintf("%s%s", home, rest);
  }
  return lower[0] == '/' ? xstrdup(lower) : xasprintf("%s/%s", home, lower);
}

static int check_root(const struct placed *placed, const char *const *roots, struct error *err)
{
  cleanup_free char *above = xstrdup(placed->root);
  uint32_t uid, gid;
  bool remapped = placed->engine == IMAGE_DOCKER && placed_is_remapped(above, &uid, &gid);
  cut_last(above);
  struct error unresolved = {.text = ""};
  for (; *roots != NULL; roots++) {
    cleanup_free char *root = realpath(*roots, NULL);
    if (root != NULL && (text_equal(root, placed->root) || (remapped && text_equal(root, above))))
      return 0;
    if (root == NULL && errno != ENOENT)
      error_append(&unresolved, "; cannot resolve %s: %m", *roots);
  }
  return error_set(err, "%s, of %s, is not among the engines' data roots that are believed%s",
                   placed->root, image_engine_name(placed->engine), unresolved.text);
}

int placed_find(const char *rootfs, const char *upper, const char *const *roots,
                struct placed *placed, struct error *err)
{
  *placed = (struct placed){.root = NULL};
  cleanup_free char *absolute =
      upper[0] == '/' ? xstrdup(upper) : absolute_upper(upper, rootfs, roots);
  if (absolute == NULL)
    return error_set(err,
                     "the overlay at %s has the relative upperdir %s, which is below none, or "
                     "several, of the data roots that are believed",
                     rootfs, upper);
  cleanup_free char *resolved = realpath(absolute, NULL);
  if (resolved == NULL)
    return error_set(err, "cannot resolve %s: %m", absolute);
  if (place_upper(resolved, placed, err) < 0 || check_root(placed, roots, err) < 0)
    return -1;
  cleanup_close int home = trust_open_folder(placed->home, err);
  return home < 0 ? -1 : 0;
}

void placed_free(struct placed *placed)
{
  int saved = errno;
  free(placed->root);
  free(placed->home);
  free(placed->layer);
  errno = saved;
}
