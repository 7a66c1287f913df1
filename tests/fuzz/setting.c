/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A setting as an admin types it, KEY=VALUE: it is refused, or a config takes it under that key.
 *
 * Covers: core/ctk/setting.c
 */
#include "fuzz.h"
#include "libconfig.h"

#include "config/schema.h"
#include "ctk/config_edit.h"
#include "ctk/setting.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  cleanup_config struct config config;
  cleanup_free char *typed = fuzz_text(bytes, length), *key = NULL, *value = NULL, *edited = NULL;
  config_defaults(&config, &(const struct config_source){.plugin_dir = "/plugins"});
  if (setting_read(typed, &key, &value, &err) < 0) {
    must(err.text[0] != '\0' && key == NULL);
    return 0;
  }
  must(setting_name_valid(key, strlen(key)) && text_starts(typed, key));
  cleanup_free char *path = xasprintf("settings.%s", key);
  if (config_edit_set("plugins = ( { name = \"p\"; } );", "f", "p", path, value, &edited, &err) < 0)
    return 0;
  must(schema_apply(&config, edited, strlen(edited), "f", SCHEMA_MAIN, &err) == 0 ||
       strstr(typed, "=") != NULL);
  return 0;
}
