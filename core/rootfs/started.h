/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which containers have started before: a file for each, named by the container's id, that says
 * which folder it writes to. It is gone when the container is.
 */
#ifndef CORE_ROOTFS_STARTED_H
#define CORE_ROOTFS_STARTED_H

#include "common/error.h"

/* `state` is the folder of rootfs/state_folder.h; `upper` is the container's own layer, opened, and
   `path` its path. */
int started_before(const char *state, const char *id, const char *path, int upper, bool *before,
                   struct error *err);
int started_note(const char *state, const char *id, const char *path, int upper, struct error *err);

#endif
