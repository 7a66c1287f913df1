/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/mounted.h"

#include "image/mountinfo.h"
#include "image/place.h"

#include <sys/stat.h>

/* Overlay's folders may be relative to the engine's folder of all layers: HOME/LAYER/diff, in which
   LAYER/fs, l/SHORT, … lie. Owned by the caller. */
static char *absolute(const struct plan *plan, const char *path)
{
  const char *some = plan->upper;
  if (some == NULL)
    some = plan->layer_count > 0 ? plan->layers[0].folder : "/";
  cleanup_free char *home = xstrdup(some);
  *strrchr(home, '/') = '\0';
  char *layer = strrchr(home, '/');
  if (layer == NULL)
    return xstrdup(path);
  *layer = '\0';
  return placed_lower(home, layer + 1, path);
}

static bool is_same(const char *path, int folder)
{
  struct stat mounted, planned;
  return stat(path, &mounted) == 0 && fstat(folder, &planned) == 0 &&
         mounted.st_dev == planned.st_dev && mounted.st_ino == planned.st_ino;
}

static int check_lowers(const struct plan *plan, const int *folders, const struct mount *mount,
                        struct error *err)
{
  size_t count = plan->layer_count + (plan->init != NULL ? 1 : 0);
  if (mount->lower_count != count)
    return error_set(err, "%s is made of %zu layers, not of the %zu that were planned",
                     plan->rootfs, mount->lower_count, count);
  for (size_t i = 0; i < count; i++) {
    cleanup_free char *path = absolute(plan, mount->lowers[count - 1 - i]);
    if (!is_same(path, folders[i]))
      return error_set(err, "%s: another layer is mounted than was planned: %s instead of %s",
                       plan->rootfs, path,
                       i < plan->layer_count ? plan->layers[i].folder : plan->init);
  }
  return 0;
}

static int check_upper(const struct plan *plan, const int *folders, const struct mount *mount,
                       struct error *err)
{
  size_t index = plan->layer_count + (plan->init != NULL ? 1 : 0);
  cleanup_free char *path = mount->upper != NULL ? absolute(plan, mount->upper) : NULL;
  if ((path != NULL) != (plan->upper != NULL) || (path != NULL && !is_same(path, folders[index])))
    return error_set(err, "%s: another layer is mounted as the container's own: %s instead of %s",
                     plan->rootfs, path != NULL ? path : "none",
                     plan->upper != NULL ? plan->upper : "none");
  return 0;
}

int mounted_check(const struct plan *plan, const int *folders, const char *mountinfo,
                  struct error *err)
{
  cleanup_mount struct mount mount;
  if (mountinfo_find(mountinfo, plan->rootfs, &mount, err) < 0)
    return -1;
  if (!text_equal(mount.type, "overlay") || !text_equal(mount.folder, "/"))
    return error_set(err, "%s is no overlay of layers but %s", plan->rootfs, mount.type);
  return check_lowers(plan, folders, &mount, err) < 0 ? -1
                                                      : check_upper(plan, folders, &mount, err);
}
