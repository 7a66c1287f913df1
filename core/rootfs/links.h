/* SPDX-License-Identifier: Apache-2.0 */
/* The hard links of a layer's files: has each file as many names as the layer gives it, or one
   outside, by which it can be changed? */
#ifndef CORE_ROOTFS_LINKS_H
#define CORE_ROOTFS_LINKS_H

#include "common/util.h"

#include <sys/types.h>

struct links;

struct links *links_new(void);
void links_free(struct links *links);

/* The inode of `path` has this many names. */
void links_expect(struct links *links, ino_t inode, nlink_t count, const char *path);

/* One more of its names was met. */
void links_met(struct links *links, ino_t inode);

/* The path of a file of which more names (*count) are there than were met; borrowed. NULL: there is
   none. Begin with *next = 0. */
const char *links_unmet(const struct links *links, size_t *next, nlink_t *count);

#endif
