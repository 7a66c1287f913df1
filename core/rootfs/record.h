/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a tar-split record (image/tarsplit.h) of a layer that comes as a blob: so that the next
 * check needs to unpack nothing. It holds no check sums of files.
 */
#ifndef CORE_ROOTFS_RECORD_H
#define CORE_ROOTFS_RECORD_H

#include "common/error.h"

struct record;

/* Takes ownership of a descriptor that is open for writing. */
struct record *record_new(int fd);

/* Bytes of the tar stream that are not a file's; then where a file's bytes are. What cannot be
   written is said at the end. */
void record_add(struct record *record, const void *bytes, size_t length);
void record_add_file(struct record *record, const char *path, uint64_t size);

/* It is worth nothing. */
void record_spoil(struct record *record);

/* Ends the record and frees it: 0 if all was written. */
int record_end(struct record *record);

#endif
