/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of a bolt database: its meta pages, of which the last one counts, and its other pages as
 * they were read. For bolt.c; what stands in the pages is not looked at here.
 */
#ifndef CORE_IMAGE_BOLT_PAGES_H
#define CORE_IMAGE_BOLT_PAGES_H

#include "image/bolt.h"

#define BOLT_SLOTS 256

struct bolt_page_header {
  uint64_t id;
  uint16_t flags;
  uint16_t count;    /* of elements, which stand right behind */
  uint32_t overflow; /* pages that follow and belong to it */
};

struct bolt_bucket_header {
  uint64_t root;
  uint64_t sequence;
};

struct bolt_meta {
  uint32_t magic;
  uint32_t version;
  uint32_t page_size;
  uint32_t flags;
  struct bolt_bucket_header root;
  uint64_t freelist;
  uint64_t end; /* the first page that is not used */
  uint64_t transaction;
  uint64_t checksum; /* of all in front of it */
};

/* A page with its overflow, as it was read. */
struct bolt_page {
  struct bolt_page *next;
  uint64_t id;
  size_t length;
  unsigned char bytes[];
};

struct bolt {
  int fd;           /* borrowed */
  const char *name; /* for messages; borrowed */
  struct bolt_meta meta;
  struct bolt_page *pages[BOLT_SLOTS]; /* those that were read, by their id; owned */
  size_t total;                        /* their bytes */
  size_t steps;                        /* pages looked into, those that were kept too */
};

/* Reads the meta page of the last transaction that was committed. False: there is none. */
bool bolt_read_meta(int fd, struct bolt_meta *meta);

/* Has a transaction been committed since `bolt->meta` was read? */
bool bolt_has_changed(const struct bolt *bolt);

/* A page with its overflow, which is valid until they are forgotten. */
int bolt_get_page(struct bolt *bolt, uint64_t id, const struct bolt_page **page, struct error *err);
void bolt_forget_pages(struct bolt *bolt);

/* Both return -1, with another errno than ENOENT, which is that of a key that is not there. */
static inline int bolt_damaged(const struct bolt *bolt, struct error *err, const char *what)
{
  errno = EIO;
  return error_set(err, "%s: not a bolt database, or damaged: %s", bolt->name, what);
}

static inline int bolt_too_much(const struct bolt *bolt, struct error *err)
{
  errno = EFBIG;
  return error_set(err, "%s: more than %lu bytes or %d pages of it would have to be read",
                   bolt->name, BOLT_BYTES_MAX, BOLT_STEPS_MAX);
}

#endif
