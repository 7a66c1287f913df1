/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths that a layer lists more than once. Of such, the last entry holds: containerd unpacks them
 * in turn, one over the other. docker and containers/storage unpack no such layer at all.
 */
#ifndef CORE_ROOTFS_REPEATS_H
#define CORE_ROOTFS_REPEATS_H

#include "common/error.h"
#include "rootfs/tar.h"

#define REPEATS_MAX 1024 /* paths */

struct repeats;

struct repeats *repeats_new(void);
void repeats_free(struct repeats *repeats);

/* A path was listed once more. */
int repeats_add(struct repeats *repeats, const char *path, struct error *err);

bool repeats_are_none(const struct repeats *repeats);
bool repeats_have(const struct repeats *repeats, const char *path);

/*
 * When the layer is read anew: does a later entry of the same path take this one's place? Fails
 * where what is left of both would have to be known: a folder in place of what is none or the
 * reverse, or a folder's attributes.
 */
int repeats_next(struct repeats *repeats, const struct tar_entry *entry, bool *superseded,
                 struct error *err);

#endif
