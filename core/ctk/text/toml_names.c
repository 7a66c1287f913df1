/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/toml_names.h"

#include <search.h>

/* --- nodes --------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
  const struct toml_node *left = a, *right = b;
  if (left->parent != right->parent)
    return (uintptr_t)left->parent < (uintptr_t)right->parent ? -1 : 1;
  return strcmp(left->name, right->name);
}

/* `name` is NULL for what has none. */
static struct toml_node *add(struct toml_names *names, struct toml_node *parent, const char *name,
                             enum toml_node_kind kind, unsigned line)
{
  struct toml_node *node = xcalloc(1, sizeof(*node));
  *node = (struct toml_node){
      .kind = kind,
      .parent = parent,
      .name = name != NULL ? xstrdup(name) : NULL,
      .depth = (parent != NULL ? parent->depth : 0) + (name != NULL),
      .section = names->section,
      .line = line,
      .next = names->nodes,
  };
  names->nodes = node;
  if (name != NULL && tsearch(node, &names->tree, compare) == NULL)
    abort(); /* out of memory */
  return node;
}

static struct toml_node *find(const struct toml_names *names, struct toml_node *parent, char *name)
{
  const struct toml_node wanted = {.parent = parent, .name = name};
  void *found = tfind(&wanted, &names->tree, compare);
  return found != NULL ? *(struct toml_node **)found : NULL;
}

struct toml_names *toml_names_new(void)
{
  struct toml_names *names = xcalloc(1, sizeof(*names));
  names->root = add(names, NULL, NULL, NODE_TABLE, 0);
  return names;
}

static void keep(void *node)
{
  (void)node;
}

void toml_names_free(struct toml_names *names)
{
  if (names == NULL)
    return;
  tdestroy(names->tree, keep);
  while (names->nodes != NULL) {
    struct toml_node *next = names->nodes->next;
    free(names->nodes->name);
    free(names->nodes);
    names->nodes = next;
  }
  free(names);
}

size_t toml_names_section(struct toml_names *names)
{
  size_t before = names->section;
  names->section = ++names->sections;
  return before;
}

/* --- steps --------------------------------------------------------------------------------- */

static struct toml_node *refuse(const char **cause, const char *why)
{
  *cause = why;
  return NULL;
}

static struct toml_node *refuse_entry(const struct toml_node *node, const char **cause)
{
  if (node->kind == NODE_INLINE_TABLE)
    return refuse(cause, "is an inline table, to which nothing can be added");
  if (node->kind == NODE_ARRAY)
    return refuse(cause, "is an array of tables, to which dotted keys cannot add");
  if (node->kind == NODE_VALUE)
    return refuse(cause, "is a value, not a table");
  return refuse(cause, "is a table that was defined elsewhere, to which dotted keys cannot add");
}

static struct toml_node *enter_by_header(struct toml_node *node, const char **cause)
{
  if (node->kind == NODE_ARRAY)
    return node->last;
  if (node->kind == NODE_INLINE_TABLE || node->kind == NODE_VALUE)
    return refuse_entry(node, cause);
  return node;
}

static struct toml_node *enter_by_key(const struct toml_names *names, struct toml_node *node,
                                      const char **cause)
{
  if (node->kind == NODE_IMPLIED) {
    node->kind = NODE_DOTTED;
    node->section = names->section;
  }
  if (node->kind == NODE_DOTTED && node->section == names->section)
    return node;
  return refuse_entry(node, cause);
}

static struct toml_node *define_table(struct toml_node *node, const char **cause)
{
  if (node->kind != NODE_IMPLIED)
    return refuse(cause, "is defined twice");
  node->kind = NODE_TABLE;
  return node;
}

static struct toml_node *add_element(struct toml_names *names, struct toml_node *array,
                                     unsigned line, const char **cause)
{
  if (array->kind != NODE_ARRAY)
    return refuse(cause, "is defined already, and not as an array of tables");
  size_t index = array->last != NULL ? array->last->index + 1 : 0;
  array->last = add(names, array, NULL, NODE_ELEMENT, line);
  array->last->index = index;
  return array->last;
}

/* What a name becomes that is new. */
static enum toml_node_kind kind_of(enum toml_step step)
{
  static const enum toml_node_kind kinds[] = {
      [STEP_HEADER] = NODE_IMPLIED, [STEP_DOTTED] = NODE_DOTTED,
      [STEP_TABLE] = NODE_TABLE,    [STEP_ARRAY_TABLE] = NODE_ARRAY,
      [STEP_KEY] = NODE_VALUE,      [STEP_INLINE_TABLE] = NODE_INLINE_TABLE,
  };
  return kinds[step];
}

struct toml_node *toml_names_step(struct toml_names *names, struct toml_node *from, char *name,
                                  enum toml_step step, unsigned *line, const char **cause)
{
  struct toml_node *node = name != NULL ? find(names, from, name) : NULL;
  bool is_new = node == NULL;
  if (is_new)
    node = add(names, from, name, kind_of(step), *line);
  unsigned here = *line;
  *line = node->line;
  if (step == STEP_ARRAY_TABLE)
    return add_element(names, node, here, cause);
  if (is_new)
    return node;
  if (step == STEP_HEADER)
    return enter_by_header(node, cause);
  if (step == STEP_DOTTED)
    return enter_by_key(names, node, cause);
  return step == STEP_TABLE ? define_table(node, cause) : refuse(cause, "is defined twice");
}

/* --- paths --------------------------------------------------------------------------------- */

char **toml_names_path(const struct toml_node *node)
{
  size_t depth = node->depth;
  char **path = xcalloc(depth + 1, sizeof(*path));
  for (; node != NULL; node = node->parent)
    if (node->name != NULL)
      path[--depth] = node->name;
  return path;
}
