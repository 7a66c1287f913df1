/* SPDX-License-Identifier: Apache-2.0 */
/* The folder in which verify-rootfs keeps what it wants to know later. Only root can look into it.
 */
#ifndef CORE_ROOTFS_STATE_FOLDER_H
#define CORE_ROOTFS_STATE_FOLDER_H

#include "common/error.h"

#define STATE_FOLDER "/var/lib/container-hooks/verify"

/* STATE/NAME, made with the two folders above it if need be, opened by trust. */
int state_folder_open(const char *state, const char *name, struct error *err);

/* Replaces a small file in it, or makes it: the old bytes or the new ones, never half. -1 with
   errno. */
int state_folder_write(int folder, const char *name, const char *text);

/* Reads a small file in it, "" if there is none; a NUL is put behind. -1 with errno. */
int state_folder_read(int folder, const char *name, char *text, size_t size);

#endif
