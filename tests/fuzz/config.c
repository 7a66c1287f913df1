/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a config file, a profile or a file of conf.d: a config or an error, never a crash,
 * and never libconfig's own end of the process.
 *
 * Covers: core/config/scanner.c core/config/schema.c core/config/syntax.c
 */
#include "fuzz.h"
#include "libconfig.h"

#include "config/schema.h"

/* What a file was accepted for must hold. */
static void check(const struct config *config)
{
  if (config->runtimes[0] == NULL || config->plugin_dir[0] != '/' || config->ctk_path[0] != '/' ||
      config->plugin_timeout < 1 || config->plugin_timeout > CONFIG_TIMEOUT_MAX ||
      config->plugin_count > CONFIG_PLUGINS_MAX)
    abort();
  for (size_t i = 0; i < config->plugin_count; i++)
    if (!schema_name_valid(config->plugins[i].name))
      abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const struct config_source source = {.plugin_dir = "/plugins"};
  for (int layer = SCHEMA_MAIN; layer <= SCHEMA_CONF_D; layer++) {
    cleanup_config struct config config;
    struct error err;
    config_defaults(&config, &source);
    if (schema_apply(&config, (const char *)data, size, "f", (enum schema_layer)layer, &err) == 0)
      check(&config);
    else if (!text_starts(err.text, "f:"))
      abort();
  }
  return 0;
}
