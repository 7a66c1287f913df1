/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sparse files in PAX headers (GNU tar manual, "Storing Sparse Files"): only some of a file's bytes
 * are in the stream, the rest are zeros. Where they lie stands in the header (0.0, 0.1) or in front
 * of the bytes (1.0). Read as Go's archive/tar reads them, or not at all.
 */
#ifndef CORE_ROOTFS_SPARSE_H
#define CORE_ROOTFS_SPARSE_H

#include "rootfs/tar.h"

/* What the records GNU.sparse.… say, as it stands; owned; NULL: nothing. */
struct sparse {
  char *major, *minor, *name, *size, *real_size, *count;
  char *map; /* "OFFSET,LENGTH,…", which version 0.0 says in a record for each number */
  size_t pieces;
};

/* A record; `key` is what follows GNU.sparse. */
int sparse_take(struct sparse *sparse, const char *key, const char *value, struct error *err);

/* Is a sparse file said? */
bool sparse_is(const struct sparse *sparse);

/*
 * Fills in the entry's size and fragments; of its `stored` bytes are taken those that 1.0 says the
 * fragments in, which are read from the source.
 */
int sparse_map(const struct sparse *sparse, const struct tar_source *source,
               struct tar_entry *entry, struct error *err);

void sparse_free(struct sparse *sparse);

#endif
