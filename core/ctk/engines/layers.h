/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TOML files that an engine reads, in its order, the later ones over the earlier: what is in
 * force, and where it stands.
 */
#ifndef CORE_CTK_ENGINES_LAYERS_H
#define CORE_CTK_ENGINES_LAYERS_H

#include "ctk/engines/engine.h"
#include "ctk/text/toml.h"

#define LAYERS_MAX 256

struct layer {
  char *path, *text; /* owned */
  struct toml toml;  /* of the text; owned */
};

struct layers {
  struct layer *list[LAYERS_MAX]; /* owned */
  size_t count;
};

/* Adds a file, if it is there and not among them yet: its text among the edited `files`, else what
 * is on disk. */
int layers_add(struct layers *layers, const struct engine_files *files, const char *path,
               struct error *err);

/* Adds what a pattern of glob(7) finds, in the order of the names, and those of the edited files
   that it would find when they are written. */
int layers_add_pattern(struct layers *layers, const struct engine_files *files, const char *pattern,
                       struct error *err);

/* Adds every file in a folder and in those below it, in the order in which Go's filepath.Walk comes
   to them, and those of the edited files that it would come to when they are written. */
int layers_add_tree(struct layers *layers, const struct engine_files *files, const char *folder,
                    struct error *err);

/* FOLDER/PATTERN where FOLDER is that of `path`, in which nothing counts as a pattern; owned by the
   caller. */
char *layers_pattern(const char *path, const char *pattern);

void layers_free(struct layers *layers);

#define cleanup_layers __attribute__((cleanup(layers_free)))

/* The last file that has an item of this path, and the item; NULL if none has. */
const struct toml_item *layers_find(const struct layers *layers, const char *const *path,
                                    const struct layer **layer);

/* The first item at or below a path; NULL if there is none. */
const struct toml_item *layer_below(const struct layer *layer, const char *const *path);

/* Adds the names that stand one step below a path in this file. */
void layer_names(const struct layer *layer, const char *const *path, struct engine_names *names);

/* A string in force that is not empty, owned by the caller, and where it stands ("FILE:LINE", owned
   by the caller; `place` may be NULL). NULL if there is none. */
char *layers_string(const struct layers *layers, const char *const *path, char **place);

/* "FILE:LINE"; owned by the caller. */
char *layer_place(const struct layer *layer, const struct toml_item *item);

/* The keys of a table with the bytes of their values. */
struct toml_keys {
  struct toml_pair {
    char *key, *raw; /* owned */
  } list[64];
  size_t count;
};

/* Sets a key, in its old place if it is there; the value is copied. */
void toml_keys_set(struct toml_keys *keys, const char *key, const char *raw);

/* Takes over what a file says of a table, but the keys in `without`, ended by NULL. */
void layer_copy(const struct layer *layer, const char *const *table, const char *const *without,
                struct toml_keys *keys);

/* The value's bytes; NULL if there is no such key. */
const char *toml_keys_get(const struct toml_keys *keys, const char *key);

void toml_keys_free(struct toml_keys *keys);

#define cleanup_toml_keys __attribute__((cleanup(toml_keys_free)))

#endif
