/* SPDX-License-Identifier: Apache-2.0 */
/* A libconfig file as a tree of settings with their places, so that one can be edited as text. */
#ifndef CORE_CTK_CONFIG_TREE_H
#define CORE_CTK_CONFIG_TREE_H

#include "common/error.h"

enum config_node_kind {
  CONFIG_SCALAR,
  CONFIG_GROUP, /* { }; the file itself, too */
  CONFIG_LIST,  /* ( ) */
  CONFIG_ARRAY, /* [ ] */
};

struct config_node {
  enum config_node_kind kind;
  char *name;                    /* owned; NULL: an element, or the file */
  size_t start, end;             /* bytes, with the ';' or ',' behind it */
  size_t value_start, value_end; /* of the value; of a bracket: brackets included */
  unsigned line;
  struct config_node *first, *next; /* its first child, its next sibling; owned */
};

/* Checks the syntax (syntax.h) and stores the tree, owned by the caller. */
int config_tree_parse(const char *text, const char *name, struct config_node **tree,
                      struct error *err);
void config_tree_free(struct config_node *node);

static inline void cleanup_config_treep(struct config_node **node)
{
  config_tree_free(*node);
}

#define cleanup_config_tree __attribute__((cleanup(cleanup_config_treep)))

/* The child of a group with this name, `length` bytes of it; NULL if there is none. */
struct config_node *config_tree_child(const struct config_node *group, const char *name,
                                      size_t length);

/* What a scalar text says, unescaped, its pieces joined; owned by the caller; NULL if it is none.
 */
char *config_tree_string(const char *text, const struct config_node *node);

#endif
