/* SPDX-License-Identifier: Apache-2.0 */
/* Is what is mounted as the container's root file system made of the planned layers, and of nothing
   else? */
#ifndef CORE_ROOTFS_MOUNTED_H
#define CORE_ROOTFS_MOUNTED_H

#include "rootfs/plan.h"

/*
 * `folders` are the opened folders of the plan: its layers', the lowest first, then the init
 * layer's and the upper one's, where there are such. `mountinfo` is /proc/self/mountinfo, or a file
 * written the same.
 */
int mounted_check(const struct plan *plan, const int *folders, const char *mountinfo,
                  struct error *err);

#endif
