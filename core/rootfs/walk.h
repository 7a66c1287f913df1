/* SPDX-License-Identifier: Apache-2.0 */
/* A layer's folder from top to bottom: what the image does not have should not be there. */
#ifndef CORE_ROOTFS_WALK_H
#define CORE_ROOTFS_WALK_H

#include "common/error.h"

#include <dirent.h>

/* --- any folder ------------------------------------------------------------------------------- */

struct walk_entry {
  const char *path; /* relative to where the walk began; borrowed */
  const char *name; /* its last part */
  int folder;       /* that it lies in; borrowed */
  bool is_folder;   /* and no link to one */
};

/* What to do. Each returns -1 to end the walk. */
struct walk_visitor {
  /* A folder that was opened for reading, before what is in it; the first is "". May be NULL. */
  int (*folder)(void *data, const char *path, int fd, struct error *err);
  /* What is in it, in the order of its bytes if `sorted`. *enter is true for folders; set it to
     false to leave one out. */
  int (*entry)(void *data, const struct walk_entry *entry, bool *enter, struct error *err);
  void *data;
  bool sorted;
};

#define WALK_ENTRIES_MAX (1UL << 21) /* in all */

/* Opens each folder anew from the first one (rootfs/beneath.h), so that neither links nor depth nor
   descriptors matter. */
int walk(int folder, const struct walk_visitor *visitor, struct error *err);

#endif
