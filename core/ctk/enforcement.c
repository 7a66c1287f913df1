/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/enforcement.h"

#include "ctk/command.h"

#define FILE_NAME "/" ENFORCEMENT_PLUGIN ".so"
#define ENFORCE "enforce" /* the default, too */

/* --- an entry ------------------------------------------------------------------------------ */

static bool has_file(const char *path)
{
  size_t length = strlen(path), end = strlen(FILE_NAME);
  return length >= end && text_equal(path + length - end, FILE_NAME);
}

bool enforcement_is_in(const struct config_plugin *entry)
{
  return entry->enabled && (text_equal(entry->name, ENFORCEMENT_PLUGIN) || has_file(entry->path));
}

static const char *mode_in(const config_setting_t *group, const char *otherwise)
{
  const char *mode = otherwise;
  if (group != NULL && config_setting_is_group(group))
    config_setting_lookup_string(group, "mode", &mode);
  return mode;
}

const char *enforcement_mode(const struct config_plugin *entry)
{
  return mode_in(entry->settings, ENFORCE);
}

enum enforcement enforcement_of(const struct config_plugin *entry)
{
  bool any = text_equal(enforcement_mode(entry), ENFORCE), all = any;
  const config_setting_t *scopes =
      entry->settings != NULL ? config_setting_get_member(entry->settings, "scopes") : NULL;
  int count = scopes != NULL && config_setting_is_list(scopes) ? config_setting_length(scopes) : 0;
  for (int i = 0; i < count; i++) {
    bool enforces = text_equal(mode_in(config_setting_get_elem(scopes, (unsigned)i), ""), ENFORCE);
    any = any || enforces;
    all = all && enforces;
  }
  return all ? ENFORCEMENT_ALL : any ? ENFORCEMENT_SOME : ENFORCEMENT_NONE;
}

/* --- what gets past it --------------------------------------------------------------------- */

static bool has_no_gap(const struct config_plugin *entry)
{
  return enforcement_of(entry) == ENFORCEMENT_ALL && entry->required && entry->when == NULL;
}

static char *place_of(const struct config_plugin *entry)
{
  return entry->line > 0 ? xasprintf("%s:%u", entry->file, entry->line) : xstrdup(entry->file);
}

static void tell_gaps(const struct config_plugin *entry, enforcement_gap *tell, void *data)
{
  cleanup_free char *place = place_of(entry);
  if (!entry->required) {
    cleanup_free char *text =
        xasprintf("%s: plugin '%s' has required = false: what it refuses starts all the same",
                  place, entry->name);
    cleanup_free char *mend =
        xasprintf("container-hooks-ctk plugin enable %s --required", entry->name);
    tell(data, entry, text, mend);
  }
  if (entry->when != NULL) {
    cleanup_free char *text = xasprintf(
        "%s: plugin '%s' has a `when`: containers that it does not match start unverified", place,
        entry->name);
    tell(data, entry, text,
         "take the `when` out: most conditions are in the hands of who starts the container");
  }
}

void enforcement_gaps(const struct config *config, enforcement_gap *tell, void *data)
{
  for (size_t i = 0; i < config->plugin_count; i++)
    if (enforcement_is_in(&config->plugins[i]) && has_no_gap(&config->plugins[i]))
      return;
  for (size_t i = 0; i < config->plugin_count; i++) {
    const struct config_plugin *entry = &config->plugins[i];
    if (enforcement_is_in(entry) && enforcement_of(entry) != ENFORCEMENT_NONE)
      tell_gaps(entry, tell, data);
  }
}

/* --- as warnings --------------------------------------------------------------------------- */

static void warn(void *data, const struct config_plugin *entry, const char *text, const char *mend)
{
  const char *name = data;
  if (name == NULL || text_equal(entry->name, name))
    ctk_warn("%s; to mend it: %s", text, mend);
}

void enforcement_warn(const struct config *config, const char *name)
{
  enforcement_gaps(config, warn, (char *)(uintptr_t)name);
}
