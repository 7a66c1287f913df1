/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a file is: the numbers on disk and those that the image gives. They differ where an engine
 * keeps the files of a user namespace: docker with userns-remap adds the same to all of them,
 * podman maps what a container writes as its config.json says.
 */
#ifndef CORE_ROOTFS_OWNERS_H
#define CORE_ROOTFS_OWNERS_H

#include "common/document.h"

#include <sys/stat.h>

#define OWNERS_RANGES_MAX 340 /* the kernel takes no more (user_namespaces(7)) */
#define OWNER_NONE UINT32_MAX /* no user, no group: the kernel's own -1 */

/* `count` numbers, from these on. */
struct owner_range {
  uint32_t image, disk, count;
};

/* No range: they are the same. */
struct owner_map {
  struct owner_range ranges[OWNERS_RANGES_MAX];
  size_t count;
};

struct owners {
  struct owner_map users, groups;
};

/* Users and groups from 0 on are those from `uid` and `gid` on. */
void owners_shift(struct owners *owners, uint32_t uid, uint32_t gid);

/* linux.uidMappings and linux.gidMappings of a config.json; without them all are the same. */
int owners_read(const struct value *config, struct owners *owners, struct error *err);

/* Turns the owner of what lies on disk into the image's; one that the image cannot name becomes
   OWNER_NONE. */
void owners_translate(const struct owners *owners, struct stat *status);

#endif
