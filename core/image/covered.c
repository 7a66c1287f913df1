/* SPDX-License-Identifier: Apache-2.0 */
#include "image/covered.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define MOUNTS_MAX 65536

/* Engines write paths without "..", and what runtimes make of "/none/.." is the root. */
static bool goes_up(const char *path)
{
  for (const char *at = path; (at = strstr(at, "..")) != NULL; at += 2)
    if ((at == path || at[-1] == '/') && (at[2] == '\0' || at[2] == '/'))
      return true;
  return false;
}

/* By the image's own links as well. What is not there yet is no root. */
static bool leads_to_root(int root, const char *path)
{
  struct stat found, wanted;
  struct open_how how = {.flags = O_PATH | O_CLOEXEC,
                         .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  cleanup_close int fd =
      (int)syscall(SYS_openat2, root, *path != '\0' ? path : "/", &how, sizeof(how));
  return fd >= 0 && fstat(fd, &found) == 0 && fstat(root, &wanted) == 0 &&
         found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino;
}

static int check_mount(const struct value *mount, int root, struct error *err)
{
  struct value destination;
  const char *path;
  if (value_type(mount, json_type_object, err) < 0 ||
      value_need(mount, "destination", &destination, err) < 0 ||
      value_text(&destination, &path, err) < 0)
    return -1;
  if (!goes_up(path) && path[strspn(path, "/.")] != '\0' && !leads_to_root(root, path))
    return 0;
  return value_error(&destination, err,
                     "is '%.300s': a mount there takes the place of the image, of which nothing "
                     "would run",
                     path);
}

int covered_check(const struct value *spec, const char *rootfs, struct error *err)
{
  struct value mounts;
  size_t count;
  if (!value_find(spec, "mounts", &mounts) || mounts.json == NULL)
    return 0;
  cleanup_close int root = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0)
    return error_set(err, "cannot open %s: %m", rootfs);
  if (value_array(&mounts, MOUNTS_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value mount = value_element(&mounts, i);
    if (check_mount(&mount, root, err) < 0)
      return -1;
  }
  return 0;
}
