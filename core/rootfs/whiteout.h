/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a layer takes away from those below it (OCI image spec, layer.md "Whiteouts"), and how
 * overlayfs says the same on disk:
 *
 *     a/.wh.b           a/b is a character device 0:0
 *     a/.wh..wh..opq    a has the extended attribute trusted.overlay.opaque = "y"
 */
#ifndef CORE_ROOTFS_WHITEOUT_H
#define CORE_ROOTFS_WHITEOUT_H

#include "rootfs/layer.h"

/* Does the path name a whiteout? */
bool whiteout_is(const char *path);

/* Notes what is to be hidden. */
int whiteout_note(struct layer *layer, const struct tar_entry *entry, struct error *err);

/* When all entries were seen: is all that was noted hidden? What the layer both takes away and
   brings anew is there, as the engines unpack it. */
int whiteout_check(struct layer *layer, struct error *err);

#endif
