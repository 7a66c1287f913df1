/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle's config.json: read strictly, replaced atomically.
 *
 * Whatever happens, and whenever we are killed, config.json is the old one or the new one, whole.
 * The new text goes to a file of a fixed name beside it, which takes its place by rename(2); a lock
 * on the folder keeps two of us from meeting there, and what a killed one left behind is removed by
 * the next. There is no fsync: a bundle does not outlive a boot.
 */
#ifndef CORE_WORKER_BUNDLE_H
#define CORE_WORKER_BUNDLE_H

#include "common/error.h"

#include <json-c/json_object.h>
#include <sys/stat.h>

#define BUNDLE_SPEC_MAX (16L * 1024 * 1024) /* bytes */

struct bundle {
  const char *path; /* borrowed; absolute */
  int lock;         /* the folder, locked; -1: not opened */
  struct stat folder, spec;
  char label[512];    /* config.json's SELinux label */
  ssize_t label_size; /* bytes; not above 0: it has none */
  bool prepared;      /* a new config.json lies beside the old one */
};

/* Opens and locks the folder and removes what an earlier, killed run left in it. */
int bundle_open(struct bundle *bundle, const char *path, struct error *err);

/* Opens the folder only for bundle_read: it is not locked, and nothing is removed. */
int bundle_look(struct bundle *bundle, const char *path, struct error *err);

/* Reads config.json; *spec is owned by the caller. It must be a regular file, no symbolic link. */
int bundle_read(struct bundle *bundle, struct json_object **spec, struct error *err);

/* A text that is config.json's -> *spec, owned by the caller; `name` is for messages. */
int bundle_parse(const char *text, size_t length, const char *name, struct json_object **spec,
                 struct error *err);

/* The text that is written, owned by the caller; NULL if it is too long for config.json. */
char *bundle_text(struct json_object *spec, size_t *length, struct error *err);

/* Writes the new config.json beside the old one, with its mode, owner and SELinux label. */
int bundle_prepare(struct bundle *bundle, struct json_object *spec, struct error *err);

/* Puts what was prepared in the old one's place. */
int bundle_commit(struct bundle *bundle, struct error *err);

/* Drops what was prepared and not committed. The lock ends with the process. */
void bundle_close(struct bundle *bundle);

#endif
