/* SPDX-License-Identifier: Apache-2.0 */
/* The folders that a root file system is made of, opened. */
#ifndef CORE_ROOTFS_FOLDERS_H
#define CORE_ROOTFS_FOLDERS_H

#include "rootfs/owners.h"
#include "rootfs/plan.h"

struct folders {
  int *fds; /* owned; the layers', the lowest first, the init layer's, the container's own one's */
  size_t count;
  bool has_own;         /* the last one is the container's own */
  struct owners owners; /* of the files in all but the container's own */
  struct owners own;    /* of those in there */
};

/* Opens all of a plan. The way to each must be root's; the folder itself is the image's, and looked
   at as such. On failure, too, folders_close is to be called. */
int folders_open(const struct plan *plan, struct folders *folders, struct error *err);
void folders_close(struct folders *folders);

#define cleanup_folders __attribute__((cleanup(folders_close)))

static inline const struct owners *folders_owners(const struct folders *folders, size_t index)
{
  return folders->has_own && index + 1 == folders->count ? &folders->own : &folders->owners;
}

#endif
