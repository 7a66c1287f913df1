/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check has found: a line for each difference between an image and what lies on disk. The
 * layers are checked by several threads, which all write here.
 */
#ifndef CORE_ROOTFS_DIFFERENCES_H
#define CORE_ROOTFS_DIFFERENCES_H

#include "common/error.h"

struct differences;

/* Keeps at most `max` differences; those who look for them may stop when it is full. */
struct differences *differences_new(size_t max);
void differences_free(struct differences *found);

static inline void cleanup_differencesp(struct differences **found)
{
  differences_free(*found);
}

#define cleanup_differences __attribute__((cleanup(cleanup_differencesp)))

/* "WHERE: /PATH: …"; `path` is relative to the container's root, as in a layer; NULL: the
   difference is of no path. */
void differences_add(struct differences *found, const char *where, const char *path,
                     const char *format, ...) PRINTF_LIKE(4, 5);

/*
 * Something that differs but is let pass, because an engine is known to do it. `name` is the
 * toleration's, the same as in verify-rootfs(8). Goes to the log, the first ones of each name.
 */
void differences_tolerate(struct differences *found, const char *name, const char *where,
                          const char *path);

/* Moves all differences of the other list to the end; those that have no place are lost. No thread
   writes to the other. */
void differences_move(struct differences *found, struct differences *other);

size_t differences_max(const struct differences *found);
size_t differences_count(const struct differences *found);
bool differences_are_full(struct differences *found);

/* A difference, without line end; borrowed. When no thread writes any more. */
const char *differences_line(const struct differences *found, size_t index);

#endif
