/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TOML 1.0 with places: what stands where in an engine's config, so that it can be edited as text
 * and everything else stays as the admin wrote it: comments, order, quoting, blank lines.
 */
#ifndef CORE_CTK_TEXT_TOML_H
#define CORE_CTK_TEXT_TOML_H

#include "common/error.h"

#define TOML_SIZE_MAX (4UL * 1024 * 1024) /* bytes */
#define TOML_DEPTH_MAX 64 /* nested arrays and inline tables, and components of a path */

enum toml_kind {
  TOML_TABLE,       /* [a.b] */
  TOML_ARRAY_TABLE, /* [[a.b]] */
  TOML_STRING,
  TOML_INTEGER,
  TOML_FLOAT,
  TOML_BOOLEAN,
  TOML_DATETIME,
  TOML_ARRAY,
  TOML_INLINE_TABLE,
};

/* A table's header, or a key with its value; inside inline tables too, but not inside arrays. */
struct toml_item {
  enum toml_kind kind;
  char **path;  /* all components from the root on, unescaped; ended by NULL; of the document */
  size_t depth; /* their number */
  size_t start, end;             /* bytes of the statement; its line's end is not in it */
  size_t value_start, value_end; /* bytes of the value; of a header: of its brackets */
  unsigned line;                 /* of its start, from 1 */
  size_t array_index;   /* which [[…]] of its name it is, or lies in; 0 outside of those */
  bool in_inline_table; /* its text is part of another item's */
};

struct toml_names; /* of tables and keys (toml_names.h) */

struct toml {
  const char *text; /* borrowed */
  size_t length;
  struct toml_item *items; /* in the order of the text; owned */
  size_t count;
  struct toml_names *names; /* owned */
};

/* Errors read "NAME:LINE:COLUMN: cause": all that TOML 1.0 forbids, keys and tables defined twice
   among it; and what no engine's config has: a NUL in a text (\u0000), more than TOML_SIZE_MAX
   bytes. After an error *toml is empty. */
int toml_parse(const char *text, size_t length, const char *name, struct toml *toml,
               struct error *err);
void toml_free(struct toml *toml);

#define cleanup_toml __attribute__((cleanup(toml_free)))

/* The first item with this path, components ended by NULL; NULL if there is none. A table that is
   only implied (by [a.b] for a) has no item. */
const struct toml_item *toml_find(const struct toml *toml, const char *const *path);

/* A string's value, unescaped; owned by the caller; NULL if the item is no string. */
char *toml_string(const struct toml *toml, const struct toml_item *item);

/* The strings of an array, ended by NULL, owned by the caller (each, and the list); NULL if the
   item is no array of strings. */
char **toml_strings(const struct toml *toml, const struct toml_item *item);

/* A key's component as TOML writes it: bare where it can be, quoted otherwise; owned by the
   caller. toml_quote: a basic string in quotes. */
char *toml_key(const char *component);
char *toml_quote(const char *text);

#endif
