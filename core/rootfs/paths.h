/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which paths a layer has, so that what else lies in its folder is found.
 *
 * Not the paths themselves are kept but a sum of each, by a key that is drawn anew for each set:
 * nine bytes a path, and who plants a file cannot give it a name whose sum is that of another.
 */
#ifndef CORE_ROOTFS_PATHS_H
#define CORE_ROOTFS_PATHS_H

#include "common/error.h"

#define PATHS_MAX (1UL << 20) /* of one layer */

enum path_mark {
  PATH_IMPLIED = 1,  /* not listed itself: a folder above what is */
  PATH_LISTED = 2,   /* an entry of its own */
  PATH_WHITEOUT = 4, /* it hides what is below */
  PATH_OPAQUE = 8,   /* a folder that hides what it holds below */
};

struct paths;

struct paths *paths_new(void);
void paths_free(struct paths *paths);

static inline void cleanup_pathsp(struct paths **paths)
{
  paths_free(*paths);
}

#define cleanup_paths __attribute__((cleanup(cleanup_pathsp)))

/* The marks of a path, together; 0: it is not there. A path is relative and clean: "" is the
   layer's root, then "etc", "etc/passwd". */
unsigned paths_marks(const struct paths *paths, const char *path);

/* Adds a mark; and, for the folders above, that they are implied. Fails where there would be too
   many. */
int paths_mark(struct paths *paths, const char *path, enum path_mark mark, struct error *err);

#endif
