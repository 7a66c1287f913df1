/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /etc/passwd and /etc/group in a container's own layer: podman adds the container's user to them
 * (`podman run --user 1234`), in files of its own or behind what the image has.
 */
#ifndef CORE_ROOTFS_ACCOUNTS_H
#define CORE_ROOTFS_ACCOUNTS_H

#include "rootfs/folders.h"

#define ACCOUNTS_SIZE_MAX (1UL * 1024 * 1024)
#define ACCOUNTS_ADDED_MAX 8 /* lines */

/*
 * Is the file at `path` of the layer at `index` that of the layers below, with nothing but such
 * lines behind it: a user or group that is not 0 and none of those there, without a password that
 * lets anybody in?
 */
bool accounts_are_podmans(const struct folders *folders, size_t index, const char *path);

#endif
