/* SPDX-License-Identifier: Apache-2.0 */
/* A PAX extended header (POSIX.1-2017, pax, "pax Extended Header"): records "LENGTH KEY=VALUE\n"
   that say of the next entry what its header has no room for. */
#ifndef CORE_ROOTFS_PAX_H
#define CORE_ROOTFS_PAX_H

#include "rootfs/sparse.h"

#define PAX_RECORDS_MAX 4096

struct pax {
  char *path, *link; /* owned; NULL: not said */
  bool has_size, has_uid, has_gid;
  uint64_t size, uid, gid;
  struct tar_xattr *xattrs; /* owned; SCHILY.xattr.* */
  size_t xattr_count;
  struct sparse sparse; /* GNU.sparse.* */
};

/* Adds what the records say; what is said twice holds as it was said last. */
int pax_parse(const char *bytes, size_t length, struct pax *pax, struct error *err);
void pax_free(struct pax *pax);

#endif
