/* SPDX-License-Identifier: Apache-2.0 */
/* What is mounted at a place, by the kernel's word (proc(5), "/proc/PID/mountinfo"). */
#ifndef CORE_IMAGE_MOUNTINFO_H
#define CORE_IMAGE_MOUNTINFO_H

#include "common/error.h"

#include <sys/types.h>

#define MOUNTINFO_SIZE_MAX (32UL * 1024 * 1024) /* bytes: 100,000 mounts do not fill it */
#define MOUNT_LOWERS_MAX 1024                   /* overlay takes 500 */

/* All owned. Overlay's folders are as they were given when it was mounted: perhaps relative. */
struct mount {
  dev_t device;
  char *type;    /* "overlay" */
  char *folder;  /* of the file system, that is seen there: "/" for all of it */
  char *upper;   /* overlay's upperdir; NULL: it has none */
  char **lowers; /* overlay's lowerdirs, the topmost first */
  size_t lower_count;
};

/*
 * `point` is absolute and free of links; `path` is /proc/self/mountinfo, or a file that is written
 * the same. -1 with errno ENOENT if nothing is mounted just there. Where a mount was propagated to
 * a place below another one (shared mounts) it is listed twice, which is fine; two different ones
 * are an error.
 */
int mountinfo_find(const char *path, const char *point, struct mount *mount, struct error *err);

void mount_free(struct mount *mount);

#define cleanup_mount __attribute__((cleanup(mount_free)))

#endif
