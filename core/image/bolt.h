/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a bolt database (go.etcd.io/bbolt, file format version 2) that another process writes to.
 *
 * containerd holds the lock of its databases as long as it runs, so this reader takes none. Bolt
 * never writes over a page that the last committed transaction can reach; it may do so once another
 * one is committed. So whatever was read is true if, after reading it, the last transaction is
 * still the one that it was before; otherwise it is read once more.
 *
 * Nothing in the file is believed: offsets, sizes, depth and the amount that is read are bounded.
 */
#ifndef CORE_IMAGE_BOLT_H
#define CORE_IMAGE_BOLT_H

#include "common/error.h"

#define BOLT_BYTES_MAX (64UL * 1024 * 1024) /* of pages that one view reads */
#define BOLT_NODE_MAX (16UL * 1024 * 1024)  /* of one page with its overflow */
#define BOLT_DEPTH_MAX 32                   /* of pages above each other in a bucket */
#define BOLT_STEPS_MAX (1 << 17)            /* pages that one view looks into */
#define BOLT_TRIES 100                      /* a millisecond apart */

struct bolt; /* what was read of a file so far */

/* Valid as long as the view. */
struct bolt_bucket {
  struct bolt *bolt;
  const char *name;            /* for messages; borrowed */
  uint64_t page;               /* where its tree begins; 0: it lies in its parent's page */
  const unsigned char *inside; /* and there are its bytes; borrowed from the view */
  size_t inside_length;
};

/* Called with the database's topmost bucket; perhaps several times, so it begins by clearing what
   an earlier call left in `data`. */
typedef int bolt_reader(const struct bolt_bucket *root, void *data, struct error *err);

/* `fd` is borrowed, `name` is for messages. Returns what `reader` returned, errno with it, of a
   call during which no transaction was committed. Errors: it is no database, or it changes all the
   time.
 */
int bolt_view(int fd, const char *name, bolt_reader *reader, void *data, struct error *err);

/* A bucket in a bucket. -1 with errno ENOENT, and an error that names both, if there is none. The
   key is borrowed for the bucket's name. */
int bolt_bucket(const struct bolt_bucket *bucket, const char *key, struct bolt_bucket *found,
                struct error *err);

/* A value; the same. Text without NUL, owned by the caller, or a number as Go's encoding/binary
   writes it (PutUvarint). */
int bolt_text(const struct bolt_bucket *bucket, const char *key, char **text, struct error *err);
int bolt_number(const struct bolt_bucket *bucket, const char *key, uint64_t *number,
                struct error *err);

/* Calls a function for each bucket in a bucket, in the order of their names, as long as it returns
   0, and returns what it returned last. Names with a NUL are errors. */
typedef int bolt_visitor(const struct bolt_bucket *bucket, void *data, struct error *err);
int bolt_each_bucket(const struct bolt_bucket *bucket, bolt_visitor *visitor, void *data,
                     struct error *err);

#endif
