/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a config that is edited: what the runtime takes it takes after the edit, too, and
 * libconfig reads what was set.
 *
 * Covers: core/ctk/config_edit.c core/ctk/config_insert.c core/ctk/config_lines.c
 * Covers: core/ctk/config_list.c core/ctk/config_tree.c
 */
#include "fuzz.h"
#include "libconfig.h"

#include "ctk/config_edit.h"

#include "config/schema.h"

static bool load(struct config *config, const char *text)
{
  struct error err;
  config_defaults(config, &(const struct config_source){.plugin_dir = "/plugins"});
  return schema_apply(config, text, strlen(text), "f", SCHEMA_MAIN, &err) == 0;
}

/* Takes ownership of the text. */
static char *must_set(char *text, const char *plugin, const char *key, const char *value)
{
  struct error err;
  char *edited = NULL;
  must(config_edit_set(text, "f", plugin, key, value, &edited, &err) == 0);
  free(text);
  return edited;
}

static char *must_enable(char *text, const char *plugin, size_t position)
{
  struct error err;
  char *edited = NULL;
  const struct config_edit_entry entry = {.plugin = plugin, .position = position};
  must(config_edit_enable(text, "f", &entry, &edited, &err) == 0);
  free(text);
  return edited;
}

static char *must_unset(char *text, const char *key)
{
  struct error err;
  char *edited = NULL;
  must(config_edit_unset(text, "f", NULL, key, &edited, &err) == 0);
  free(text);
  return edited;
}

static char *must_disable(char *text, const char *plugin)
{
  struct error err;
  char *edited = NULL;
  must(config_edit_disable(text, "f", plugin, &edited, &err) == 0);
  free(text);
  return edited;
}

/* An entry with all that one can have, put behind the others, switched off and on again. */
static void check_entry(const char *text, size_t count)
{
  static const char *const settings[] = {"a=1", "b.c=x,y", NULL};
  const struct config_edit_entry entry = {
      .plugin = "whole", .path = "/p.so", .required = "true", .settings = settings};
  struct error err;
  char *edited = NULL;
  cleanup_config struct config after;
  if (config_edit_has_entry(text, "whole"))
    return;
  must(config_edit_disable(text, "f", "whole", &edited, &err) < 0);
  must(config_edit_enable(text, "f", &entry, &edited, &err) == 0);
  must(config_edit_has_entry(edited, "whole"));
  edited = must_disable(edited, "whole");
  cleanup_free char *last = must_enable(edited, "whole", 1);
  must(load(&after, last) && after.plugin_count == count + 1);
  const struct config_plugin *first = &after.plugins[0];
  must(text_equal(first->name, "whole") && first->enabled && first->required);
  must(text_equal(first->path, "/p.so") && config_setting_get_member(first->settings, "a") != NULL);
}

static void check(const struct config *before, const char *text)
{
  cleanup_config struct config after;
  size_t place = before->plugin_count < 2 ? 0 : before->plugin_count / 2;
  cleanup_free char *edited = must_enable(xstrdup(text), "new", place + 1);
  edited = must_set(edited, "new", "settings.fuzz-group.b", "1");
  if (before->plugin_count > 1)
    edited = must_enable(edited, before->plugins[before->plugin_count - 1].name, 1);
  edited = must_set(edited, NULL, "container-hooks-runtime.plugin-timeout", "77");
  edited = must_set(edited, NULL, "plugin-dir", "\"/set\"");
  edited = must_unset(edited, "plugin-dir");
  edited = must_set(edited, NULL, "plugin-dir", "\"/set\"");

  must(load(&after, edited));
  must(after.plugin_timeout == 77 && text_equal(after.plugin_dir, "/set"));
  must(after.log_level == before->log_level);
  if (before->plugin_count > 0)
    check_entry(text, before->plugin_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct error err;
  char *edited = NULL;
  cleanup_config struct config config;
  cleanup_free char *text = xstrndup((const char *)data, size);
  if (load(&config, text) && config.plugin_count < CONFIG_PLUGINS_MAX)
    check(&config, text);
  else if (config_edit_set(text, "f", NULL, "a.b", "1", &edited, &err) == 0)
    free(edited);
  return 0;
}
