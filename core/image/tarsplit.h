/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tar-split record (github.com/vbatts/tar-split, tar/storage/entry.go): all of a tar stream but
 * the bytes of its files, as lines of JSON, compressed by gzip.
 *
 *     {"type":2,"payload":"BASE64","position":0}                           bytes of the stream
 *     {"type":1,"name":"etc/passwd","size":9,"payload":"CRC64","position":1}  a file's bytes here
 *
 * It need not be believed: the stream that is made with it is of the layer's digest, or it is not.
 */
#ifndef CORE_IMAGE_TARSPLIT_H
#define CORE_IMAGE_TARSPLIT_H

#include "image/inflate.h"

#define TARSPLIT_LINE_MAX (4UL * 1024 * 1024) /* bytes; a segment has up to 1 MiB, in base64 */
#define TARSPLIT_NAME_MAX (64UL * 1024)
#define TARSPLIT_LINES_MAX 4000000 /* a layer has at most 2^20 paths */

struct tarsplit;

/* The stream is borrowed until tarsplit_free. `name` is for messages; borrowed. */
struct tarsplit *tarsplit_new(struct inflate *stream, const char *name);
void tarsplit_free(struct tarsplit *record);

static inline void cleanup_tarsplitp(struct tarsplit **record)
{
  tarsplit_free(*record);
}

#define cleanup_tarsplit __attribute__((cleanup(cleanup_tarsplitp)))

/* Reads bytes of the stream, fewer than `length` only at its end. Fails where a file's bytes come
   first: the record then is not of a tar stream. */
int tarsplit_read(struct tarsplit *record, void *buffer, size_t length, size_t *got,
                  struct error *err);

/* Passes over the file that is next and must be of `size` bytes (more than 0). */
int tarsplit_file(struct tarsplit *record, uint64_t size, struct error *err);

/* A file of the record, for those who look at files only. */
struct tarsplit_file {
  const char *name; /* as it stands in the tar stream; borrowed until the next call */
  uint64_t size;
  bool has_sum;
  uint64_t sum; /* crc64_iso of its bytes */
};

/* Goes on to the next file that has bytes: 1, 0 at the end, or -1. */
int tarsplit_next_file(struct tarsplit *record, struct tarsplit_file *file, struct error *err);

/* --- the whole of a record ---------------------------------------------------------------------
 */

/* The size of the tar stream, in bytes. */
int tarsplit_total(struct tarsplit *record, int64_t *size, struct error *err);

/* The same of a file, opened by trust (common/trust.h). */
int tarsplit_size(const char *path, int64_t *size, struct error *err);

#endif
