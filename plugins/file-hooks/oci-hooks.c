/* SPDX-License-Identifier: Apache-2.0 */
#include "oci-hooks.h"

#include "common/trust.h"

#include <dirent.h>

/* --- a file -------------------------------------------------------------------------------- */

/* Version 1.0.0: hook, when and stages, of which all must be there. */
static int read_current(const struct value *root, struct rule *rule, struct error *err)
{
  static const char *const keys[] = {"version", "hook", "when", "stages", NULL};
  struct value hook, when, stages;
  rule->when = when_new(WHEN_ALL);
  if (value_object(root, keys, err) < 0 || value_need(root, "hook", &hook, err) < 0 ||
      rule_read_hook(rule, &hook, err) < 0 || value_need(root, "when", &when, err) < 0 ||
      when_add_object(rule->when, &when, WHEN_OCI_HOOKS, err) < 0 ||
      value_need(root, "stages", &stages, err) < 0)
    return -1;
  return rule_read_stages(rule, &stages, err);
}

/* A member of version 0.1.0 that has two names, of which one may be used; *found tells whether one
   was. */
static int find_either(const struct value *root, const char *name, const char *other,
                       struct value *member, bool *found, struct error *err)
{
  struct value second;
  *found = value_find(root, name, member);
  if (!value_find(root, other, &second))
    return 0;
  if (*found)
    return value_error(&second, err, "is the same as \"%s\", which is there too", name);
  *member = second;
  *found = true;
  return 0;
}

/* The hook's path, and its arguments behind that as first one. */
static int read_old_hook(const struct value *root, struct rule *rule, struct error *err)
{
  struct value hook, arguments;
  if (value_need(root, "hook", &hook, err) < 0 || rule_read_path(rule, &hook, err) < 0)
    return -1;
  if (!value_find(root, "arguments", &arguments))
    return 0;
  if (value_texts(&arguments, RULE_TEXTS_MAX, 1, &rule->args, err) < 0)
    return -1;
  rule->args[0] = rule->hook.path;
  rule->hook.args = rule->args;
  return 0;
}

static int read_old_annotations(const struct value *patterns, struct when *when, struct error *err)
{
  size_t count;
  if (value_array(patterns, WHEN_PATTERNS_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value pattern = value_element(patterns, i);
    if (when_add_annotation(when, NULL, &pattern, err) < 0)
      return -1;
  }
  return 0;
}

static int read_old_when(const struct value *root, struct when *when, struct error *err)
{
  struct value member;
  bool found;
  if (find_either(root, "cmds", "cmd", &member, &found, err) < 0 ||
      (found && when_add_commands(when, &member, err) < 0) ||
      find_either(root, "annotations", "annotation", &member, &found, err) < 0 ||
      (found && read_old_annotations(&member, when, err) < 0))
    return -1;
  if (!value_find(root, "hasbindmounts", &member))
    return 0;
  return when_add_bind_mounts(when, &member, err);
}

/* Version 0.1.0, which is flat; one condition that matches is enough. */
static int read_old(const struct value *root, struct rule *rule, struct error *err)
{
  static const char *const keys[] = {"version",    "hook",          "arguments", "stages",
                                     "stage",      "cmds",          "cmd",       "annotations",
                                     "annotation", "hasbindmounts", NULL};
  struct value stages;
  bool found;
  rule->when = when_new(WHEN_ANY);
  if (value_object(root, keys, err) < 0 || read_old_hook(root, rule, err) < 0 ||
      read_old_when(root, rule->when, err) < 0 ||
      find_either(root, "stages", "stage", &stages, &found, err) < 0)
    return -1;
  return found ? rule_read_stages(rule, &stages, err) : value_error(root, err, "has no \"stages\"");
}

static int read_any_version(const struct value *root, struct rule *rule, struct error *err)
{
  struct value version;
  const char *text = "0.1.0";
  if (value_type(root, json_type_object, err) < 0)
    return -1;
  if (value_find(root, "version", &version) && value_text(&version, &text, err) < 0)
    return -1;
  if (text_equal(text, "1.0.0"))
    return read_current(root, rule, err);
  if (text_equal(text, "0.1.0"))
    return read_old(root, rule, err);
  return value_error(&version, err, "is \"%s\"; known are \"1.0.0\" and \"0.1.0\"", text);
}

static int read_file(struct cht_context *ctx, const char *path, struct rules *rules)
{
  cleanup_document struct document document = {.name = NULL};
  struct error err;
  if (document_read(path, RULE_FILE_MAX, &document, &err) < 0) {
    if (errno != ENOENT)
      return cht_fail(ctx, "%s", err.text);
    cht_log(ctx, CHT_WARN, "%s: nothing is there any more, or a link leads nowhere: left out",
            path);
    return 0;
  }
  struct value root = document_root(&document);
  struct rule *rule = rules_add(rules, document.name);
  if (read_any_version(&root, rule, &err) < 0)
    return cht_fail(ctx, "%s", err.text);
  if (when_is_empty(rule->when))
    cht_log(ctx, CHT_WARN, "%s: without a condition the hook is never added", path);
  rules_keep(rules, &document);
  return 0;
}

/* --- the folders --------------------------------------------------------------------------- */

struct entry {
  char *name;         /* owned */
  const char *folder; /* borrowed */
  size_t rank;        /* of the folder: a higher one masks */
};

struct entries {
  struct entry *list;
  size_t count;
};

static void free_entries(struct entries *entries)
{
  for (size_t i = 0; i < entries->count; i++)
    free(entries->list[i].name);
  free(entries->list);
}

static void add_entry(struct entries *entries, const char *name, const char *folder, size_t rank)
{
  entries->list = xrealloc_array(entries->list, entries->count + 1, sizeof(*entries->list));
  entries->list[entries->count++] =
      (struct entry){.name = xstrdup(name), .folder = folder, .rank = rank};
}

/* By name, and of one name the one that masks the others first. */
static int compare_entries(const void *left, const void *right)
{
  const struct entry *a = left, *b = right;
  int order = strcasecmp(a->name, b->name);
  if (order == 0)
    order = strcmp(a->name, b->name);
  if (order == 0)
    order = a->rank < b->rank ? 1 : -1;
  return order;
}

static bool is_hooks_file(const char *name)
{
  size_t length = strlen(name);
  return length >= 5 && text_equal(name + length - 5, ".json");
}

static int list_entries(DIR *stream, const char *folder, size_t rank, struct entries *entries,
                        struct error *err)
{
  size_t count = 0;
  for (errno = 0; true; errno = 0) {
    const struct dirent *entry = readdir(stream);
    if (entry == NULL)
      return errno == 0 ? 0 : error_set(err, "cannot read the folder %s: %m", folder);
    if (!is_hooks_file(entry->d_name))
      continue;
    if (count++ == OCI_HOOKS_MAX)
      return error_set(err, "%s has more than %d hooks files", folder, OCI_HOOKS_MAX);
    add_entry(entries, entry->d_name, folder, rank);
  }
}

static int list_folder(struct cht_context *ctx, const char *folder, size_t rank,
                       struct entries *entries)
{
  struct error err;
  cleanup_close int fd = trust_open_folder(folder, &err);
  if (fd < 0 && trust_is_missing(folder)) {
    cht_log(ctx, CHT_INFO, "there is no folder %s: it adds no hooks", folder);
    return 0;
  }
  if (fd < 0)
    return cht_fail(ctx, "%s", err.text);
  DIR *stream = fdopendir(fd);
  if (stream == NULL)
    return cht_fail(ctx, "cannot read the folder %s: %m", folder);
  steal_fd(&fd); /* the stream's now */
  int result = list_entries(stream, folder, rank, entries, &err);
  closedir(stream);
  return result < 0 ? cht_fail(ctx, "%s", err.text) : 0;
}

static int read_entries(struct cht_context *ctx, const struct entries *entries, struct rules *rules)
{
  for (size_t i = 0; i < entries->count; i++) {
    const struct entry *entry = &entries->list[i];
    cleanup_free char *path = xasprintf("%s/%s", entry->folder, entry->name);
    if (i > 0 && text_equal(entry->name, entries->list[i - 1].name))
      cht_log(ctx, CHT_DEBUG, "%s is masked by a later folder", path);
    else if (read_file(ctx, path, rules) < 0)
      return -1;
  }
  return 0;
}

int oci_hooks_read(struct cht_context *ctx, const char *const *folders, struct rules *rules)
{
  __attribute__((cleanup(free_entries))) struct entries entries = {.list = NULL};
  for (size_t rank = 0; folders[rank] != NULL; rank++)
    if (list_folder(ctx, folders[rank], rank, &entries) < 0)
      return -1;
  if (entries.count > 0)
    qsort(entries.list, entries.count, sizeof(*entries.list), compare_entries);
  return read_entries(ctx, &entries, rules);
}
