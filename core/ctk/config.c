/* SPDX-License-Identifier: Apache-2.0 */
/* The command `config`: config.cfg written, changed, asked and checked. */
#include "config/config.h"
#include "ctk/command.h"
#include "ctk/config_check.h"
#include "ctk/config_edit.h"
#include "ctk/config_key.h"
#include "ctk/config_original.h"

struct choice {
  struct option_list set, unset, get;
  const char *from;
  const char *file, *output;
};

/* --- edits --------------------------------------------------------------------------------- */

static int find_key(const struct ctk_command *self, const char *typed, struct config_key *key,
                    struct error *err)
{
  if (config_key_find(typed, key, err) == 0)
    return 0;
  struct error cause = *err;
  return command_usage(self, err, "%s", cause.text);
}

/* KEY=VALUE */
static int set(const struct ctk_command *self, const char *assignment,
               struct config_file_text *file, struct error *err)
{
  cleanup_config_key struct config_key key = {.plugin = NULL};
  const char *equals = strchr(assignment, '=');
  if (equals == NULL)
    return command_usage(self, err, "--set %s: KEY=VALUE is wanted", assignment);
  cleanup_free char *typed = xstrndup(assignment, (size_t)(equals - assignment));
  int result = find_key(self, typed, &key, err);
  return result < 0 ? result : config_key_set(&key, equals + 1, file, err);
}

/* A key that is not known can be taken out: that is how such a file is mended. */
static int unset(const char *typed, struct config_file_text *file, struct error *err)
{
  cleanup_config_key struct config_key key = {.plugin = NULL};
  struct error unknown;
  char *edited;
  bool known = config_key_find(typed, &key, &unknown) == 0;
  if (config_edit_unset(file->text, file->path, key.plugin, known ? key.key : typed, &edited, err) <
      0)
    return known ? -1 : error_append(err, ": %s", unknown.text);
  config_file_edit(file, edited);
  return 0;
}

static int edit(const struct ctk_command *self, const struct choice *choice,
                struct config_file_text *file, struct error *err)
{
  if (choice->from != NULL && config_original_take_over(choice->from, file, err) < 0)
    return -1;
  for (size_t i = 0; i < choice->set.count; i++) {
    int result = set(self, choice->set.values[i], file, err);
    if (result < 0)
      return result;
  }
  for (size_t i = 0; i < choice->unset.count; i++)
    if (unset(choice->unset.values[i], file, err) < 0)
      return -1;
  return 0;
}

/* --- results ------------------------------------------------------------------------------- */

static int get(const struct ctk_command *self, const char *typed,
               const struct config_file_text *file, struct error *err)
{
  cleanup_config_key struct config_key key = {.plugin = NULL};
  cleanup_free char *value = NULL;
  int result = find_key(self, typed, &key, err);
  if (result < 0 || config_key_get(&key, file, &value, err) < 0)
    return result < 0 ? result : -1;
  puts(value);
  return 0;
}

/* A line each, in the order in which they were asked for. */
static int get_all(const struct ctk_command *self, const struct option_list *typed,
                   const struct config_file_text *file, struct error *err)
{
  int result = 0;
  for (size_t i = 0; i < typed->count && result == 0; i++)
    result = get(self, typed->values[i], file, err);
  return result;
}

/* The text goes to another file than it came from. */
static int redirect(struct config_file_text *file, const char *output, struct error *err)
{
  cleanup_config_file struct config_file_text other = {.path = NULL};
  if (config_file_read(output, &other, err) < 0)
    return -1;
  free(file->path);
  free(file->before);
  file->path = steal_pointer(&other.path);
  file->before = steal_pointer(&other.before);
  return 0;
}

/* A new config.cfg would hide what the original's file says. */
static int check_original(const struct config_file_text *file, struct error *err)
{
  cleanup_free char *original = config_beside(file->path, "config.toml");
  if (file->before != NULL || access(original, F_OK) < 0)
    return 0;
  return error_set(err,
                   "%s is there, and would no longer count: take it over with container-hooks-ctk "
                   "config --from %s, or rename it",
                   original, original);
}

/* The system's file is not for everybody to write: whoever has no right to may have one of their
   own. */
static int name_own(const struct config_file_text *file, struct error *err)
{
  cleanup_free char *own = config_user_path();
  if (errno == EACCES && own != NULL && !text_equal(own, file->path))
    error_append(err, " (rootless, one of your own: --config-file %s)", own);
  return -1;
}

static int write_text(struct config_file_text *file, const struct choice *choice, struct error *err)
{
  const char *output = choice->output;
  if (output != NULL && text_equal(output, "-")) {
    if (config_file_check(file, err) < 0)
      return -1;
    fputs(file->text, stdout);
    return 0;
  }
  if (output != NULL && redirect(file, output, err) < 0)
    return -1;
  if (choice->from == NULL && check_original(file, err) < 0)
    return -1;
  if (config_file_write(file, err) < 0)
    return choice->file == NULL && output == NULL ? name_own(file, err) : -1;
  bool same = file->before != NULL && text_equal(file->before, file->text);
  ctk_say(same ? "%s is there already, and is left as it is" : "%s is written", file->path);
  return 0;
}

/* --- the command --------------------------------------------------------------------------- */

/* As of a shell's variable that is not set. */
static bool is_empty(const char *name)
{
  return name != NULL && name[0] == '\0';
}

static int run_choice(const struct ctk_command *self, const struct choice *choice,
                      struct error *err)
{
  bool edits = choice->from != NULL || choice->set.count + choice->unset.count > 0;
  if (choice->get.count > 0 && (edits || choice->output != NULL))
    return command_usage(self, err, "--get goes with --config-file only");
  if (is_empty(choice->file) || is_empty(choice->output))
    return command_usage(self, err, "the name of a file is empty");
  cleanup_config_file struct config_file_text file;
  if (config_file_read(choice->file, &file, err) < 0)
    return -1;
  if (choice->get.count > 0)
    return get_all(self, &choice->get, &file, err);
  int result = edit(self, choice, &file, err);
  return result < 0 ? result : write_text(&file, choice, err);
}

static int run_check(const struct ctk_command *self, char **words, struct error *err)
{
  const char *file = NULL;
  const struct command_option options[] = {
      {"config-file", 0, OPTION_TEXT, &file, "FILE", "the config.cfg to check"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  if (words[0] != NULL)
    return command_usage(self, err, "%s is not wanted here", words[0]);
  return config_check(file, err);
}

static const struct ctk_command subcommands[] = {
    {
        .name = "config check",
        .summary = "Finds what the runtime would refuse, in each of the config's files",
        .operands = "",
        .details =
            "Reads config.cfg, conf.d and every profile as the runtime does, and tells of each\n"
            "the first mistake, with its line. Whether the plugins would load is asked by:\n"
            "container-hooks-ctk plugin check\n\n"
            "Example:\n"
            "  container-hooks-ctk config check",
        .run = run_check,
    },
    {.name = NULL},
};

static int run(const struct ctk_command *self, char **words, struct error *err)
{
  struct choice choice = {.file = NULL};
  const struct command_option options[] = {
      {"set", 0, OPTION_LIST, &choice.set, "KEY=VALUE", "set a key; a list is a,b; of one: a,"},
      {"unset", 0, OPTION_LIST, &choice.unset, "KEY", "take a key out: its default holds"},
      {"get", 0, OPTION_LIST, &choice.get, "KEY", "print what holds for a key"},
      {"from", 0, OPTION_TEXT, &choice.from, "FILE", "take over an original config.toml"},
      {"config-file", 0, OPTION_TEXT, &choice.file, "FILE", "the config.cfg to change"},
      {"output", 0, OPTION_TEXT, &choice.output, "FILE", "write there instead; -: print"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  bool nothing = choice.get.count == 0 && choice.from == NULL && choice.file == NULL &&
                 choice.output == NULL && choice.set.count + choice.unset.count == 0;
  if (words[0] != NULL && !nothing)
    return command_usage(self, err, "the options of %s stand behind it", words[0]);
  return words[0] != NULL ? command_dispatch(self, words, err) : run_choice(self, &choice, err);
}

const struct ctk_command config_command = {
    .name = "config",
    .summary = "Writes the commented default config.cfg if there is none, and changes it",
    .operands = "[COMMAND]",
    .details = "Keys, as container-hooks.cfg(5) has them:\n"
               "  container-hooks-runtime.debug\n"
               "  container-hooks-runtime.log-level\n"
               "  container-hooks-runtime.runtimes\n"
               "  container-hooks-runtime.plugin-timeout\n"
               "  container-hooks-ctk.path\n"
               "  container-hooks.path         the hooks.json of file-hooks\n"
               "  plugin-dir\n"
               "  plugins.NAME.enabled\n"
               "  plugins.NAME.required\n"
               "  plugins.NAME.path\n"
               "  plugins.NAME.settings.KEY\n"
               "Comments and layout stay; a value that makes no sense is refused.\n\n"
               "Example:\n"
               "  container-hooks-ctk config --set container-hooks-runtime.log-level=debug \\\n"
               "    --set container-hooks-runtime.runtimes=crun,runc",
    .subcommands = subcommands,
    .run = run,
};
