/* SPDX-License-Identifier: Apache-2.0 */
/* The trust store's files, for those two who read and write them. */
#ifndef CORE_POLICY_STORE_FOLDER_H
#define CORE_POLICY_STORE_FOLDER_H

#include "policy/store.h"

#define STORE_BY_DIGEST "sha256"
#define STORE_BY_CONFIG "by-config"
#define STORE_BY_MANIFEST "by-manifest"
#define STORE_MANIFEST "manifest"
#define STORE_SIGNATURE "signature-"

struct store {
  char *path; /* owned */
  int fd;     /* of the folder; owned */
};

/* Adds the digests that a folder has entries for, named by a prefix and their digits, in their
   order. A folder that is not there has none. */
int store_read_folder(const struct store *store, const char *folder, const char *prefix,
                      struct digest_list *list, struct error *err);

/* -1 with errno ENOENT if there is none. */
int store_read_file(const struct store *store, const char *path, size_t limit, char **bytes,
                    size_t *length, struct error *err);

#endif
