/* SPDX-License-Identifier: Apache-2.0 */
/* When a layer's bytes are not of its digest: which file is it? */
#ifndef CORE_ROOTFS_CULPRIT_H
#define CORE_ROOTFS_CULPRIT_H

#include "rootfs/layer.h"

/*
 * Compares each file's bytes with the check sum that a tar-split record keeps of it, and reports
 * those that differ. They are good for this only: nobody signed them. Where nothing can be told,
 * nothing is reported.
 */
void culprit_find(struct layer *layer);

#endif
