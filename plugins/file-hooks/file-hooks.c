/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file-hooks: adds hooks from files, so that an admin needs no code: hooks.json for every
 * container, and folders of oci-hooks(5) files for those that match.
 */
#include "hooks-json.h"
#include "oci-hooks.h"

#define DEFAULT_PATH SYSCONFDIR "/container-hooks/hooks.json"
#define MARKER "container-hooks"

struct settings {
  const char *path;
  const char *const *dirs;
};

static int need_absolute(struct cht_context *ctx, const char *key, const char *path)
{
  if (path[0] == '/')
    return 0;
  return cht_fail(ctx, "setting '%s': '%s' is not an absolute path", key, path);
}

static int read_settings(struct cht_context *ctx, struct settings *settings)
{
  static const char *const known[] = {"path", "dirs", NULL};
  static const char *const none[] = {NULL};
  *settings = (struct settings){.path = DEFAULT_PATH, .dirs = none};
  if (cht_known_settings(ctx, known) < 0 || cht_setting_text(ctx, "path", &settings->path) < 0 ||
      cht_setting_list(ctx, "dirs", &settings->dirs) < 0)
    return -1;
  for (const char *const *dir = settings->dirs; *dir != NULL; dir++)
    if (need_absolute(ctx, "dirs", *dir) < 0)
      return -1;
  return need_absolute(ctx, "path", settings->path);
}

/*
 * The Go original put a hook that runs its program `container-hooks` into `prestart`, to know
 * whether the hooks of hooks.json are in already. We need no such mark, but believe it.
 */
static bool is_marked(const struct value *spec)
{
  struct value hooks, prestart, path;
  if (!value_find(spec, "hooks", &hooks) || !value_find(&hooks, "prestart", &prestart) ||
      !json_object_is_type(prestart.json, json_type_array))
    return false;
  for (size_t i = 0; i < json_object_array_length(prestart.json); i++) {
    struct value hook = value_element(&prestart, i);
    if (!value_find(&hook, "path", &path) || !json_object_is_type(path.json, json_type_string))
      continue;
    if (text_equal(basename(json_object_get_string(path.json)), MARKER))
      return true;
  }
  return false;
}

static int add_hook(struct cht_context *ctx, const struct rule *rule)
{
  for (unsigned stage = 0; rule->stages >> stage != 0; stage++)
    if ((rule->stages >> stage & 1) && cht_add_hook(ctx, stage, &rule->hook, CHT_HOOK_BACK) < 0)
      return -1;
  return 0;
}

static int add_hooks(struct cht_context *ctx, const struct value *spec, const struct rules *rules)
{
  const struct when_container container = {.spec = spec, .bundle = ctx->bundle};
  struct error err;
  for (size_t i = 0; i < rules->count; i++) {
    const struct rule *rule = &rules->list[i];
    bool match = true;
    if (rule->when != NULL && when_match(rule->when, &container, &match, &err) < 0)
      return cht_fail(ctx, "%s (asked by %s)", err.text, rule->file);
    if (!match)
      cht_log(ctx, CHT_DEBUG, "%s does not match this container", rule->file);
    else if (add_hook(ctx, rule) < 0)
      return -1;
  }
  return 0;
}

static int modify(struct cht_context *ctx)
{
  const struct document config = {.name = "config.json", .tree = ctx->spec};
  const struct value spec = document_root(&config);
  cleanup_rules struct rules rules = {.list = NULL};
  struct settings settings;

  if (read_settings(ctx, &settings) < 0)
    return -1;
  if (is_marked(&spec))
    cht_log(ctx, CHT_INFO, "a prestart hook '" MARKER "' says that %s was applied: left out",
            settings.path);
  else if (hooks_json_read(ctx, settings.path, &rules) < 0)
    return -1;
  if (oci_hooks_read(ctx, settings.dirs, &rules) < 0)
    return -1;
  return add_hooks(ctx, &spec, &rules);
}

/* A hook whose program is missing makes the runtime refuse the container; but it may be installed
   later. A startContainer hook is looked up in the container. */
static void warn_of_missing(struct cht_context *ctx, const struct rules *rules)
{
  for (size_t i = 0; i < rules->count; i++) {
    const struct rule *rule = &rules->list[i];
    if (rule->stages != 1u << CHT_START_CONTAINER && access(rule->hook.path, X_OK) < 0)
      cht_log(ctx, CHT_WARN, "%s: the hook's program %s cannot be run: %m", rule->file,
              rule->hook.path);
  }
}

static int check(struct cht_context *ctx)
{
  cleanup_rules struct rules rules = {.list = NULL};
  struct settings settings;
  if (read_settings(ctx, &settings) < 0 || hooks_json_read(ctx, settings.path, &rules) < 0 ||
      oci_hooks_read(ctx, settings.dirs, &rules) < 0)
    return -1;
  warn_of_missing(ctx, &rules);
  return 0;
}

CHT_PLUGIN(.name = "file-hooks", .version = VERSION,
           .summary = "hooks from hooks.json and oci-hooks(5) folders", .modify = modify,
           .check = check);
