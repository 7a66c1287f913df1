/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever words a command line has: all that is understood of it are parts of its own words, and
 * what follows a command that makes no container is not looked at.
 *
 * Covers: core/front/command.c
 */
#include "fuzz.h"

#include "front/command.h"

#define WORDS_MAX 64

/* NULs part the words; the program's name comes first. */
static size_t split(char *text, size_t length, char **words)
{
  static char program[] = "container-hooks-runtime";
  size_t count = 0;
  words[count++] = program;
  for (char *word = text; word < text + length && count < WORDS_MAX - 1; word += strlen(word) + 1)
    words[count++] = word;
  words[count] = NULL;
  return count;
}

static void must_lie_in(const char *part, const char *text, size_t length)
{
  must(part == NULL || (part >= text && part <= text + length));
}

static size_t place_of(const char *name, char *const *words)
{
  for (size_t i = 1; words[i] != NULL; i++)
    if (words[i] == name)
      return i;
  return 0;
}

static void expect_nothing_behind_counts(const struct command *command, char **words, size_t place)
{
  struct command alone;
  words[place + 1] = NULL;
  command_parse(words, &alone);
  must(alone.name == command->name && alone.root == command->root && alone.log == command->log);
  must(alone.log_format == command->log_format && alone.help == command->help);
  must(command->bundle == NULL && command->id == NULL && command->spec_file == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  char *words[WORDS_MAX], *copy[WORDS_MAX];
  struct command command;
  cleanup_free char *text = fuzz_text(bytes, length);
  split(text, length, words);
  memcpy(copy, words, sizeof(words));

  command_parse(words, &command);
  must(memcmp(copy, words, sizeof(words)) == 0);
  must(length == 0 || memcmp(text, bytes, length) == 0);
  must_lie_in(command.root, text, length);
  must_lie_in(command.log, text, length);
  must_lie_in(command.log_format, text, length);
  must_lie_in(command.bundle, text, length);
  must_lie_in(command.id, text, length);
  must_lie_in(command.spec_file, text, length);
  must_lie_in(command.help, text, length);

  size_t place = place_of(command.name, words);
  must(place != 0 || command.name[0] == '\0');
  if (place != 0 && !command_modifies(&command) && command.help == NULL)
    expect_nothing_behind_counts(&command, words, place);
  return 0;
}
