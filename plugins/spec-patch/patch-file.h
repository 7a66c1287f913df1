/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A patch file: a JSON Merge Patch or a JSON Patch, the containers that it is for, and what happens
 * where it does not apply. README.md describes it.
 */
#ifndef PLUGINS_SPEC_PATCH_PATCH_FILE_H
#define PLUGINS_SPEC_PATCH_PATCH_FILE_H

#include "spec/patch.h"
#include "spec/when.h"

#define PATCH_FILE_MAX (1024UL * 1024) /* bytes */

struct patch_file {
  struct document document;
  struct value root;
  struct value content;      /* of "merge" or "patch", or the array that is the whole file */
  struct json_object *merge; /* borrowed from the document; NULL: it is a patch */
  struct patch patch;
  struct when *when; /* owned; NULL: every container */
  bool optional;     /* where it does not apply, the container does without */
};

/* Reads a file by trust. Owned by the caller; NULL on failure, with errno ENOENT when there is no
   such file. */
struct patch_file *patch_file_read(const char *path, struct error *err);

void patch_file_free(struct patch_file *file);

/*
 * Applies it to *spec, which is owned by the caller before and after: all of it or, on failure,
 * nothing. What comes out is an object that can be read again.
 */
int patch_file_apply(const struct patch_file *file, struct json_object **spec, struct error *err);

#endif
