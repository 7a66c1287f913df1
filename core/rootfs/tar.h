/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tar stream, entry by entry: ustar and PAX (POSIX.1-2017, pax "Interchange Formats"), GNU's and
 * star's headers, and those from before ustar.
 *
 * The engines unpack layers with Go's archive/tar, so what a header means here is what it means
 * there; what is doubtful (names that climb with "..", unknown types) is an error.
 */
#ifndef CORE_ROOTFS_TAR_H
#define CORE_ROOTFS_TAR_H

#include "common/error.h"

#include <sys/types.h>

#define TAR_BLOCK 512
#define TAR_EXTENSION_MAX (1UL * 1024 * 1024) /* bytes of one PAX header or long name */
#define TAR_EXTENSIONS_MAX 64                 /* of one entry */
#define TAR_XATTRS_MAX 256                    /* of one entry */
#define TAR_FRAGMENTS_MAX 65536               /* of a sparse file */
#define TAR_END_MAX (64UL * 1024 * 1024)      /* bytes behind the last entry */

/* Where the stream comes from: reads `length` bytes, fewer (*got) only at its end. */
struct tar_source {
  int (*read)(void *data, void *buffer, size_t length, size_t *got, struct error *err);
  void *data;
};

enum tar_type {
  TAR_FILE,
  TAR_FOLDER,
  TAR_SYMLINK,
  TAR_HARD_LINK,
  TAR_CHARACTER_DEVICE,
  TAR_BLOCK_DEVICE,
  TAR_FIFO,
};

struct tar_xattr {
  char *name;  /* owned */
  char *value; /* owned; any bytes */
  size_t length;
};

/* Bytes of a file. */
struct tar_fragment {
  uint64_t offset, length;
};

struct tar_entry {
  enum tar_type type;
  char *path;  /* owned; relative and clean: "" is the root, then "etc", "etc/passwd" */
  char *link;  /* owned; a symlink's target as it stands; a hard link's, as a path; else "" */
  mode_t mode; /* the lowest twelve bits */
  uid_t uid;
  gid_t gid;
  uint64_t size;   /* of files; of all else 0 */
  uint64_t stored; /* bytes that follow in the stream: as many, unless the file is sparse */
  struct tar_fragment *fragments; /* owned; which of the file's bytes these are, in their order; the
                                     others are zeros */
  size_t fragment_count;
  dev_t device;             /* of devices */
  struct tar_xattr *xattrs; /* owned */
  size_t xattr_count;
};

struct tar;

/* The source is borrowed until tar_free. */
struct tar *tar_new(const struct tar_source *source);
void tar_free(struct tar *tar);

static inline void cleanup_tarp(struct tar **tar)
{
  tar_free(*tar);
}

#define cleanup_tar __attribute__((cleanup(cleanup_tarp)))

/*
 * Reads the next entry's headers: 1, with an entry that is valid until the next call; 0 at the end,
 * when the source has been read to its own end; -1 on failure. The caller takes the `stored` bytes
 * of a file from the source itself before it calls again; the padding behind them is skipped here.
 */
int tar_next(struct tar *tar, const struct tar_entry **entry, struct error *err);

#endif
