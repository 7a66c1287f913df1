/* SPDX-License-Identifier: Apache-2.0 */
/* Opening what lies in a layer's folder, and nothing else: no link is followed on the way or at the
   end, and no mount is crossed (openat2(2)). */
#ifndef CORE_ROOTFS_BENEATH_H
#define CORE_ROOTFS_BENEATH_H

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

/* To read a file or a folder: a FIFO does not block, and the file's access time stays. */
#define BENEATH_READ (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOATIME)

/* Only to name a file of any type, a symbolic link among them. */
#define BENEATH_NAME (O_PATH | O_NOFOLLOW)

/* `path` is relative; "" is the folder itself. Returns a descriptor, owned by the caller and closed
   on exec, or -1 with errno: ENOENT, ELOOP (a link), EXDEV (a mount), … */
int beneath_open(int folder, const char *path, int flags);

/* Does this errno say that a path is not what it should be, rather than that it cannot be read? */
bool beneath_is_difference(int error);

/* "a file", "a folder", "a symbolic link", … */
const char *beneath_type_words(mode_t mode);

#endif
