/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an admin types, KEY=VALUE, for a plugin's setting and for a key of the config: it is
 * refused, or the config has it under that key, and the runtime takes that config.
 *
 * Covers: core/ctk/setting.c core/ctk/config_key.c
 */
#include "fuzz.h"
#include "libconfig.h"

#include "config/schema.h"
#include "ctk/config_edit.h"
#include "ctk/config_key.h"
#include "ctk/setting.h"

#define CONFIG "plugins = ( { name = \"p\"; } );"

/* How it is typed as what a plugin wants is told of its own key only, and can be typed. */
static void expect_told_how(const char *typed, const char *key)
{
  const char *last = strrchr(key, '.') != NULL ? strrchr(key, '.') + 1 : key;
  const char *const wanted[] = {"a text", "a list", "a number"};
  const struct option_list list = {.values = {typed}, .count = 1};
  for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
    cleanup_free char *why = xasprintf("f:1: setting '%s' must be %s", last, wanted[i]);
    cleanup_free char *how = setting_how_typed(&list, why);
    must((how[0] != '\0') == (i < 2) && (i == 2 || strstr(how, key) != NULL));
  }
}

static void set_setting(const char *typed)
{
  struct error err = {.text = ""};
  cleanup_config struct config config;
  cleanup_free char *key = NULL, *value = NULL, *edited = NULL;
  config_defaults(&config, &(const struct config_source){.plugin_dir = "/plugins"});
  if (setting_read(typed, &key, &value, &err) < 0) {
    must(err.text[0] != '\0' && key == NULL);
    return;
  }
  must(setting_name_valid(key, strlen(key)) && text_starts(typed, key));
  expect_told_how(typed, key);
  cleanup_free char *path = xasprintf("settings.%s", key);
  if (config_edit_set(CONFIG, "f", "p", path, value, &edited, &err) < 0)
    return; /* the value has what libconfig cannot hold */
  if (schema_apply(&config, edited, strlen(edited), "f", SCHEMA_MAIN, &err) < 0)
    must(strstr(err.text, "nested") != NULL); /* the groups of its name */
}

/* Set twice is set once, and what is got can be set again. */
static void expect_set(const struct config_key *key, const char *value,
                       struct config_file_text *file)
{
  struct error err = {.text = ""};
  cleanup_free char *once = xstrdup(file->text), *got = NULL, *again = NULL;
  if (config_key_set(key, value, file, &err) < 0)
    must(strstr(err.text, "nested") != NULL); /* the groups of its name, which no config takes */
  must(text_equal(once, file->text));
  if (config_key_get(key, file, &got, &err) < 0) {
    must(err.text[0] != '\0'); /* the value has what no config takes */
    return;
  }
  if (config_key_set(key, got, file, &err) < 0 || config_key_get(key, file, &again, &err) < 0)
    return;
  must(key->kind == KEY_SETTING || text_equal(got, again));
}

static void set_key(char *typed)
{
  struct error err = {.text = ""};
  cleanup_config_key struct config_key key = {.plugin = NULL};
  struct config_file_text file = {.path = xstrdup("/f"), .text = xstrdup(CONFIG)};
  char *equals = strchr(typed, '=');
  if (equals != NULL) {
    *equals = '\0';
    if (config_key_find(typed, &key, &err) < 0)
      must(err.text[0] != '\0' && key.plugin == NULL);
    else if (config_key_set(&key, equals + 1, &file, &err) < 0)
      must(err.text[0] != '\0' && text_equal(file.text, CONFIG));
    else
      expect_set(&key, equals + 1, &file);
  }
  config_file_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  cleanup_free char *typed = fuzz_text(bytes, length);
  set_setting(typed);
  set_key(typed);
  return 0;
}
