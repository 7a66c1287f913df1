/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a file that may be compressed: gzip (RFC 1952), zstd (RFC 8878), or neither; its
 * first bytes say which. Several gzip members or zstd frames behind each other are one stream.
 */
#ifndef CORE_IMAGE_INFLATE_H
#define CORE_IMAGE_INFLATE_H

#include "common/error.h"

/* What a zstd frame may want to remember: 2^25 bytes is what the encoders that engines use ask for
   at most; more would be memory that somebody else decides about. */
#define INFLATE_ZSTD_WINDOW_LOG 25

struct inflate;

/* Takes ownership of the descriptor, of a regular file. `name` is for messages; borrowed. NULL on
   failure. */
struct inflate *inflate_open(int fd, const char *name, struct error *err);
void inflate_close(struct inflate *stream);

static inline void cleanup_inflatep(struct inflate **stream)
{
  inflate_close(*stream);
}

#define cleanup_inflate __attribute__((cleanup(cleanup_inflatep)))

/* Reads `length` bytes; fewer (*got) only where the stream ends. A stream that ends in the middle
   of a member or frame, or does not match its check sum, is an error. */
int inflate_read(struct inflate *stream, void *buffer, size_t length, size_t *got,
                 struct error *err);

#endif
