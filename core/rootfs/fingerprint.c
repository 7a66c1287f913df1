/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/fingerprint.h"

#include "rootfs/walk.h"

#include <fcntl.h>
#include <sys/stat.h>

struct taking {
  struct hash *hash; /* owned */
  struct timespec newest;
};

/* What is hashed of each path, behind the path and its NUL. */
struct fields {
  uint64_t device, inode, mode, owner, links, size, device_number;
  int64_t modified, modified_nanoseconds, changed, changed_nanoseconds;
};

static void add(struct taking *taking, const char *path, const struct stat *status)
{
  const struct fields fields = {
      .device = status->st_dev,
      .inode = status->st_ino,
      .mode = status->st_mode,
      .owner = (uint64_t)status->st_uid << 32 | status->st_gid,
      .links = status->st_nlink,
      .size = (uint64_t)status->st_size,
      .device_number = status->st_rdev,
      .modified = status->st_mtim.tv_sec,
      .modified_nanoseconds = status->st_mtim.tv_nsec,
      .changed = status->st_ctim.tv_sec,
      .changed_nanoseconds = status->st_ctim.tv_nsec,
  };
  hash_add(taking->hash, path, strlen(path) + 1);
  hash_add(taking->hash, &fields, sizeof(fields));
  if (status->st_ctim.tv_sec > taking->newest.tv_sec)
    taking->newest = status->st_ctim;
}

/* Folders come as entries of theirs too; only the first one does not. */
static int visit_folder(void *data, const char *path, int fd, struct error *err)
{
  struct stat status;
  if (*path != '\0')
    return 0;
  if (fstat(fd, &status) < 0)
    return error_set(err, "cannot look at the folder: %m");
  add(data, path, &status);
  return 0;
}

static int visit_entry(void *data, const struct walk_entry *entry, bool *enter, struct error *err)
{
  struct stat status;
  (void)enter;
  if (fstatat(entry->folder, entry->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
    return error_set(err, "cannot look at /%s: %m", entry->path);
  add(data, entry->path, &status);
  return 0;
}

int fingerprint_take(int folder, struct digest *fingerprint, struct timespec *newest,
                     struct error *err)
{
  struct taking taking = {.hash = hash_new()};
  const struct walk_visitor visitor = {
      .folder = visit_folder, .entry = visit_entry, .data = &taking, .sorted = true};
  int result = walk(folder, &visitor, err);
  hash_end(taking.hash, fingerprint);
  hash_free(taking.hash);
  *newest = taking.newest;
  return result;
}
