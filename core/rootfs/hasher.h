/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashing a stream beside the reading of it. A layer's digest is one of all its bytes in their
 * order, which no two threads can share; but one can hash while another reads, unpacks and
 * compares.
 */
#ifndef CORE_ROOTFS_HASHER_H
#define CORE_ROOTFS_HASHER_H

#include "image/hash.h"

struct hasher;

/* With a thread of its own, if that is wanted and can be had. */
struct hasher *hasher_new(bool beside);

void hasher_add(struct hasher *hasher, const void *bytes, size_t length);

/* The digest of all that was added; nothing more is. */
void hasher_end(struct hasher *hasher, struct digest *digest);

void hasher_free(struct hasher *hasher);

#endif
