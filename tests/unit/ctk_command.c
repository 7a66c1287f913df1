/* SPDX-License-Identifier: Apache-2.0 */
/* How the commands of container-hooks-ctk read their words. */
#include "ctk/command.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>

static bool flag, other;
static const char *text, *optional;
static struct option_list list;
static struct error err;

static const struct command_option options[] = {
    {"flag", 'f', OPTION_FLAG, &flag, NULL, "a flag"},
    {"other", 0, OPTION_FLAG, &other, NULL, "another"},
    {"text", 't', OPTION_TEXT, &text, "T", "a text"},
    {"list", 0, OPTION_LIST, &list, "L", "texts"},
    {"optional", 0, OPTION_OPTIONAL, &optional, "O", "perhaps a text"},
    {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
};

static const struct ctk_command self = {
    .name = "test",
    .summary = "Tests options",
    .operands = "[WORD]...",
    .details = "Example:\n  test",
};

/* Reads the words of a line that are divided by blanks; the operands that remain, in the same
   form. */
static const char *read_line(const struct ctk_command *command, const char *line)
{
  static char words[512], remaining[512];
  static char *argv[32];
  size_t count = 0;
  snprintf(words, sizeof(words), "%s", line);
  for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
    argv[count++] = word;
  argv[count] = NULL;
  err.text[0] = remaining[0] = '\0';
  int result = command_options(command, options, argv, &err);
  cr_assert_eq(result, err.text[0] != '\0' ? COMMAND_USAGE : 0, "%s", err.text);
  for (char **word = argv; *word != NULL; word++) {
    strcat(remaining, word == argv ? "" : " ");
    strcat(remaining, *word);
  }
  return remaining;
}

static void expect_operands(const char *line, const char *expected)
{
  const char *operands = read_line(&self, line);
  cr_expect_str_empty(err.text);
  cr_expect_str_eq(operands, expected);
}

static void expect_usage(const char *line, const char *expected)
{
  read_line(&self, line);
  cleanup_free char *whole = xasprintf("%s (see: container-hooks-ctk test --help)", expected);
  cr_expect_str_eq(err.text, whole);
}

Test(ctk_command, options_may_stand_anywhere_among_the_operands)
{
  expect_operands("a --flag b -t value c", "a b c");
  cr_expect(flag);
  cr_expect_not(other);
  cr_expect_str_eq(text, "value");
}

Test(ctk_command, a_value_follows_or_stands_behind_an_equals_sign)
{
  expect_operands("--text=a=b", "");
  cr_expect_str_eq(text, "a=b");
  expect_operands("--text --flag", "");
  cr_expect_str_eq(text, "--flag");
  expect_operands("--text=", "");
  cr_expect_str_eq(text, "");
  expect_operands("-t=x", "");
  cr_expect_str_eq(text, "x");
}

Test(ctk_command, the_last_value_counts_but_a_list_keeps_all)
{
  expect_operands("--text a --text b --list 1 --list=2 --list 3", "");
  cr_expect_str_eq(text, "b");
  cr_expect_eq(list.count, 3);
  cr_expect_str_eq(list.values[2], "3");
  cr_expect_null(list.values[3]);
}

Test(ctk_command, an_optional_value_needs_its_equals_sign)
{
  expect_operands("--optional word", "word");
  cr_expect_str_eq(optional, "");
  expect_operands("--optional=value", "");
  cr_expect_str_eq(optional, "value");
}

Test(ctk_command, a_flag_may_be_said_to_be_false)
{
  expect_operands("--flag --other=true", "");
  cr_expect(flag && other);
  expect_operands("--flag=false", "");
  cr_expect_not(flag);
  expect_usage("--flag=perhaps", "--flag takes no value");
}

Test(ctk_command, behind_two_dashes_all_are_operands)
{
  expect_operands("a -- --flag -- b", "a --flag -- b");
  cr_expect_not(flag);
  expect_operands("- a", "- a");
}

Test(ctk_command, every_command_can_be_quiet)
{
  expect_operands("a -q", "a");
  cr_expect(ctk_quiet && !ctk_debug);
  expect_operands("a --debug b --quiet=false", "a b");
  cr_expect(ctk_debug && !ctk_quiet);
}

Test(ctk_command, what_follows_a_subcommand_is_left_to_it)
{
  static const struct ctk_command subcommands[] = {{.name = "sub"}, {.name = NULL}};
  struct ctk_command parent = self;
  parent.subcommands = subcommands;
  cr_expect_str_eq(read_line(&parent, "-f sub --unknown -t --help"), "sub --unknown -t --help");
  cr_expect(flag);
}

Test(ctk_command, mistakes_name_the_option_and_where_help_is)
{
  expect_usage("--unknown", "unknown option --unknown");
  expect_usage("--unknown=value", "unknown option --unknown");
  expect_usage("-x", "unknown option -x");
  expect_usage("-ft", "unknown option -ft");
  expect_usage("--fla", "unknown option --fla");
  expect_usage("--flags", "unknown option --flags");
  expect_usage("a --text", "--text needs a value");
  expect_usage("--=x", "unknown option --");
}

Test(ctk_command, a_list_is_bounded)
{
  char word[] = "--list=x", *argv[OPTION_LIST_MAX + 2] = {NULL};
  for (size_t i = 0; i <= OPTION_LIST_MAX; i++)
    argv[i] = word;
  cr_expect_eq(command_options(&self, options, argv, &err), COMMAND_USAGE);
  cr_expect(text_starts(err.text, "--list is given more than 64 times"), "%s", err.text);
}

static int sub_run(const struct ctk_command *command, char **words, struct error *why)
{
  return error_set(why, "%s: %s", command->name, words[0]);
}

Test(ctk_command, dispatch_finds_the_subcommand_by_its_last_word)
{
  static const struct ctk_command subcommands[] = {
      {.name = "test one"}, {.name = "test two", .run = sub_run}, {.name = NULL}};
  struct ctk_command parent = self;
  parent.subcommands = subcommands;
  char two[] = "two", word[] = "word", full[] = "test two";
  cr_expect_eq(command_dispatch(&parent, (char *[]){two, word, NULL}, &err), -1);
  cr_expect_str_eq(err.text, "test two: word");
  cr_expect_eq(command_dispatch(&parent, (char *[]){full, NULL}, &err), COMMAND_USAGE);
  cr_expect_str_eq(err.text, "unknown command test two (see: container-hooks-ctk test --help)");
  cr_expect_eq(command_dispatch(&parent, (char *[]){NULL}, &err), COMMAND_USAGE);
  cr_expect_str_eq(err.text, "a command is missing (see: container-hooks-ctk test --help)");
}

Test(ctk_command, help_ends_the_program_well, .exit_code = 0)
{
  cr_redirect_stdout();
  read_line(&self, "a --help --unknown");
  cr_expect_fail("--help has returned");
}

/* Help is printed by a child, whose exit leaves the test alone. */
static char *help_of(void)
{
  char *help = NULL;
  size_t size = 0;
  int ends[2];
  cr_assert_eq(pipe(ends), 0);
  if (fork() == 0) {
    dup2(ends[1], STDOUT_FILENO);
    read_line(&self, "-h");
    _exit(EXIT_FAILURE);
  }
  close(ends[1]);
  FILE *stream = fdopen(ends[0], "r");
  cr_assert_geq(getdelim(&help, &size, '\0', stream), 0);
  fclose(stream);
  return help;
}

Test(ctk_command, help_is_made_of_the_options_table)
{
  cleanup_free char *help = help_of();
  cr_expect_str_eq(help, "Usage: container-hooks-ctk test [OPTION]... [WORD]...\n"
                         "Tests options.\n"
                         "\n"
                         "Options:\n"
                         "  -f, --flag                   a flag\n"
                         "  --other                      another\n"
                         "  -t, --text T                 a text\n"
                         "  --list L                     texts\n"
                         "  --optional[=O]               perhaps a text\n"
                         "  -d, --debug                  say what is read, run and written\n"
                         "  -q, --quiet                  say only what went wrong\n"
                         "  -h, --help                   show this\n"
                         "\n"
                         "Example:\n"
                         "  test\n");
}
