/* SPDX-License-Identifier: Apache-2.0 */
#include "front/command.h"

/* Where an option's value (for a flag: its word) goes in struct command; 0 is nowhere, since that
   is `name`, which no option sets. */
#define INTO(member) offsetof(struct command, member)
#define NOWHERE 0

struct option {
  const char *name;
  char letter; /* 0: none */
  bool value;  /* takes one: --x value, --x=value, -x value, -xvalue */
  size_t into;
};

/* Of runc 1.0 to 1.3 and crun 1.x. Without --rootless, which takes a value there but not in runsc:
   its value is told from a command as an unknown option's is. */
static const struct option global_options[] = {
    {"cgroup-manager", 0, true, NOWHERE},
    {"criu", 0, true, NOWHERE},
    {"debug", 0, false, NOWHERE},
    {"help", 'h', false, INTO(help)},
    {"log", 0, true, INTO(log)},
    {"log-format", 0, true, INTO(log_format)},
    {"log-level", 0, true, NOWHERE},
    {"root", 0, true, INTO(root)},
    {"systemd-cgroup", 0, false, NOWHERE},
    {"version", 'v', false, INTO(help)},
    {NULL, 0, false, NOWHERE},
};

/* The options of create, run and restore together: no name means two things. */
static const struct option modifying_options[] = {
    {"auto-dedup", 0, false, NOWHERE},
    {"bundle", 'b', true, INTO(bundle)},
    {"config", 'f', true, INTO(spec_file)},
    {"console-socket", 0, true, NOWHERE},
    {"detach", 'd', false, NOWHERE},
    {"empty-ns", 0, true, NOWHERE},
    {"ext-unix-sk", 0, false, NOWHERE},
    {"file-locks", 0, false, NOWHERE},
    {"help", 'h', false, INTO(help)},
    {"image-path", 0, true, NOWHERE},
    {"keep", 0, false, NOWHERE},
    {"lazy-pages", 0, false, NOWHERE},
    {"lsm-mount-context", 0, true, NOWHERE},
    {"lsm-profile", 0, true, NOWHERE},
    {"manage-cgroups-mode", 0, true, NOWHERE},
    {"no-new-keyring", 0, false, NOWHERE},
    {"no-pivot", 0, false, NOWHERE},
    {"no-subreaper", 0, false, NOWHERE},
    {"pid-file", 0, true, NOWHERE},
    {"pidfd-socket", 0, true, NOWHERE},
    {"preserve-fds", 0, true, NOWHERE},
    {"shell-job", 0, false, NOWHERE},
    {"tcp-established", 0, false, NOWHERE},
    {"work-path", 0, true, NOWHERE},
    {NULL, 0, false, NOWHERE},
};

static bool is_modifying(const char *name)
{
  return text_equal(name, "create") || text_equal(name, "run") || text_equal(name, "restore");
}

static bool is_option(const char *word)
{
  return word[0] == '-' && word[1] != '\0';
}

/* By its whole name or, if `abbreviated`, by the only one that starts so (as getopt_long does). */
static const struct option *find_name(const struct option *options, const char *name, size_t length,
                                      bool abbreviated)
{
  const struct option *found = NULL;
  size_t matches = 0;
  for (const struct option *option = options; option->name != NULL; option++) {
    if (strncmp(option->name, name, length) != 0)
      continue;
    if (option->name[length] == '\0')
      return option;
    found = option;
    matches++;
  }
  return abbreviated && length > 1 && matches == 1 ? found : NULL;
}

static const struct option *find_letter(const struct option *options, char letter)
{
  for (const struct option *option = options; option->name != NULL; option++)
    if (option->letter == letter)
      return option;
  return NULL;
}

static void store(struct command *command, const struct option *option, const char *value)
{
  if (option->into != NOWHERE)
    *(const char **)((char *)command + option->into) = value;
}

/* Takes the value that follows: behind '=' or as the next word. Returns the words used. A flag with
   a value, as --help=false, is not believed: that may mean that it is not set. */
static int take_value(struct command *command, const struct option *option, const char *rest,
                      char *const *words)
{
  if (!option->value) {
    if (*rest == '\0')
      store(command, option, words[0]);
    return 1;
  }
  const char *value = *rest == '=' ? rest + 1 : (*rest != '\0' ? rest : words[1]);
  store(command, option, value);
  return value == words[1] && value != NULL ? 2 : 1;
}

/* A cluster of letters: flags, and at its end perhaps one that takes a value (-dbDIR). */
static int take_letters(struct command *command, const struct option *options, char *const *words)
{
  if (words[0][2] == '=') {
    const struct option *only = find_letter(options, words[0][1]);
    return only != NULL ? take_value(command, only, words[0] + 2, words) : 0;
  }
  for (const char *letter = words[0] + 1; *letter != '\0'; letter++) {
    const struct option *option = find_letter(options, *letter);
    if (option == NULL)
      return 0;
    if (option->value)
      return take_value(command, option, letter + 1, words);
    store(command, option, words[0]);
  }
  return 1;
}

/* Reads the option at words[0]. Returns how many words it uses, or 0 if it is not a known one. */
static int take_option(struct command *command, const struct option *options, char *const *words)
{
  bool two_dashes = words[0][1] == '-';
  const char *name = words[0] + (two_dashes ? 2 : 1);
  size_t length = strcspn(name, "=");

  const struct option *option = find_name(options, name, length, two_dashes);
  if (option == NULL && two_dashes && length == 1) /* to Go, --b is -b */
    option = find_letter(options, name[0]);
  if (option != NULL)
    return take_value(command, option, name + length, words);
  return two_dashes ? 0 : take_letters(command, options, words);
}

/* Returns the place of the command's word, or of the end. */
static char *const *parse_globals(struct command *command, char *const *words)
{
  while (*words != NULL && is_option(*words)) {
    if (text_equal(*words, "--"))
      return words + 1;
    int used = take_option(command, global_options, words);
    if (used > 0) {
      words += used;
      continue;
    }
    /* Not ours to judge. It may take a value, whatever that is called; but a create is not taken
       for one: rather an edit too many than a container without its hooks. */
    bool separate = strchr(*words, '=') == NULL;
    words++;
    if (separate && *words != NULL && !is_option(*words) && !is_modifying(*words))
      words++;
  }
  return words;
}

/* The id is the last bare word: engines put it last, behind whatever options are new. */
static void parse_modifying(struct command *command, char *const *words)
{
  bool options_end = false, unknown = false;
  while (*words != NULL) {
    if (options_end || !is_option(*words)) {
      command->id = *words++;
    } else if (text_equal(*words, "--")) {
      options_end = true;
      words++;
    } else {
      int used = take_option(command, modifying_options, words);
      words += used > 0 ? used : 1;
      unknown |= used == 0;
    }
  }
  if (unknown) /* what looks like --help may be the value of what we do not know */
    command->help = NULL;
}

bool command_modifies(const struct command *command)
{
  return command->help == NULL && is_modifying(command->name);
}

void command_parse(char *const *argv, struct command *command)
{
  *command = (struct command){.name = ""};
  if (*argv == NULL)
    return;
  char *const *words = parse_globals(command, argv + 1);
  if (*words == NULL)
    return;
  command->name = *words;
  if (command_modifies(command))
    parse_modifying(command, words + 1);
}
