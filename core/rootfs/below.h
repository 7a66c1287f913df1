/* SPDX-License-Identifier: Apache-2.0 */
/* What a path is in the layers below another one, as overlayfs shows it. */
#ifndef CORE_ROOTFS_BELOW_H
#define CORE_ROOTFS_BELOW_H

#include "rootfs/folders.h"

/* Looks in the lowest `count` folders for what their union shows at a path; its owner is the
   image's. False if it shows nothing: no layer has it, or a whiteout or an opaque folder hides it.
 */
bool below_find(const struct folders *folders, size_t count, const char *path, struct stat *status);

#endif
