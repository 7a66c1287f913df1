/* SPDX-License-Identifier: Apache-2.0 */
/* One block of 512 bytes, the header of an entry: between tar.c, which puts entries together, and
   tar_header.c, which knows where in it what stands. */
#ifndef CORE_ROOTFS_TAR_HEADER_H
#define CORE_ROOTFS_TAR_HEADER_H

#include "rootfs/tar.h"

struct tar_header {
  char type;      /* the type flag as it stands */
  char name[257]; /* prefix and name */
  char link[101];
  uint64_t mode, uid, gid, size, device_major, device_minor;
};

bool tar_header_is_zero(const unsigned char block[TAR_BLOCK]);

int tar_header_parse(const unsigned char block[TAR_BLOCK], struct tar_header *header,
                     struct error *err);

#endif
