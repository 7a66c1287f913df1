/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/config_tree.h"

#include "config/scanner.h"
#include "config/syntax.h"

struct builder {
  struct scanner scanner;
  struct token token; /* the next one */
  struct error *err;
};

static int advance(struct builder *builder)
{
  return scanner_next(&builder->scanner, &builder->token, builder->err);
}

static bool is_next(const struct builder *builder, const char *signs)
{
  return builder->token.kind == TOKEN_PUNCTUATION &&
         strchr(signs, builder->scanner.text[builder->token.start]) != NULL;
}

static bool is_scalar(const struct builder *builder)
{
  enum token_kind kind = builder->token.kind;
  return kind == TOKEN_STRING || kind == TOKEN_INTEGER || kind == TOKEN_FLOAT ||
         kind == TOKEN_BOOLEAN;
}

static int read_value(struct builder *builder, struct config_node *node);

/* Neighbouring strings are one. */
static int read_scalar(struct builder *builder, struct config_node *node)
{
  bool more = true;
  while (more) {
    bool string = builder->token.kind == TOKEN_STRING;
    node->value_end = builder->token.end;
    if (advance(builder) < 0)
      return -1;
    more = string && builder->token.kind == TOKEN_STRING;
  }
  return 0;
}

/* One of the signs may end it. */
static int read_end(struct builder *builder, struct config_node *node, const char *signs)
{
  node->end = node->value_end;
  if (!is_next(builder, signs))
    return 0;
  node->end = builder->token.end;
  return advance(builder);
}

/* NAME = VALUE, and what ends it. */
static int read_setting(struct builder *builder, struct config_node *node)
{
  const struct token *token = &builder->token;
  node->name = xstrndup(builder->scanner.text + token->start, token->end - token->start);
  if (advance(builder) < 0)
    return -1;
  /* The '=' or ':' is next: that was checked. */
  if (advance(builder) < 0 || read_value(builder, node) < 0)
    return -1;
  return read_end(builder, node, ";,");
}

static int read_child(struct builder *builder, const struct config_node *parent,
                      struct config_node *child)
{
  child->start = builder->token.start;
  child->line = builder->token.line;
  if (parent->kind == CONFIG_GROUP) {
    if (builder->token.kind != TOKEN_NAME)
      return scanner_fail(&builder->scanner, builder->err, "a setting's name is expected here");
    return read_setting(builder, child);
  }
  if (read_value(builder, child) < 0)
    return -1;
  return read_end(builder, child, ",");
}

/* Up to a closing bracket, or the end. */
static int read_children(struct builder *builder, struct config_node *parent)
{
  struct config_node **last = &parent->first;
  while (!is_next(builder, ")]}") && builder->token.kind != TOKEN_END) {
    *last = xcalloc(1, sizeof(**last));
    if (read_child(builder, parent, *last) < 0)
      return -1;
    last = &(*last)->next;
  }
  return 0;
}

static int read_value(struct builder *builder, struct config_node *node)
{
  node->value_start = builder->token.start;
  if (is_scalar(builder))
    return read_scalar(builder, node);
  if (!is_next(builder, "{(["))
    return scanner_fail(&builder->scanner, builder->err, "a value is expected here");
  char bracket = builder->scanner.text[builder->token.start];
  node->kind = bracket == '{' ? CONFIG_GROUP : bracket == '(' ? CONFIG_LIST : CONFIG_ARRAY;
  if (advance(builder) < 0 || read_children(builder, node) < 0)
    return -1;
  node->value_end = builder->token.end;
  return advance(builder);
}

static int read_file(struct builder *builder, struct config_node *root)
{
  root->kind = CONFIG_GROUP;
  root->line = 1;
  root->value_end = root->end = builder->scanner.length;
  if (advance(builder) < 0 || read_children(builder, root) < 0)
    return -1;
  return 0;
}

int config_tree_parse(const char *text, const char *name, struct config_node **tree,
                      struct error *err)
{
  size_t length = strlen(text);
  if (syntax_check(text, length, name, err) < 0)
    return -1;
  struct builder builder = {.err = err};
  scanner_start(&builder.scanner, text, length, name);
  cleanup_config_tree struct config_node *root = xcalloc(1, sizeof(*root));
  if (read_file(&builder, root) < 0)
    return -1;
  *tree = steal_pointer(&root);
  return 0;
}

void config_tree_free(struct config_node *node)
{
  while (node != NULL) {
    struct config_node *next = node->next;
    config_tree_free(node->first);
    free(node->name);
    free(node);
    node = next;
  }
}

struct config_node *config_tree_child(const struct config_node *group, const char *name,
                                      size_t length)
{
  for (struct config_node *child = group->first; child != NULL; child = child->next)
    if (child->name != NULL && strlen(child->name) == length &&
        strncmp(child->name, name, length) == 0)
      return child;
  return NULL;
}

/* Undoes the escape behind a backslash; returns how many bytes it has. */
static size_t unescape(const char *escape, char *byte)
{
  static const char letters[] = "nrtf", meanings[] = "\n\r\t\f";
  const char *letter = strchr(letters, *escape);
  if (*escape == 'x' || *escape == 'X') {
    const char digits[] = {escape[1], escape[2], '\0'};
    *byte = (char)strtoul(digits, NULL, 16);
    return 3;
  }
  *byte = letter != NULL ? meanings[letter - letters] : *escape;
  return 1;
}

char *config_tree_string(const char *text, const struct config_node *node)
{
  if (node->kind != CONFIG_SCALAR || text[node->value_start] != '"')
    return NULL;
  char *string = xcalloc(node->value_end - node->value_start + 1, 1), *to = string;
  struct scanner scanner;
  struct token token;
  struct error err;
  scanner_start(&scanner, text, node->value_end, "");
  scanner.position = node->value_start;
  while (scanner_next(&scanner, &token, &err) == 0 && token.kind == TOKEN_STRING)
    for (size_t at = token.start + 1; at < token.end - 1; to++) {
      *to = text[at++];
      if (*to == '\\')
        at += unescape(text + at, to);
    }
  return string;
}
