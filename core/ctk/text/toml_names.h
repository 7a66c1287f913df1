/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each name in a TOML text stands for, and who may add to it.
 *
 * Most of what TOML forbids is about this: a table is defined once, by one header or by the dotted
 * keys of one section; an inline table is closed when its brace is; an array of values is not one
 * of tables.
 */
#ifndef CORE_CTK_TEXT_TOML_NAMES_H
#define CORE_CTK_TEXT_TOML_NAMES_H

#include "common/error.h"

enum toml_node_kind {
  NODE_IMPLIED,      /* a table on the way to another one's header */
  NODE_DOTTED,       /* a table on the way to a dotted key */
  NODE_TABLE,        /* a table with a header of its own; the root */
  NODE_INLINE_TABLE, /* { } */
  NODE_ARRAY,        /* all [[…]] of a name */
  NODE_ELEMENT,      /* one of them: a table without a name */
  NODE_VALUE,        /* anything else */
};

struct toml_node {
  enum toml_node_kind kind;
  struct toml_node *parent; /* NULL: the root, or an inline table in an array */
  char *name;               /* owned; NULL: the root, an element, an inline table in an array */
  size_t depth;             /* components of its path */
  size_t section;           /* of a dotted one: where it was made */
  unsigned line;            /* where its name stood first */
  size_t index;             /* of an element */
  struct toml_node *last;   /* of an array: its last element */
  struct toml_node *next;   /* of all nodes */
};

struct toml_names {
  struct toml_node *root;
  struct toml_node *nodes; /* all of them, the last one first; owned */
  void *tree;              /* by parent and name, for search.h; owned */
  size_t section;          /* what is read: a header's keys, or an inline table */
  size_t sections;         /* so far */
};

struct toml_names *toml_names_new(void);
void toml_names_free(struct toml_names *names);

/* Begins a section and returns the one that was read until now. */
size_t toml_names_section(struct toml_names *names);

/* What a component of a key does in the table `from`. */
enum toml_step {
  STEP_HEADER,       /* a in [a.b]: goes into a table, which is implied if it is new */
  STEP_DOTTED,       /* a in a.b = 1: the same, by the rules for dotted keys */
  STEP_TABLE,        /* b in [a.b]: defines a table */
  STEP_ARRAY_TABLE,  /* b in [[a.b]]: adds an element */
  STEP_KEY,          /* b in a.b = 1: defines a value */
  STEP_INLINE_TABLE, /* { } in an array, which has no name: always new */
};

/* Returns the node that this leads to, or NULL if it is forbidden: then *cause says why ("is a
   value"). *line is where the component stands, and becomes where its name stood first. `name` is
   borrowed; NULL for STEP_INLINE_TABLE. */
struct toml_node *toml_names_step(struct toml_names *names, struct toml_node *from, char *name,
                                  enum toml_step step, unsigned *line, const char **cause);

/* The path of a node, its components ended by NULL and borrowed from the names; the list is owned
   by the caller. */
char **toml_names_path(const struct toml_node *node);

#endif
