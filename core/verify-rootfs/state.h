/* SPDX-License-Identifier: Apache-2.0 */
/* The container's state, as a runtime gives it to hooks on their standard input (OCI runtime spec,
   runtime.md "State"). */
#ifndef CORE_VERIFY_ROOTFS_STATE_H
#define CORE_VERIFY_ROOTFS_STATE_H

#include "common/error.h"

#define STATE_SIZE_MAX (4UL * 1024 * 1024) /* it has the annotations, which are in config.json */

/* Reads the state from a descriptor to its end, and compares it with what was planned. */
int state_check(int fd, const char *id, const char *bundle, struct error *err);

#endif
