/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_settings.h"

#include "policy/verify.h"
#include "rootfs/state_folder.h"
#include "worker/settings.h"

#define PLUGIN "image-verify"
#define UPPER_DEFAULT "empty-on-first-start"

static const struct config_plugin *find_plugin(const struct config *config)
{
  for (size_t i = 0; i < config->plugin_count; i++)
    if (config->plugins[i].enabled && text_equal(config->plugins[i].name, PLUGIN))
      return &config->plugins[i];
  return NULL;
}

static int fill(const struct config_plugin *plugin, const char *key, const char **value,
                struct error *err)
{
  return *value != NULL ? 0 : settings_text(plugin, key, value, err);
}

static int read_config(struct image_settings *settings, struct error *err)
{
  const struct toolkit_choice choice = {.file = NULL};
  if (toolkit_load(&settings->toolkit, &choice, true, err) < 0)
    return -1;
  const struct config_plugin *plugin = find_plugin(&settings->toolkit.config);
  if (plugin == NULL)
    return 0;
  if (fill(plugin, "store", &settings->store, err) < 0 ||
      fill(plugin, "policy", &settings->policy, err) < 0 ||
      fill(plugin, "upper", &settings->upper, err) < 0 ||
      fill(plugin, "state", &settings->state, err) < 0)
    return -1;
  return fill(plugin, "registries", &settings->registries, err);
}

static void set_default(const char **value, const char *text)
{
  *value = *value != NULL ? *value : text;
}

int image_settings_store(struct image_settings *settings, struct error *err)
{
  if (settings->store == NULL && read_config(settings, err) < 0)
    return -1;
  set_default(&settings->store, STORE_DEFAULT);
  return 0;
}

int image_settings_sources(struct image_settings *settings, struct error *err)
{
  if ((settings->store == NULL || settings->registries == NULL) && read_config(settings, err) < 0)
    return -1;
  set_default(&settings->store, STORE_DEFAULT);
  set_default(&settings->registries, REGISTRIES_DEFAULT);
  return 0;
}

static void set_defaults(struct image_settings *settings)
{
  set_default(&settings->store, STORE_DEFAULT);
  set_default(&settings->policy, POLICY_DEFAULT);
  set_default(&settings->registries, REGISTRIES_DEFAULT);
  set_default(&settings->upper, UPPER_DEFAULT);
  set_default(&settings->state, STATE_FOLDER);
}

int image_settings_all(struct image_settings *settings, struct error *err)
{
  bool is_whole =
      settings->store != NULL && settings->policy != NULL && settings->registries != NULL;
  if (!is_whole && read_config(settings, err) < 0)
    return -1;
  set_defaults(settings);
  return 0;
}

int image_settings_files(struct image_settings *settings, struct error *err)
{
  if (read_config(settings, err) < 0)
    return -1;
  set_defaults(settings);
  return 0;
}

void image_settings_free(struct image_settings *settings)
{
  toolkit_free(&settings->toolkit);
}
