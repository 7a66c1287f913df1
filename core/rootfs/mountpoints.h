/* SPDX-License-Identifier: Apache-2.0 */
/* Where a container has something mounted on a file: the runtime makes an empty one there before it
   calls createRuntime hooks, if the image has none. */
#ifndef CORE_ROOTFS_MOUNTPOINTS_H
#define CORE_ROOTFS_MOUNTPOINTS_H

#include "common/document.h"
#include "rootfs/paths.h"

#define MOUNTPOINTS_MAX 65536

/*
 * Marks the destinations of all mounts in a config.json as listed, links on the way resolved within
 * the root file system, as the runtime resolves them.
 */
int mountpoints_mark(const struct value *config, const char *rootfs, struct paths *paths,
                     struct error *err);

#endif
