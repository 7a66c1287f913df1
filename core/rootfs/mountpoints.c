/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/mountpoints.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

/* The path in the root file system that a destination leads to, or "" if nothing is there. */
static void resolve(int root, const char *destination, char resolved[PATH_MAX])
{
  char name[32], base[PATH_MAX] = "", path[PATH_MAX] = "";
  struct open_how how = {.flags = O_PATH | O_CLOEXEC,
                         .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  cleanup_close int fd = (int)syscall(SYS_openat2, root, destination, &how, sizeof(how));
  *resolved = '\0';
  snprintf(name, sizeof(name), "/proc/self/fd/%d", root);
  ssize_t base_length = readlink(name, base, sizeof(base) - 1);
  snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
  ssize_t length = fd >= 0 ? readlink(name, path, sizeof(path) - 1) : -1;
  if (base_length <= 0 || length <= base_length + 1 ||
      memcmp(path, base, (size_t)base_length) != 0 || path[base_length] != '/')
    return;
  path[length] = '\0';
  snprintf(resolved, PATH_MAX, "%s", path + base_length + 1);
}

static int mark_all(const struct value *mounts, int root, struct paths *paths, struct error *err)
{
  size_t count;
  if (value_array(mounts, MOUNTPOINTS_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value mount = value_element(mounts, i), destination;
    char resolved[PATH_MAX];
    const char *text;
    if (value_type(&mount, json_type_object, err) < 0 ||
        value_need(&mount, "destination", &destination, err) < 0 ||
        value_text(&destination, &text, err) < 0)
      return -1;
    resolve(root, text, resolved);
    if (*resolved != '\0' && paths_mark(paths, resolved, PATH_LISTED, err) < 0)
      return -1;
  }
  return 0;
}

int mountpoints_mark(const struct value *config, const char *rootfs, struct paths *paths,
                     struct error *err)
{
  cleanup_close int root = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct value mounts;
  if (root < 0)
    return error_set(err, "cannot open %s: %m", rootfs);
  return value_find(config, "mounts", &mounts) ? mark_all(&mounts, root, paths, err) : 0;
}
