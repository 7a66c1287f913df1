/* SPDX-License-Identifier: Apache-2.0 */
/* What a path is in the layers below another one, as overlayfs shows it. */
#ifndef CORE_ROOTFS_BELOW_H
#define CORE_ROOTFS_BELOW_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Looks in the folders of `count` layers, the lowest first, for what their union shows at a path.
   False if it shows nothing: no layer has it, or a whiteout or an opaque folder hides it. */
bool below_find(const int *folders, size_t count, const char *path, struct stat *status);

#endif
