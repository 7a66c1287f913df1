/* SPDX-License-Identifier: Apache-2.0 */
/* The command `plugin`: which plugins there are, and whether they would work. */
#include "common/json.h"
#include "ctk/command.h"
#include "ctk/enforcement.h"
#include "ctk/plugin_edit.h"
#include "ctk/plugin_list.h"
#include "ctk/plugin_new.h"
#include "ctk/plugin_test.h"
#include "ctk/sample.h"
#include "ctk/setting.h"
#include "ctk/text/pretty.h"
#include "ctk/unlisted.h"
#include "worker/settings.h"

static void print_json(struct json_object *tree)
{
  cleanup_free char *text = text_pretty(tree);
  fputs(text, stdout);
}

static int unwanted(const struct ctk_command *self, const char *word, struct error *err)
{
  return command_usage(self, err, "%s is not wanted here", word);
}

static int not_listed(const char *name, struct error *err)
{
  return error_set(err,
                   "no plugin '%s' is listed or lies in the plugins' folder (see: "
                   "container-hooks-ctk plugin list)",
                   name);
}

/* --- list ---------------------------------------------------------------------------------- */

static int run_list(const struct ctk_command *self, char **words, struct error *err)
{
  struct toolkit_choice choice = {.file = NULL};
  bool json = false;
  const struct command_option options[] = {
      {"json", 0, OPTION_FLAG, &json, NULL, "as a JSON array, for scripts"},
      {"config-file", 0, OPTION_TEXT, &choice.file, "FILE", "the config.cfg to read"},
      {"profile", 0, OPTION_TEXT, &choice.profile, "NAME", "the profile laid over it"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  if (words[0] != NULL)
    return unwanted(self, words[0], err);

  cleanup_json struct json_object *list = NULL;
  if (plugin_list(&choice, &list, err) < 0)
    return -1;
  if (json)
    print_json(list);
  else
    plugin_list_print(list);
  return 0;
}

/* --- show ---------------------------------------------------------------------------------- */

/* Leaves those of this name. */
static struct json_object *only(struct json_object *list, const char *name)
{
  struct json_object *left = json_object_new_array();
  for (size_t i = 0; i < json_object_array_length(list); i++) {
    struct json_object *row = json_object_array_get_idx(list, i);
    if (text_equal(trace_text(row, "name"), name))
      json_object_array_add(left, json_object_get(row));
  }
  return left;
}

static int add_settings(struct json_object *rows, const struct toolkit_choice *choice,
                        struct error *err)
{
  cleanup_toolkit struct toolkit toolkit;
  if (toolkit_load(&toolkit, choice, true, err) < 0)
    return -1;
  for (size_t i = 0; i < json_object_array_length(rows); i++) {
    struct json_object *row = json_object_array_get_idx(rows, i);
    size_t order = (size_t)trace_number(row, "order");
    if (order > 0 && order <= toolkit.config.plugin_count)
      json_object_object_add(row, "settings",
                             settings_to_json(toolkit.config.plugins[order - 1].settings));
  }
  return 0;
}

static int find_rows(const char *word, const struct toolkit_choice *choice,
                     struct json_object **rows, struct error *err)
{
  if (unlisted_is_file(word))
    return plugin_list_file(word, rows, err);
  cleanup_json struct json_object *all = NULL;
  if (plugin_list(choice, &all, err) < 0)
    return -1;
  *rows = only(all, word);
  if (json_object_array_length(*rows) == 0)
    return not_listed(word, err);
  return add_settings(*rows, choice, err);
}

static void show_row(struct json_object *row)
{
  static const char *const keys[] = {"name",      "summary", "version", "path", "state", "order",
                                     "interface", "check",   "listed",  "why",  NULL};
  for (const char *const *key = keys; *key != NULL; key++)
    if (trace_text(row, *key) != NULL)
      printf("%-10s %s\n", *key, trace_text(row, *key));
  struct json_object *settings = json_object_object_get(row, "settings");
  if (settings == NULL)
    return;
  fputs("settings   ", stdout);
  print_json(settings);
}

static int run_show(const struct ctk_command *self, char **words, struct error *err)
{
  struct toolkit_choice choice = {.file = NULL};
  bool json = false;
  const struct command_option options[] = {
      {"json", 0, OPTION_FLAG, &json, NULL, "as a JSON array, for scripts"},
      {"config-file", 0, OPTION_TEXT, &choice.file, "FILE", "the config.cfg to read"},
      {"profile", 0, OPTION_TEXT, &choice.profile, "NAME", "the profile laid over it"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  if (words[0] == NULL)
    return command_usage(self, err, "which plugin? name it, or its file");
  if (words[1] != NULL)
    return unwanted(self, words[1], err);

  cleanup_json struct json_object *rows = NULL;
  if (find_rows(words[0], &choice, &rows, err) < 0)
    return -1;
  if (json)
    print_json(rows);
  for (size_t i = 0; !json && i < json_object_array_length(rows); i++)
    show_row(json_object_array_get_idx(rows, i));
  return 0;
}

/* --- check --------------------------------------------------------------------------------- */

static void say_checked(struct json_object *entry, const struct option_list *settings)
{
  cleanup_free char *misnamed = trace_misnamed(entry);
  if (misnamed != NULL)
    ctk_warn("%s", misnamed);
  struct json_object *plugin = json_object_object_get(entry, "plugin");
  const char *name = trace_text(entry, "name"), *why = trace_text(entry, "error");
  cleanup_free char *typed = why != NULL ? setting_how_typed(settings, why) : NULL;
  if (why != NULL)
    printf("%s: %s%s\n", name, why, typed);
  else if (!trace_is(entry, "enabled"))
    ctk_say("%s: disabled", name);
  else if (text_equal(trace_text(entry, "state"), "unmatched"))
    ctk_say("%s: ok (but its `when` does not match the sample, so it was not tried)", name);
  else
    ctk_say("%s: ok%s", name,
            plugin != NULL && trace_is(plugin, "check") ? "" : " (it has no check of its own)");
}

/* `name` is NULL for all. Returns how many there are, and stores how many of them are bad. */
static int say_all(struct json_object *trace, const char *name, const struct option_list *settings,
                   int *bad)
{
  int seen = 0;
  for (size_t i = 0; i < json_object_array_length(trace); i++) {
    struct json_object *entry = json_object_array_get_idx(trace, i);
    if (name != NULL && !text_equal(trace_text(entry, "name"), name))
      continue;
    say_checked(entry, settings);
    seen++;
    *bad += trace_text(entry, "error") != NULL;
  }
  return seen;
}

static int check(const struct toolkit_choice *choice, const char *name,
                 const struct option_list *settings, struct error *err)
{
  cleanup_trial struct trial_answer answer = {.trace = NULL};
  cleanup_sample struct sample sample;
  struct trial_request request = {
      .kind = TRIAL_CHECK,
      .config = *choice,
      .part = choice->text != NULL, /* a plugin's file alone */
      .level = LOG_WARN,
  };
  int bad = 0;
  if (sample_open(&sample, err) < 0)
    return -1;
  sample_lend(&sample, &request);
  if (trial_run(&request, &answer, err) < 0 && answer.trace == NULL)
    return -1; /* it did not come to the plugins */
  int seen = say_all(answer.trace, name, settings, &bad);
  if (seen == 0 && name != NULL)
    return not_listed(name, err);
  if (bad > 0)
    return error_set(err, "%d of %d plugin%s would fail", bad, seen, seen == 1 ? "" : "s");
  return 0;
}

static bool lists(const struct config *config, const char *name)
{
  for (size_t i = 0; i < config->plugin_count; i++)
    if (text_equal(config->plugins[i].name, name))
      return true;
  return false;
}

/* Warns of what the plugins cannot know of themselves. Of a name that no config lists, stores the
   file in the plugins' folder; owned by the caller. `name` is NULL for all. */
static int look_at_config(const struct toolkit_choice *choice, const char *name, char **unlisted,
                          struct error *err)
{
  cleanup_toolkit struct toolkit toolkit;
  if (toolkit_load(&toolkit, choice, true, err) < 0)
    return -1;
  enforcement_warn(&toolkit.config, name);
  if (name == NULL || lists(&toolkit.config, name))
    return 0;
  cleanup_free char *path = xasprintf("%s/%s.so", toolkit.config.plugin_dir, name);
  if (access(path, F_OK) < 0)
    return not_listed(name, err);
  *unlisted = steal_pointer(&path);
  return 0;
}

static int check_file(const char *path, const struct option_list *settings, struct error *err)
{
  cleanup_free char *text = NULL;
  if (unlisted_with_settings(path, settings->values, &text, err) < 0)
    return -1;
  const struct toolkit_choice choice = {.file = UNLISTED_NAME, .text = text};
  return check(&choice, NULL, settings, err);
}

static int check_listed(const struct ctk_command *self, const struct toolkit_choice *choice,
                        const char *name, const struct option_list *settings, struct error *err)
{
  cleanup_free char *unlisted = NULL;
  if (look_at_config(choice, name, &unlisted, err) < 0)
    return -1;
  if (unlisted != NULL) {
    ctk_remark("no config lists %s: it is checked as it lies in %s; container-hooks-ctk plugin "
               "enable %s lists it",
               name, unlisted, name);
    return check_file(unlisted, settings, err);
  }
  if (settings->count > 0)
    return command_usage(self, err,
                         "--set goes with a plugin's file, or one that no config lists: "
                         "plugin enable --set --dry-run tries settings of an entry");
  return check(choice, name, settings, err);
}

static int run_check(const struct ctk_command *self, char **words, struct error *err)
{
  struct toolkit_choice choice = {.file = NULL};
  struct option_list settings = {.count = 0};
  const struct command_option options[] = {
      {"set", 0, OPTION_LIST, &settings, "KEY=VALUE", "a setting of a plugin that no config lists"},
      {"config-file", 0, OPTION_TEXT, &choice.file, "FILE", "the config.cfg to read"},
      {"profile", 0, OPTION_TEXT, &choice.profile, "NAME", "the profile laid over it"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  bool is_file = words[0] != NULL && unlisted_is_file(words[0]);
  if (words[0] != NULL && words[1] != NULL)
    return unwanted(self, words[1], err);
  if (settings.count > 0 && words[0] == NULL)
    return command_usage(self, err, "--set goes with one plugin: name it, or its file");
  result = setting_check_all(self, &settings, err);
  if (result < 0)
    return result;
  return is_file ? check_file(words[0], &settings, err)
                 : check_listed(self, &choice, words[0], &settings, err);
}

/* --- the command --------------------------------------------------------------------------- */

static const struct ctk_command subcommands[] = {
    {
        .name = "plugin list",
        .summary = "Lists the plugins in their order, and those that could be enabled",
        .operands = "",
        .details = "States: required (its failure refuses a container), optional, disabled,\n"
                   "refused (it cannot be loaded), available (no config lists it).\n\n"
                   "Example:\n"
                   "  container-hooks-ctk plugin list",
        .run = run_list,
    },
    {
        .name = "plugin show",
        .summary = "Shows what a plugin says of itself, and its settings",
        .operands = "NAME|FILE.so",
        .details = "Example:\n"
                   "  container-hooks-ctk plugin show file-hooks",
        .run = run_show,
    },
    {
        .name = "plugin enable",
        .summary = "Enables a plugin, and lists it in the config if none does",
        .operands = "NAME|FILE.so",
        .details =
            "It is loaded, checked and tried on a sample container first; one that would fail is\n"
            "not enabled. A setting's value is a boolean (true), a number (42), a list (a,b; of\n"
            "one element: a,) or a text.\n\n"
            "Example:\n"
            "  container-hooks-ctk plugin enable file-hooks --set path=/etc/hooks.json",
        .run = plugin_enable_run,
    },
    {
        .name = "plugin disable",
        .summary = "Disables a plugin; its entry and settings stay",
        .operands = "NAME",
        .details = "Example:\n"
                   "  container-hooks-ctk plugin disable file-hooks",
        .run = plugin_disable_run,
    },
    {
        .name = "plugin check",
        .summary = "Loads every plugin that is enabled, has it check its settings, and tries it",
        .operands = "[NAME|FILE.so]",
        .details =
            "Tries them in a dry run on a sample container, which is none. Prints a line a "
            "plugin.\n"
            "One that no config lists is named, too, or its file, with the settings to try.\n"
            "Status 1 if one of them would fail.\n\n"
            "Example:\n"
            "  container-hooks-ctk plugin check",
        .run = run_check,
    },
    {
        .name = "plugin new",
        .summary = "Writes the sources of a new plugin that builds, and whose tests pass",
        .operands = "NAME [DIR]",
        .details =
            "DIR is ./NAME unless it is given; it must be empty, or not be there. The name has\n"
            "small letters, digits and '-'.\n\n"
            "Example:\n"
            "  container-hooks-ctk plugin new timezone && make -C timezone check",
        .run = plugin_new_run,
    },
    {
        .name = "plugin test",
        .summary = "Runs a plugin's golden cases: folders with config.json and expected.json",
        .operands = "DIR...",
        .details =
            "DIR is a case or holds cases. A case has config.json; settings.cfg with the\n"
            "plugin's settings, or a whole config.cfg; and what is expected: expected.json,\n"
            "or expected-error with lines of the message; perhaps expected-log and setup.sh.\n"
            "Each runs twice: the second run must change nothing. Prints a line a case, and\n"
            "why it failed. Status 1 if one does. See container-hooks-plugin(7).\n\n"
            "Example:\n"
            "  container-hooks-ctk plugin test --plugin ./timezone.so tests",
        .run = plugin_test_run,
    },
    {.name = NULL},
};

static int run(const struct ctk_command *self, char **words, struct error *err)
{
  const struct command_option options[] = {{NULL, 0, OPTION_FLAG, NULL, NULL, NULL}};
  int result = command_options(self, options, words, err);
  return result < 0 ? result : command_dispatch(self, words, err);
}

const struct ctk_command plugin_command = {
    .name = "plugin",
    .summary = "Lists, shows, enables, disables and checks plugins; makes and tests new ones",
    .operands = "COMMAND ...",
    .details = "Example: what would happen to a new container:\n"
               "  container-hooks-ctk plugin list",
    .subcommands = subcommands,
    .run = run,
};
