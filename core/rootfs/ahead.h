/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading ahead: a thread that goes before a check through the same record and asks the kernel for
 * each file, so that a disk has many to fetch at a time. It costs something where all is in memory
 * already, so it is begun only when a file was found not to be.
 */
#ifndef CORE_ROOTFS_AHEAD_H
#define CORE_ROOTFS_AHEAD_H

#include "common/error.h"

#define AHEAD_BYTES (32UL * 1024 * 1024) /* that it is ahead at most */
#define AHEAD_FILES 512

struct ahead;

/* Both are borrowed until ahead_stop. NULL if there can be no thread: then nobody reads ahead. */
struct ahead *ahead_start(int folder, const char *record);

/* A file of this many bytes has been read, before the thread was begun or since. */
void ahead_done(struct ahead *ahead, uint64_t files, uint64_t bytes);

void ahead_stop(struct ahead *ahead);

#endif
