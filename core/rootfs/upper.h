/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies above the image when a container starts: docker's init layer, which is known exactly,
 * and the container's own layer, which it writes to. At the first start nobody has written there
 * but the engine; `docker cp` into a container that was only created is found so.
 */
#ifndef CORE_ROOTFS_UPPER_H
#define CORE_ROOTFS_UPPER_H

#include "common/error.h"
#include "rootfs/differences.h"
#include "rootfs/folders.h"
#include "rootfs/paths.h"

/* How messages call the folder that the container writes to. */
#define UPPER_WHERE "the container's own layer"

enum upper_rule {
  UPPER_IGNORE,               /* it may hold anything */
  UPPER_EMPTY_ON_FIRST_START, /* nothing but what engines make; later it may hold anything */
  UPPER_NO_SHADOW,            /* nothing that hides or replaces what the image has, no setuid or
                                 setgid file, no capabilities, no /etc/ld.so.preload */
};

/* By its name in configurations: "ignore", "empty-on-first-start", "no-shadow". */
bool upper_rule_parse(const char *name, enum upper_rule *rule);

/* `folders` are those of all layers, the lowest first; the one at `index` is looked at. An empty
   file is fine where the runtime made it to mount something on. (Toleration "mountpoint".) So is
   the user that podman adds to /etc/passwd and /etc/group. (Toleration "container-user".) */
int upper_check_empty(const struct folders *folders, size_t index, struct paths *mountpoints,
                      struct differences *found, struct error *err);
int upper_check_no_shadow(const struct folders *folders, size_t index, struct differences *found,
                          struct error *err);
int upper_check_init(const struct folders *folders, size_t index, struct differences *found,
                     struct error *err);

#endif
