/* SPDX-License-Identifier: Apache-2.0 */
/* What a path is in the layers below another one, as overlayfs shows it. */
#ifndef CORE_ROOTFS_BELOW_H
#define CORE_ROOTFS_BELOW_H

#include "rootfs/folders.h"

/*
 * Looks in the lowest `count` folders for what their union shows at a path: a descriptor opened by
 * O_PATH, owned by the caller, its status, with the image's owner, and the index of the folder
 * that it lies in. -1 if the union shows nothing: no layer has it, or a whiteout or an opaque
 * folder hides it.
 */
int below_open(const struct folders *folders, size_t count, const char *path, struct stat *status,
               size_t *index);

/* Only whether there is something. */
bool below_find(const struct folders *folders, size_t count, const char *path, struct stat *status);

#endif
