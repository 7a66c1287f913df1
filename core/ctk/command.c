/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/command.h"

#include "ctk/text/distance.h"

#undef ctk_cannot

#define PROGRAM "container-hooks-ctk"

bool ctk_quiet, ctk_debug;

/* What every command knows, and before its word the program. */
static const struct command_option common_options[] = {
    {"debug", 'd', OPTION_FLAG, &ctk_debug, NULL, "say what is read, run and written"},
    {"quiet", 'q', OPTION_FLAG, &ctk_quiet, NULL, "say only what went wrong"},
    {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
};

/* --- output -------------------------------------------------------------------------------- */

void ctk_say(const char *format, ...)
{
  if (ctk_quiet)
    return;
  va_list args;
  va_start(args, format);
  vprintf(format, args);
  va_end(args);
  putchar('\n');
}

void ctk_remark(const char *format, ...)
{
  if (ctk_quiet)
    return;
  va_list args;
  va_start(args, format);
  fputs("note: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
}

void ctk_warn(const char *format, ...)
{
  if (ctk_quiet)
    return;
  va_list args;
  va_start(args, format);
  cleanup_free char *text = xvasprintf(format, args);
  va_end(args);
  fprintf(stderr, PROGRAM ": warn: %s\n", text);
}

void ctk_note(const char *format, ...)
{
  if (!ctk_debug)
    return;
  va_list args;
  va_start(args, format);
  cleanup_free char *text = xvasprintf(format, args);
  va_end(args);
  fprintf(stderr, PROGRAM ": debug: %s\n", text);
}

int ctk_cannot(const char *verb, const char *path, struct error *err)
{
  bool denied = errno == EACCES || errno == EPERM;
  error_set(err, "cannot %s %s: %m", verb, path);
  if (denied && geteuid() != 0)
    error_append(err, ": this needs root");
  return -1;
}

bool ctk_coloured(void)
{
  const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");
  return (refused == NULL || refused[0] == '\0') && terminal != NULL &&
         !text_equal(terminal, "dumb") && isatty(STDOUT_FILENO);
}

/* --- help ---------------------------------------------------------------------------------- */

/* The command's own word, without those above it. */
static const char *last_word(const char *name)
{
  const char *space = strrchr(name, ' ');
  return space != NULL ? space + 1 : name;
}

static void print_option(const struct command_option *option)
{
  char left[48], letter[8] = "";
  if (option->letter != 0)
    snprintf(letter, sizeof(letter), "-%c, ", option->letter);
  const char *equals = option->kind == OPTION_OPTIONAL ? "[=" : " ";
  const char *close = option->kind == OPTION_OPTIONAL ? "]" : "";
  if (option->kind == OPTION_FLAG)
    snprintf(left, sizeof(left), "%s--%s", letter, option->name);
  else
    snprintf(left, sizeof(left), "%s--%s%s%s%s", letter, option->name, equals, option->argument,
             close);
  printf("  %-28s %s\n", left, option->help);
}

static void print_options(const struct command_option *options)
{
  for (; options->name != NULL; options++)
    print_option(options);
}

static void print_subcommands(const struct ctk_command *subcommands)
{
  for (; subcommands->name != NULL; subcommands++)
    printf("  %-28s %s\n", last_word(subcommands->name), subcommands->summary);
}

static void print_help(const struct ctk_command *self, const struct command_option *options)
{
  const char *parent = self->name[0] != '\0' ? " " : "";
  printf("Usage: " PROGRAM "%s%s [OPTION]...%s%s\n%s.\n", parent, self->name,
         self->operands[0] != '\0' ? " " : "", self->operands, self->summary);
  if (self->subcommands != NULL) {
    puts("\nCommands:");
    print_subcommands(self->subcommands);
  }
  puts("\nOptions:");
  print_options(options);
  print_options(common_options);
  printf("  %-28s %s\n", "-h, --help", "show this");
  if (self->details != NULL)
    printf("\n%s\n", self->details);
}

/* --- options ------------------------------------------------------------------------------- */

int command_usage(const struct ctk_command *self, struct error *err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  error_vset(err, format, args);
  va_end(args);
  error_append(err, " (see: " PROGRAM "%s%s --help)", self->name[0] != '\0' ? " " : "", self->name);
  return COMMAND_USAGE;
}

static const struct command_option *find_option(const struct command_option *options,
                                                const char *word, size_t length)
{
  for (; options->name != NULL; options++) {
    bool by_letter = word[1] != '-' && length == 2 && options->letter == word[1];
    bool by_name = word[1] == '-' && strlen(options->name) == length - 2 &&
                   strncmp(options->name, word + 2, length - 2) == 0;
    if (by_letter || by_name)
      return options;
  }
  return NULL;
}

static int add_value(const struct ctk_command *self, const struct command_option *option,
                     const char *value, struct error *err)
{
  if (option->kind != OPTION_LIST) {
    *(const char **)option->value = value;
    return 0;
  }
  struct option_list *list = option->value;
  if (list->count == OPTION_LIST_MAX)
    return command_usage(self, err, "--%s is given more than %d times", option->name,
                         OPTION_LIST_MAX);
  list->values[list->count++] = value;
  return 0;
}

/* Reads the option at words[0]. Returns how many words it uses. */
static int take_option(const struct ctk_command *self, const struct command_option *options,
                       char **words, struct error *err)
{
  const char *word = words[0];
  size_t length = strcspn(word, "=");
  const struct command_option *option = find_option(options, word, length);
  if (option == NULL)
    option = find_option(common_options, word, length);
  if (option == NULL)
    return command_usage(self, err, "unknown option %.*s", (int)length, word);

  const char *value = word[length] == '=' ? word + length + 1 : NULL;
  if (option->kind == OPTION_FLAG) {
    if (value != NULL && !text_equal(value, "true") && !text_equal(value, "false"))
      return command_usage(self, err, "--%s takes no value", option->name);
    *(bool *)option->value = value == NULL || text_equal(value, "true");
    return 1;
  }
  int used = 1;
  if (value == NULL && option->kind == OPTION_OPTIONAL)
    value = "";
  if (value == NULL) {
    value = words[1];
    used = 2;
  }
  if (value == NULL)
    return command_usage(self, err, "--%s needs a value", option->name);
  return add_value(self, option, value, err) < 0 ? COMMAND_USAGE : used;
}

/* "help WORD..." -> "WORD... --help" */
static void ask_for_help(char **words)
{
  static char option[] = "--help";
  for (; words[1] != NULL; words++)
    words[0] = words[1];
  words[0] = option;
}

int command_options(const struct ctk_command *self, const struct command_option *options,
                    char **words, struct error *err)
{
  char **operand = words;
  while (*words != NULL) {
    const char *word = *words;
    bool is_option = word[0] == '-' && word[1] != '\0';
    if (text_equal(word, "--")) {
      words++;
      while (*words != NULL)
        *operand++ = *words++;
    } else if (text_equal(word, "help") && self->subcommands != NULL && words[1] != NULL) {
      ask_for_help(words);
    } else if (text_equal(word, "--help") || text_equal(word, "-h") ||
               (text_equal(word, "help") && self->subcommands != NULL)) {
      print_help(self, options);
      exit(fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    } else if (is_option) {
      int used = take_option(self, options, words, err);
      if (used < 0)
        return used;
      words += used;
    } else {
      *operand++ = *words++;
      if (self->subcommands != NULL) { /* what follows the command's word is the command's */
        while (*words != NULL)
          *operand++ = *words++;
      }
    }
  }
  *operand = NULL;
  return 0;
}

/* The command that may have been meant; NULL if none is near. */
static const char *nearest(const struct ctk_command *commands, const char *word)
{
  const char *found = NULL;
  size_t least = DISTANCE_NEAR + 1;
  for (; commands->name != NULL; commands++) {
    size_t distance = text_distance(word, last_word(commands->name));
    if (distance < least) {
      least = distance;
      found = last_word(commands->name);
    }
  }
  return found;
}

int command_dispatch(const struct ctk_command *self, char **words, struct error *err)
{
  if (words[0] == NULL)
    return command_usage(self, err, "a command is missing");
  for (const struct ctk_command *command = self->subcommands; command->name != NULL; command++)
    if (text_equal(words[0], last_word(command->name)))
      return command->run(command, words + 1, err);
  const char *near = nearest(self->subcommands, words[0]);
  return command_usage(self, err, "unknown command %s%s%s%s", words[0],
                       near != NULL ? ": did you mean " : "", near != NULL ? near : "",
                       near != NULL ? "?" : "");
}
