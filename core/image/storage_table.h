/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of containers/storage, JSON arrays of objects: NAME.json, and volatile-NAME.json with
 * what `podman run --rm` makes. Each is replaced as a whole by rename, so what is read is one
 * state.
 */
#ifndef CORE_IMAGE_STORAGE_TABLE_H
#define CORE_IMAGE_STORAGE_TABLE_H

#include "common/document.h"

#define TABLE_ENTRIES_MAX 100000

struct table {
  struct document documents[2]; /* owned; without a name if there is no such file */
  char *path;                   /* of the first, for messages; owned */
};

/* `kind` is "containers", "images" or "layers". Either file may be missing. */
int table_read(struct table *table, const char *root, const char *kind, struct error *err);
void table_free(struct table *table);

#define cleanup_table __attribute__((cleanup(table_free)))

/* The only entry whose member `key` is this text; its json is NULL if there is none. */
int table_find(const struct table *table, const char *key, const char *wanted, struct value *entry,
               struct error *err);

/* A member of an entry that is a text; "" if there is none. */
int table_text(const struct value *entry, const char *key, const char **text, struct error *err);

#endif
