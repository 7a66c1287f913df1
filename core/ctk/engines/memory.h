/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What configure must remember so that unconfigure can give everything back: the bytes of each file
 * before and after. The old default is in those.
 *
 * One JSON file for each engine, config file and name, below engines/ in the state folder
 * (/var/lib/container-hooks, or $CONTAINER_HOOKS_STATE); readable by its owner only, since an
 * engine's config may hold secrets.
 */
#ifndef CORE_CTK_ENGINES_MEMORY_H
#define CORE_CTK_ENGINES_MEMORY_H

#include "ctk/change.h"

#define MEMORY_FILES_MAX 24
#define MEMORY_SIZE_MAX ((size_t)CHANGE_SIZE_MAX * 8)

enum memory_kind {
  MEMORY_CONFIG, /* the engine's file, or a drop-in of ours beside it */
  MEMORY_OWN,    /* a file that is all ours */
  MEMORY_LINK,   /* a symbolic link of ours */
  MEMORY_FOLDER, /* a folder that we have made on the way to one of them; it has no texts */
};

/* All texts are owned. */
struct memory_file {
  char *path;
  char *before, *after; /* NULL: no such file */
  enum memory_kind kind;
};

struct memory {
  const char *engine, *name; /* borrowed */
  char *anchor;              /* the engine's config file; owned */
  char *path;                /* of what is remembered; owned */
  char *text;                /* what it holds on disk; owned; NULL: nothing is remembered */
  struct memory_file files[MEMORY_FILES_MAX];
  size_t count;
};

/* The folder that holds what is remembered; owned by the caller. */
char *memory_folder(void);

/* Recalls; that nothing is remembered is no error. */
int memory_load(struct memory *memory, const char *engine, const char *name, const char *anchor,
                struct error *err);

/* NULL if nothing is remembered of the file. */
const struct memory_file *memory_find(const struct memory *memory, const char *path);

/* Notes a file, in the place of what was remembered of it; texts are copied. */
void memory_note(struct memory *memory, enum memory_kind kind, const char *path, const char *before,
                 const char *after);

/* Starts over: nothing is noted, but the change that memory_append makes begins at what `old` found
   on disk. */
void memory_renew(struct memory *memory, const struct memory *old);

/* Adds the change that writes what is noted now (or removes the file if that is nothing). */
void memory_append(struct memory *memory, struct changes *changes);

/* Calls for each that is remembered, whoever's it is; what cannot be read is left out. */
typedef void memory_visitor(void *data, const char *engine, const char *name, const char *anchor);
void memory_each(memory_visitor *visit, void *data);

void memory_free(struct memory *memory);

#endif
