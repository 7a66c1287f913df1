/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/config_edit.h"

#include "ctk/config_insert.h"
#include "ctk/config_lines.h"
#include "ctk/config_list.h"
#include "ctk/setting.h"

#include <strings.h>

/* A text that is being edited. */
struct edit {
  const char *text, *name;  /* borrowed */
  struct config_node *tree; /* owned */
  struct error *err;
};

static void cleanup_editp(struct edit *edit)
{
  config_tree_free(edit->tree);
}

#define cleanup_edit __attribute__((cleanup(cleanup_editp)))

static int start(struct edit *edit, const char *text, const char *name, struct error *err)
{
  *edit = (struct edit){.text = text, .name = name, .err = err};
  return config_tree_parse(text, name, &edit->tree, err);
}

static void fail_at(const struct edit *edit, const struct config_node *node, const char *cause)
{
  error_set(edit->err, "%s:%u: %s %s", edit->name, node->line,
            node->name != NULL ? node->name : "this", cause);
}

/* --- plugins' entries ---------------------------------------------------------------------- */

/* NULL without an error if there is none. */
static int find_list(const struct edit *edit, const struct config_node **list)
{
  *list = config_tree_child(edit->tree, "plugins", strlen("plugins"));
  if (*list == NULL || (*list)->kind == CONFIG_LIST)
    return 0;
  fail_at(edit, *list, "must be a list ( { name = \"…\"; }, … )");
  return -1;
}

static bool is_entry(const struct edit *edit, const struct config_node *node, const char *plugin)
{
  const struct config_node *name =
      node->kind == CONFIG_GROUP ? config_tree_child(node, "name", strlen("name")) : NULL;
  cleanup_free char *string = name != NULL ? config_tree_string(edit->text, name) : NULL;
  return string != NULL && text_equal(string, plugin);
}

/* The entry of this name that has `skipped` others before it; its place in the list is stored. NULL
   without an error if there is none. */
static int find_entry(const struct edit *edit, const char *plugin, size_t skipped,
                      const struct config_node **entry, size_t *place)
{
  const struct config_node *list;
  *place = 0;
  *entry = NULL;
  if (find_list(edit, &list) < 0)
    return -1;
  for (*entry = list != NULL ? list->first : NULL; *entry != NULL; *entry = (*entry)->next) {
    if (is_entry(edit, *entry, plugin) && skipped-- == 0)
      break;
    (*place)++;
  }
  return 0;
}

/* Where keys count from: an entry, or the file. */
static int find_group(const struct edit *edit, const char *plugin, size_t skipped,
                      const struct config_node **group)
{
  size_t place;
  *group = edit->tree;
  if (plugin == NULL)
    return 0;
  if (find_entry(edit, plugin, skipped, group, &place) < 0)
    return -1;
  if (*group == NULL)
    return error_set(edit->err, "%s: plugins has no entry with the name \"%s\"", edit->name,
                     plugin);
  return 0;
}

/* --- setting ------------------------------------------------------------------------------- */

/* Goes along `key` from *node as far as there is something; what is left of it is returned. The
   group that *node is in then is stored. */
static const char *walk(const struct config_node **node, const char *key,
                        const struct config_node **group)
{
  while (*key != '\0' && (*node)->kind == CONFIG_GROUP) {
    size_t length = strcspn(key, ".");
    const struct config_node *child = config_tree_child(*node, key, length);
    if (child == NULL)
      break;
    *group = *node;
    *node = child;
    key += length + (key[length] == '.');
  }
  return key;
}

/* Of values, which a value can replace; not of groups, which would be lost. */
static bool is_plain(const struct config_node *node)
{
  for (const struct config_node *child = node->first; child != NULL; child = child->next)
    if (!is_plain(child))
      return false;
  return node->kind != CONFIG_GROUP;
}

/* In the entry of `plugin` that has `skipped` others of its name before it. */
static int set(const char *text, const char *name, const char *plugin, size_t skipped,
               const char *key, const char *value, char **edited, struct error *err)
{
  cleanup_edit struct edit edit;
  const struct config_node *node, *group = NULL;
  if (start(&edit, text, name, err) < 0 || find_group(&edit, plugin, skipped, &node) < 0)
    return -1;
  const char *rest = walk(&node, key, &group);
  if (*rest == '\0' && !is_plain(node)) {
    fail_at(&edit, node,
            node->kind == CONFIG_GROUP ? "is a group { }: set what is in it, or unset it first"
                                       : "has groups { } in it: unset it first, or edit the file");
    return -1;
  }
  if (*rest == '\0')
    *edited = config_replace(text, group, node, value);
  else if (node->kind == CONFIG_GROUP)
    *edited = config_insert(text, node, node == edit.tree, rest, value);
  else {
    fail_at(&edit, node, "must be a group { }");
    return -1;
  }
  return 0;
}

int config_edit_set(const char *text, const char *name, const char *plugin, const char *key,
                    const char *value, char **edited, struct error *err)
{
  return set(text, name, plugin, 0, key, value, edited, err);
}

/* --- unsetting ----------------------------------------------------------------------------- */

/* With its line, or with the blanks on one side of it. */
static char *without(const char *text, const struct config_node *node)
{
  size_t from = node->start, to = node->end, end = config_lines_end(text, node->end);
  bool first = config_lines_is_first(text, node->start);
  if (first && end != CONFIG_LINES_NONE) {
    int width;
    from = (size_t)(config_lines_indent(text, from, &width) - text);
    to = end + strspn(text + end, "\r");
    to += text[to] == '\n';
  } else if (first)
    to += strspn(text + to, " \t");
  else
    while (from > 0 && (text[from - 1] == ' ' || text[from - 1] == '\t'))
      from--;
  return config_lines_replace(text, from, to, "");
}

int config_edit_unset(const char *text, const char *name, const char *plugin, const char *key,
                      char **edited, struct error *err)
{
  cleanup_edit struct edit edit;
  const struct config_node *node, *group = NULL;
  if (start(&edit, text, name, err) < 0 || find_group(&edit, plugin, 0, &node) < 0)
    return -1;
  if (*walk(&node, key, &group) != '\0' || group == NULL)
    return error_set(err, "%s: %s is not set", name, key);
  *edited = without(text, node);
  return 0;
}

/* --- enabling ------------------------------------------------------------------------------ */

/* Replaces a text, which it frees, by what is made of it. */
static void follow(char **text, char *edited)
{
  free(*text);
  *text = edited;
}

static int follow_set(char **text, const char *name, const char *plugin, size_t skipped,
                      const char *key, const char *value, struct error *err)
{
  char *edited;
  if (set(*text, name, plugin, skipped, key, value, &edited, err) < 0)
    return -1;
  follow(text, edited);
  return 0;
}

static int add_list(char **text, const char *name, struct error *err)
{
  cleanup_edit struct edit edit;
  const struct config_node *list;
  if (start(&edit, *text, name, err) < 0 || find_list(&edit, &list) < 0)
    return -1;
  return list != NULL ? 0 : follow_set(text, name, NULL, 0, "plugins", "( )", err);
}

/* Adds the entry, or moves it; there is a list. */
static int place_entry(char **text, const char *name, const struct config_edit_entry *entry,
                       struct error *err)
{
  cleanup_edit struct edit edit;
  const struct config_node *list, *found;
  size_t from, to = entry->position > 0 ? entry->position - 1 : SIZE_MAX;
  if (start(&edit, *text, name, err) < 0 || find_list(&edit, &list) < 0 ||
      find_entry(&edit, entry->plugin, 0, &found, &from) < 0)
    return -1;
  if (found == NULL) {
    cleanup_free char *quoted = setting_quote(entry->plugin);
    cleanup_free char *setting = xasprintf("name = %s;", quoted);
    follow(text, config_list_insert(*text, list, setting, to));
  } else if (entry->position > 0 && from != to)
    follow(text, config_list_move(*text, list, from, to));
  return 0;
}

static int set_settings(char **text, const char *name, const struct config_edit_entry *entry,
                        struct error *err)
{
  for (const char *const *setting = entry->settings; setting != NULL && *setting != NULL;
       setting++) {
    cleanup_free char *key = NULL;
    cleanup_free char *value = NULL;
    if (setting_read(*setting, &key, &value, err) < 0)
      return -1;
    cleanup_free char *below = xasprintf("settings.%s", key);
    if (follow_set(text, name, entry->plugin, 0, below, value, err) < 0)
      return -1;
  }
  return 0;
}

/* An entry that does not say is enabled. */
static int set_enabled(char **text, const char *name, const char *plugin, struct error *err)
{
  cleanup_edit struct edit edit;
  const struct config_node *entry;
  if (start(&edit, *text, name, err) < 0 || find_group(&edit, plugin, 0, &entry) < 0)
    return -1;
  const struct config_node *enabled = config_tree_child(entry, "enabled", strlen("enabled"));
  if (enabled == NULL || strncasecmp(*text + enabled->value_start, "true", 4) == 0)
    return 0;
  return follow_set(text, name, plugin, 0, "enabled", "true", err);
}

static int enable(char **text, const char *name, const struct config_edit_entry *entry,
                  struct error *err)
{
  const char *plugin = entry->plugin;
  if (add_list(text, name, err) < 0 || place_entry(text, name, entry, err) < 0 ||
      set_enabled(text, name, plugin, err) < 0)
    return -1;
  if (entry->path != NULL) {
    cleanup_free char *quoted = setting_quote(entry->path);
    if (follow_set(text, name, plugin, 0, "path", quoted, err) < 0)
      return -1;
  }
  if (entry->required != NULL &&
      follow_set(text, name, plugin, 0, "required", entry->required, err) < 0)
    return -1;
  return set_settings(text, name, entry, err);
}

int config_edit_enable(const char *text, const char *name, const struct config_edit_entry *entry,
                       char **edited, struct error *err)
{
  cleanup_free char *current = xstrdup(text);
  if (enable(&current, name, entry, err) < 0)
    return -1;
  *edited = steal_pointer(&current);
  return 0;
}

/* --- disabling ----------------------------------------------------------------------------- */

/* How many entries have this name. */
static int count_entries(const char *text, const char *name, const char *plugin, size_t *count,
                         struct error *err)
{
  cleanup_edit struct edit edit;
  const struct config_node *list;
  *count = 0;
  if (start(&edit, text, name, err) < 0 || find_list(&edit, &list) < 0)
    return -1;
  for (const struct config_node *one = list != NULL ? list->first : NULL; one != NULL;
       one = one->next)
    *count += is_entry(&edit, one, plugin);
  return 0;
}

int config_edit_disable(const char *text, const char *name, const char *plugin, char **edited,
                        struct error *err)
{
  cleanup_free char *current = xstrdup(text);
  size_t count;
  if (count_entries(text, name, plugin, &count, err) < 0)
    return -1;
  if (count == 0)
    return error_set(err, "%s: plugins has no entry with the name \"%s\"", name, plugin);
  for (size_t i = 0; i < count; i++)
    if (follow_set(&current, name, plugin, i, "enabled", "false", err) < 0)
      return -1;
  *edited = steal_pointer(&current);
  return 0;
}

bool config_edit_has_entry(const char *text, const char *plugin)
{
  struct error err;
  size_t count;
  return count_entries(text, "", plugin, &count, &err) == 0 && count > 0;
}
