/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our part of an engine's TOML file: put in, and taken out again.
 *
 * What needs a table of its own stands in one marked block at the file's end. What must stand in a
 * table that is there already (the default, an entry of `imports`) is put there and nowhere else
 * touched.
 */
#ifndef CORE_CTK_ENGINES_PART_H
#define CORE_CTK_ENGINES_PART_H

#include "ctk/engines/layers.h"

/* --- putting in ---------------------------------------------------------------------------- */

/* A file's text being edited, and the lines of the block to come. */
struct part {
  const char *file;  /* borrowed */
  const char *owner; /* the name under which the engine knows us; borrowed */
  char *text;        /* owned */
  char *lines;       /* of the block; owned */
  char *open;        /* the header that the last line stands under; owned */
  struct error *err;
};

/* NULL is a file that is not there. */
void part_start(struct part *part, const char *file, const char *owner, const char *text,
                struct error *err);
void part_free(struct part *part);

#define cleanup_part __attribute__((cleanup(part_free)))

/* Sets a key: in its table if that is in the text, else in the block. */
int part_set(struct part *part, const char *const *path, const char *value);
int part_set_text(struct part *part, const char *const *path, const char *text);

/* Adds a string to an array that is in the text, or sets the key to an array of `all`, which must
   hold it. `attribute` is put behind them; it may be NULL. */
int part_list(struct part *part, const char *const *path, const char *element, char *const *all,
              const char *attribute);

/* Adds a table with its keys to the block; a table of that path elsewhere in the text is an error.
 */
int part_table(struct part *part, const char *const *path, const struct toml_keys *keys);

/* Puts in the part that `put` makes, and makes the file's text anew. Where the form of the text
   forbids that, the error shows the lines that would have to be added by hand. */
typedef int part_maker(struct part *part, const struct engine_request *request,
                       const struct layers *layers, const void *data);
int part_apply(struct engine_file *file, const struct engine_request *request, part_maker *put,
               const struct layers *layers, const void *data, struct error *err);

/* --- taking out ---------------------------------------------------------------------------- */

/* Where our part can be. */
struct part_places {
  const char *const *table;                                 /* the runtime's */
  const char *const *standard;                              /* the key that names the default */
  const char *const *table_before, *const *standard_before; /* the same in the text before us */
  const char *const *built_in; /* another runtime's table that we may have made; NULL: none */
  struct part_list {
    const char *const *path; /* an array with an element of ours; NULL: no more lists */
    const char *element;
    const char *const *others; /* what else stands in one that we made; ended by NULL */
  } lists[ENGINE_FILES_MAX];
  const char *alone; /* a key that is not worth keeping alone; NULL: none */
  bool drop_in;      /* the file is one of ours: nothing left means that it goes */
};

/* As strip of struct engine. */
int part_strip(const struct part_places *places, const char *owner, const struct engine_file *file,
               const struct engine_past *past, char **stripped, struct error *err);

#endif
