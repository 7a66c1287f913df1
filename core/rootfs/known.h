/* SPDX-License-Identifier: Apache-2.0 */
/* The check of a layer, made quicker by what earlier checks have left (rootfs/cache.h). */
#ifndef CORE_ROOTFS_KNOWN_H
#define CORE_ROOTFS_KNOWN_H

#include "rootfs/cache.h"
#include "rootfs/layer.h"

struct known {
  const struct cache *cache; /* borrowed; NULL: nothing is kept */
  bool believe_fingerprints; /* a layer that was good and has not been written to is good */
};

/* As layer_check. */
int known_check(const struct known *known, const struct layer_task *task, struct error *err);

#endif
