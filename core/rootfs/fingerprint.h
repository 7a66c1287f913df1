/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that the kernel says of a folder without reading a file's bytes: paths, inodes, modes,
 * owners, sizes, times. The time of the last change cannot be set by a program, so what has the
 * same fingerprint as before has not been written to since; but for somebody who sets the clock or
 * writes to the disk itself, which only root can.
 */
#ifndef CORE_ROOTFS_FINGERPRINT_H
#define CORE_ROOTFS_FINGERPRINT_H

#include "image/hash.h"

#include <time.h>

/* *newest: when any of it last changed. */
int fingerprint_take(int folder, struct digest *fingerprint, struct timespec *newest,
                     struct error *err);

#endif
