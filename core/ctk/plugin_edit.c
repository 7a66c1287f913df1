/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/plugin_edit.h"

#include "common/json.h"
#include "config/schema.h"
#include "ctk/config_edit.h"
#include "ctk/config_file.h"
#include "ctk/enforcement.h"
#include "ctk/sample.h"
#include "ctk/setting.h"
#include "ctk/toolkit.h"
#include "ctk/unlisted.h"

/* --- which file ---------------------------------------------------------------------------- */

/* The first entry of this name, in whichever file; NULL if there is none in any. */
static const struct config_plugin *find_entry(const struct config *config, const char *name)
{
  for (size_t i = 0; i < config->plugin_count; i++)
    if (config->plugins[i].line > 0 && text_equal(config->plugins[i].name, name))
      return &config->plugins[i];
  return NULL;
}

/* `state` is what the plugin is then. */
static int show_or_make(const struct changes *changes, const char *name, const char *state,
                        bool dry_run, struct error *err)
{
  if (dry_run) {
    changes_print(changes, stdout, ctk_coloured());
    return 0;
  }
  if (changes_make(changes, err) < 0)
    return -1;
  for (size_t i = 0; i < changes->count; i++)
    ctk_say("plugin '%s' is %s (%s)", name, state, changes->list[i].path);
  if (changes->count == 0)
    ctk_say("plugin '%s' is %s already", name, state);
  return 0;
}

/* --- enable -------------------------------------------------------------------------------- */

struct enable {
  struct config_edit_entry entry;
  struct toolkit_choice choice;
  struct option_list settings;
  const char *position;
  char *name, *path; /* owned */
  bool required, optional, force, dry_run;
};

/* The word names an entry, or a file, whose name the entry gets. */
static int settle_plugin(struct enable *enable, const char *word, struct error *err)
{
  const char *const path = enable->entry.path != NULL ? enable->entry.path
                           : unlisted_is_file(word)   ? word
                                                      : NULL;
  if (path != NULL && (enable->path = realpath(path, NULL)) == NULL)
    return error_set(err, "cannot find %s: %m", path);
  enable->name = unlisted_is_file(word) ? unlisted_plugin(enable->path) : xstrdup(word);
  if (!schema_name_valid(enable->name))
    return error_set(err, "'%s' is no plugin's name", enable->name);
  enable->entry.plugin = enable->name;
  enable->entry.path = enable->path;
  return 0;
}

static int settle_position(const struct ctk_command *self, struct enable *enable, struct error *err)
{
  char *end = NULL;
  if (enable->position == NULL)
    return 0;
  unsigned long position = strtoul(enable->position, &end, 10);
  if (*end != '\0' || position < 1 || position > CONFIG_PLUGINS_MAX)
    return command_usage(self, err, "--position is 1 to %d, not %s", CONFIG_PLUGINS_MAX,
                         enable->position);
  enable->entry.position = position;
  return 0;
}

static int refuse(const struct enable *enable, const char *why, struct error *err)
{
  cleanup_free char *typed = setting_how_typed(&enable->settings, why);
  return error_set(err, "plugin '%s' was not enabled, since it would fail (--force does it): %s%s",
                   enable->name, why, typed);
}

/* The file as it would be; owned by the caller. One of conf.d has only `plugins`: where they lie is
   said in front, on its first line, so that lines keep their numbers. */
static char *text_to_try(const struct config_file_text *file, const struct toolkit *toolkit)
{
  bool is_main = text_equal(file->path, toolkit->config.path);
  cleanup_free char *folder = setting_quote(toolkit->config.plugin_dir);
  cleanup_free char *in_front = is_main ? xstrdup("") : xasprintf("plugin-dir = %s; ", folder);
  return xasprintf("%s%s", in_front, file->text);
}

/* Asks the worker. `part`: the result is not the whole chain. */
static int try_result(const struct enable *enable, const struct toolkit_choice *result, bool part,
                      struct error *err)
{
  cleanup_trial struct trial_answer answer = {.trace = NULL};
  cleanup_sample struct sample sample;
  struct trial_request request = {
      .kind = TRIAL_CHECK,
      .config = *result,
      .part = part,
      .level = LOG_WARN,
  };
  if (sample_open(&sample, err) < 0)
    return -1;
  sample_lend(&sample, &request);
  if (trial_run(&request, &answer, err) < 0 && answer.trace == NULL)
    return -1; /* it did not come to the plugins */
  for (size_t i = 0; i < json_object_array_length(answer.trace); i++) {
    struct json_object *entry = json_object_array_get_idx(answer.trace, i);
    if (text_equal(trace_text(entry, "name"), enable->name) && trace_text(entry, "error") != NULL)
      return refuse(enable, trace_text(entry, "error"), err);
  }
  return 0;
}

/* What is there to refuse containers may let some through as it is enabled. */
static void warn_of_gaps(const struct enable *enable, const struct toolkit_choice *result)
{
  struct error said; /* where it matters */
  cleanup_toolkit struct toolkit toolkit;
  if (toolkit_load(&toolkit, result, false, &said) == 0)
    enforcement_warn(&toolkit.config, enable->name);
}

/* How many entries the file then has. */
static size_t entries_of(const struct config *config, const char *file, bool is_new)
{
  size_t count = is_new;
  for (size_t i = 0; i < config->plugin_count; i++)
    count += config->plugins[i].line > 0 && text_equal(config->plugins[i].file, file);
  return count;
}

/* What may not be what was meant: which of two files it is, and a place that there is not. */
static void say_details(const struct enable *enable, const struct config *config,
                        const struct config_plugin *present, const char *file)
{
  cleanup_free char *usual = xasprintf("%s/%s.so", config->plugin_dir, enable->name);
  const char *path = enable->path != NULL ? enable->path : present != NULL ? present->path : usual;
  size_t count = entries_of(config, file, present == NULL);
  if (!text_equal(path, usual))
    ctk_say("it is %s%s%s", path, access(usual, F_OK) == 0 ? ", not " : "",
            access(usual, F_OK) == 0 ? usual : "");
  if (enable->entry.position > count)
    ctk_say("it is the last of %zu in %s", count, file);
}

static int enable_plugin(const struct enable *enable, struct error *err)
{
  cleanup_toolkit struct toolkit toolkit;
  if (toolkit_load(&toolkit, &enable->choice, true, err) < 0)
    return -1;
  const struct config_plugin *present = find_entry(&toolkit.config, enable->name);
  cleanup_config_file struct config_file_text file = {.path = NULL};
  char *edited = NULL;
  if (config_file_read(present != NULL ? present->file : toolkit.config.path, &file, err) < 0 ||
      config_edit_enable(file.text, file.path, &enable->entry, &edited, err) < 0)
    return -1;
  config_file_edit(&file, edited);
  cleanup_free char *text = text_to_try(&file, &toolkit);
  const struct toolkit_choice result = {.file = file.path, .text = text};
  bool part = !text_equal(file.path, toolkit.config.path);
  if (!enable->force && try_result(enable, &result, part, err) < 0)
    return -1;
  warn_of_gaps(enable, &result);
  cleanup_changes struct changes changes = {.count = 0};
  if (config_file_add(&file, &changes, err) < 0)
    return -1;
  if (show_or_make(&changes, enable->name, "enabled", enable->dry_run, err) < 0)
    return -1;
  if (!enable->dry_run)
    say_details(enable, &toolkit.config, present, file.path);
  return 0;
}

int plugin_enable_run(const struct ctk_command *self, char **words, struct error *err)
{
  struct enable enable = {.position = NULL};
  const struct command_option options[] = {
      {"position", 0, OPTION_TEXT, &enable.position, "N", "its place in the file's list, from 1"},
      {"set", 0, OPTION_LIST, &enable.settings, "KEY=VALUE", "a setting; others stay"},
      {"path", 0, OPTION_TEXT, &enable.entry.path, "FILE.so", "where it lies, if not as usual"},
      {"required", 0, OPTION_FLAG, &enable.required, NULL, "its failure refuses the container"},
      {"optional", 0, OPTION_FLAG, &enable.optional, NULL, "its failure is logged only"},
      {"config-file", 0, OPTION_TEXT, &enable.choice.file, "FILE", "the config.cfg to edit"},
      {"dry-run", 0, OPTION_FLAG, &enable.dry_run, NULL, "only show what would change"},
      {"force", 0, OPTION_FLAG, &enable.force, NULL, "even if it would fail"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  if (words[0] == NULL || words[1] != NULL)
    return command_usage(self, err, "one plugin is to be named");
  if (enable.required && enable.optional)
    return command_usage(self, err, "--required and --optional exclude each other");
  if (enable.required || enable.optional)
    enable.entry.required = enable.required ? "true" : "false";
  enable.entry.settings = enable.settings.values;
  result = setting_check_all(self, &enable.settings, err);
  if (result == 0)
    result = settle_position(self, &enable, err);
  if (result == 0)
    result = settle_plugin(&enable, words[0], err);
  if (result == 0)
    result = enable_plugin(&enable, err);
  free(enable.name);
  free(enable.path);
  return result;
}

/* --- disable ------------------------------------------------------------------------------- */

static int disable_in(const char *path, const char *name, struct changes *changes,
                      struct error *err)
{
  cleanup_config_file struct config_file_text file = {.path = NULL};
  char *edited = NULL;
  if (config_file_read(path, &file, err) < 0 ||
      config_edit_disable(file.text, file.path, name, &edited, err) < 0)
    return -1;
  config_file_edit(&file, edited);
  return config_file_add(&file, changes, err);
}

/* It may have entries in several files; those of one file stand in a row. Without any file it is
   one of the defaults: then the default config is written, with it disabled. */
static int disable_all(const struct config *config, const char *name, struct changes *changes,
                       struct error *err)
{
  const char *done = NULL;
  if (find_entry(config, name) == NULL)
    return disable_in(config->path, name, changes, err);
  for (size_t i = 0; i < config->plugin_count; i++) {
    const struct config_plugin *entry = &config->plugins[i];
    if (!text_equal(entry->name, name) || (done != NULL && text_equal(entry->file, done)))
      continue;
    if (disable_in(entry->file, name, changes, err) < 0)
      return -1;
    done = entry->file;
  }
  return 0;
}

static int disable_plugin(const struct toolkit_choice *choice, const char *name, bool dry_run,
                          struct error *err)
{
  cleanup_toolkit struct toolkit toolkit;
  cleanup_changes struct changes changes = {.count = 0};
  if (toolkit_load(&toolkit, choice, true, err) < 0 ||
      disable_all(&toolkit.config, name, &changes, err) < 0)
    return -1;
  return show_or_make(&changes, name, "disabled", dry_run, err);
}

int plugin_disable_run(const struct ctk_command *self, char **words, struct error *err)
{
  struct toolkit_choice choice = {.file = NULL};
  bool dry_run = false;
  const struct command_option options[] = {
      {"config-file", 0, OPTION_TEXT, &choice.file, "FILE", "the config.cfg to edit"},
      {"dry-run", 0, OPTION_FLAG, &dry_run, NULL, "only show what would change"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  if (words[0] == NULL || words[1] != NULL)
    return command_usage(self, err, "one plugin is to be named");
  return disable_plugin(&choice, words[0], dry_run, err);
}
