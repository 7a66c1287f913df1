/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in a layer's folder though the image has it not; and what only the folder can tell of
   those that it has: implied folders, opaque ones. */
#ifndef CORE_ROOTFS_EXTRA_H
#define CORE_ROOTFS_EXTRA_H

#include "rootfs/layer.h"

/* When all entries were seen. */
int extra_check(struct layer *layer, struct error *err);

/*
 * May the folder at a path of the layer, opened, look so though no tar stream lists it? Only if it
 * is root's and writable by root only, as engines make it; or as the nearest of the layers below
 * has it, whose folder containerd copies. (Toleration "implied-folder".)
 */
bool implied_may_be(const struct layer *layer, const char *path, int fd);

#endif
