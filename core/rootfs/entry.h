/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of a layer's tar stream, against what lies at its path. */
#ifndef CORE_ROOTFS_ENTRY_H
#define CORE_ROOTFS_ENTRY_H

#include "rootfs/layer.h"

/*
 * Compares all but a file's bytes, and notes the path. For a file, *fd is its descriptor, owned by
 * the caller, of entry->size bytes; -1 if there is no such file, which has been reported. For all
 * else -1.
 */
int entry_compare(struct layer *layer, const struct tar_entry *entry, int *fd, struct error *err);

#endif
