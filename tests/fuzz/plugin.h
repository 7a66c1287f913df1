/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin's callback as the worker would call it, with settings that are read from a config. */
#ifndef TESTS_FUZZ_PLUGIN_H
#define TESTS_FUZZ_PLUGIN_H

#include "fuzz.h"
#include "libconfig.h"

#include "common/json.h"
#include "config/schema.h"
#include "worker/chain.h"
#include "worker/host.h"
#include "worker/settings.h"

struct fuzz_plugin {
  struct config config;
  struct link link;
};

/* Reads the settings, the inside of a group; false if the config would be refused. What is lent to
   the plugin is freed by fuzz_plugin_free, in any case. */
static inline bool fuzz_plugin_make(struct fuzz_plugin *plugin, const char *name,
                                    const char *settings)
{
  static struct chain chain; /* of no other plugin */
  struct error err;
  const struct config_source source = {.plugin_dir = "/plugins"};
  cleanup_free char *text =
      xasprintf("plugins = ( { name = \"%s\"; settings: { %s }; } );", name, settings);
  *plugin = (struct fuzz_plugin){.link = {.plugin = NULL}};
  config_defaults(&plugin->config, &source);
  if (schema_apply(&plugin->config, text, strlen(text), "f", SCHEMA_MAIN, &err) < 0 ||
      plugin->config.plugin_count != 1)
    return false;
  plugin->link.chain = &chain;
  plugin->link.entry = &plugin->config.plugins[0];
  plugin->link.context = (struct cht_context){
      .size = sizeof(plugin->link.context),
      .host = &host_functions,
      .plugin = name,
      .command = CHT_CREATE,
      .container_id = "the-id",
      .bundle = "/bundle",
      .settings = settings_to_json(plugin->link.entry->settings),
  };
  return true;
}

static inline void fuzz_plugin_free(struct fuzz_plugin *plugin)
{
  json_object_put(plugin->link.context.settings);
  config_free(&plugin->config);
}

#endif
