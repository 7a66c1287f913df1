/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/config_check.h"

#include "common/trust.h"
#include "config/schema.h"
#include "ctk/command.h"
#include "ctk/enforcement.h"
#include "ctk/toolkit.h"
#include "worker/settings.h"

#include <dirent.h>

#define ENDING ".cfg"

struct check {
  const char *named; /* the config.cfg that was asked for; NULL: the usual one */
  char *path;        /* of config.cfg; owned */
  size_t mistakes;
};

static void say_mistake(struct check *check, const struct error *mistake)
{
  printf("%s\n", mistake->text);
  check->mistakes++;
}

/* The conditions of the entries that stand in this file: the worker reads them, for a container. */
static void check_conditions(struct check *check, const char *path, const struct config *config)
{
  for (size_t i = 0; i < config->plugin_count; i++) {
    const struct config_plugin *entry = &config->plugins[i];
    cleanup_when struct when *when = NULL;
    struct error err;
    if (text_equal(entry->file, path) && settings_when(entry, &when, &err) < 0)
      say_mistake(check, &err);
  }
}

static void say_sound(const char *path, const struct config *config)
{
  const char *found = access(path, F_OK) == 0 ? "ok" : "missing, so the defaults hold";
  ctk_say("%s: %s, %zu plugin%s", path, found, config->plugin_count,
          config->plugin_count == 1 ? "" : "s");
}

/* --- who tells the image ------------------------------------------------------------------- */

static const char *file_of(const struct config_plugin *entry)
{
  const char *slash = strrchr(entry->path, '/');
  return slash != NULL ? slash + 1 : entry->path;
}

/* Of our own plugins only image-verify tells the image; one that is not ours may, and then only
   `plugin check` finds out. */
static bool may_tell(const struct config_plugin *entry)
{
  static const char *const silent[] = {"audit.so", "file-hooks.so", "spec-filter.so",
                                       "spec-patch.so", NULL};
  return entry->enabled && entry->required && entry->when == NULL &&
         !text_listed(file_of(entry), silent);
}

static void check_asker(struct check *check, const struct config_plugin *entry, bool told)
{
  struct error err;
  cleanup_when struct when *when = NULL;
  if (!entry->enabled || told || settings_when(entry, &when, &err) < 0 || when == NULL ||
      !when_asks_image(when))
    return;
  error_set(&err,
            "%s:%u: when: `images` cannot be answered: list image-verify before '%s', required and "
            "without `when`",
            entry->file, config_setting_source_line(entry->when), entry->name);
  say_mistake(check, &err);
}

/* Of a whole list, in its order. */
static void check_images(struct check *check, const struct config *config)
{
  bool told = false;
  for (size_t i = 0; i < config->plugin_count; i++) {
    check_asker(check, &config->plugins[i], told);
    told = told || may_tell(&config->plugins[i]);
  }
}

/* --- the files of a folder ----------------------------------------------------------------- */

/* Not what an editor leaves behind. */
static int is_config(const struct dirent *entry)
{
  size_t length = strlen(entry->d_name);
  return entry->d_name[0] != '.' && length > strlen(ENDING) &&
         text_equal(entry->d_name + length - strlen(ENDING), ENDING);
}

/* Checks each of a folder beside config.cfg; one that is not there holds none. */
static void check_folder(struct check *check, const char *name,
                         void (*check_file)(struct check *check, const char *path))
{
  cleanup_free char *folder = config_beside(check->path, name);
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, is_config, alphasort);
  for (int i = 0; i < count; i++) {
    cleanup_free char *path = xasprintf("%s/%s", folder, entries[i]->d_name);
    check_file(check, path);
    free(entries[i]);
  }
  free(entries);
}

/* By itself, so that a mistake in one does not hide those of the others. */
static void check_part(struct check *check, const char *path)
{
  struct error err;
  cleanup_free char *text = NULL;
  cleanup_config struct config config;
  size_t length;
  config_defaults(&config, &(const struct config_source){.plugin_dir = "/"});
  if (trust_read_file(path, CONFIG_SIZE_MAX, &text, &length, &err) < 0 ||
      schema_apply(&config, text, length, path, SCHEMA_CONF_D, &err) < 0)
    say_mistake(check, &err);
  else
    check_conditions(check, path, &config);
}

/* Over what config.cfg and conf.d say, unless there are mistakes, which are said already. */
static void check_profile(struct check *check, const char *path)
{
  struct error err;
  cleanup_toolkit struct toolkit toolkit;
  const char *file = strrchr(path, '/') + 1;
  cleanup_free char *name = xstrndup(file, strlen(file) - strlen(ENDING));
  struct toolkit_choice choice = {.file = check->named, .profile = name};
  bool alone = check->mistakes > 0;
  if (alone) {
    choice.file = check->path;
    choice.text = "";
  }
  if (toolkit_load(&toolkit, &choice, !alone, &err) < 0) {
    say_mistake(check, &err);
    return;
  }
  size_t before = check->mistakes;
  check_conditions(check, path, &toolkit.config);
  if (!alone)
    check_images(check, &toolkit.config);
  if (check->mistakes == before)
    say_sound(path, &toolkit.config);
  if (toolkit.config.plugin_count > 0 && text_equal(toolkit.config.plugins[0].file, path))
    enforcement_warn(&toolkit.config, NULL); /* else they are those of config.cfg */
}

/* --- all of them --------------------------------------------------------------------------- */

/* config.cfg alone, as for a command that needs no plugins; stores where it is. */
static void check_main(struct check *check)
{
  struct error err;
  cleanup_toolkit struct toolkit toolkit;
  const struct toolkit_choice choice = {.file = check->named};
  if (toolkit_load(&toolkit, &choice, false, &err) < 0)
    say_mistake(check, &err);
  else
    check_conditions(check, toolkit.config.path, &toolkit.config);
  if (toolkit.config.path != NULL)
    check->path = xstrdup(toolkit.config.path);
}

/* As for every command that needs them. */
static void check_whole(struct check *check)
{
  struct error err;
  cleanup_toolkit struct toolkit toolkit;
  const struct toolkit_choice choice = {.file = check->named};
  if (toolkit_load(&toolkit, &choice, true, &err) < 0) {
    say_mistake(check, &err);
    return;
  }
  check_images(check, &toolkit.config);
  if (check->mistakes == 0)
    say_sound(check->path, &toolkit.config);
  enforcement_warn(&toolkit.config, NULL);
}

int config_check(const char *named, struct error *err)
{
  struct check check = {.named = named};
  check_main(&check);
  if (check.path != NULL) {
    check_folder(&check, "conf.d", check_part);
    if (check.mistakes == 0)
      check_whole(&check);
    check_folder(&check, "profiles", check_profile);
    free(check.path);
  }
  return check.mistakes == 0 ? 0
                             : error_set(err, "%zu mistake%s: containers would be refused",
                                         check.mistakes, check.mistakes == 1 ? "" : "s");
}
