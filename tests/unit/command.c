/* SPDX-License-Identifier: Apache-2.0 */
/* What the front understands of a command line. */
#include "front/command.h"

#include "common/json.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>

#include "common/file.h"

#define SAMPLES "tests/samples"

TestSuite(command);

/* --- cases --------------------------------------------------------------------------------- */

struct expectation {
  const char *line; /* words parted by single spaces, behind the program's name */
  const char *name, *bundle, *id;
  bool modifies;
};

#define WORDS_MAX 32

/* Splits a line in place. */
static void split(char *line, char **words)
{
  size_t count = 0;
  char *rest = line;
  for (char *word; (word = strsep(&rest, " ")) != NULL && count < WORDS_MAX - 1;)
    words[count++] = word;
  words[count] = NULL;
}

static const char *text(const char *value)
{
  return value != NULL ? value : "(none)";
}

static void check(const struct expectation *expected)
{
  char line[512] = "";
  snprintf(line, sizeof(line), "runtime%s%s", expected->line[0] != '\0' ? " " : "", expected->line);
  char *words[WORDS_MAX];
  split(line, words);

  struct command command;
  command_parse(words, &command);
  cr_expect_str_eq(command.name, expected->name, "%s: command %s", expected->line, command.name);
  cr_expect_eq(command_modifies(&command), expected->modifies, "%s", expected->line);
  cr_expect_str_eq(text(command.bundle), text(expected->bundle), "%s: bundle %s", expected->line,
                   text(command.bundle));
  cr_expect_str_eq(text(command.id), text(expected->id), "%s: id %s", expected->line,
                   text(command.id));
}

static void check_all(const struct expectation *expected)
{
  for (; expected->line != NULL; expected++)
    check(expected);
}

Test(command, bundle_is_found_in_every_spelling)
{
  check_all((const struct expectation[]){
      {"create --bundle /b c1", "create", "/b", "c1", true},
      {"create --bundle=/b c1", "create", "/b", "c1", true},
      {"create -bundle /b c1", "create", "/b", "c1", true},
      {"create -bundle=/b c1", "create", "/b", "c1", true},
      {"create -b /b c1", "create", "/b", "c1", true},
      {"create -b=/b c1", "create", "/b", "c1", true},
      {"create -b/b c1", "create", "/b", "c1", true},
      {"create --b /b c1", "create", "/b", "c1", true},
      {"create --b=/b c1", "create", "/b", "c1", true},
      {"run -db /b c1", "run", "/b", "c1", true},
      {"run -d -b/b c1", "run", "/b", "c1", true},
      {"create --bund /b c1", "create", "/b", "c1", true},
      {"create c1 --bundle /b", "create", "/b", "c1", true},
      {"create --bundle /a --bundle /b c1", "create", "/b", "c1", true},
      {"create c1", "create", NULL, "c1", true},
      {"create --bundle", "create", NULL, NULL, true},
      {NULL, NULL, NULL, NULL, false},
  });
}

/* Defects 2 and 3 of the original: start, state, kill … are none of our business. */
Test(command, only_create_run_and_restore_modify)
{
  check_all((const struct expectation[]){
      {"run --bundle /b c1", "run", "/b", "c1", true},
      {"restore --bundle /b --image-path /i c1", "restore", "/b", "c1", true},
      {"start c1", "start", NULL, NULL, false},
      {"--log /l/log.json start c1", "start", NULL, NULL, false},
      {"--log-format json --log /l start c1", "start", NULL, NULL, false},
      {"state c1", "state", NULL, NULL, false},
      {"delete --force c1", "delete", NULL, NULL, false},
      {"features", "features", NULL, NULL, false},
      {"--version", "", NULL, NULL, false},
      {"--help create", "create", NULL, NULL, false},
      {"create --help", "create", NULL, NULL, false},
      {"", "", NULL, NULL, false},
      {NULL, NULL, NULL, NULL, false},
  });
}

/* Defect 4: the first bare word is the command, whatever the others are called. */
Test(command, a_container_may_be_called_as_a_command)
{
  check_all((const struct expectation[]){
      {"delete create", "delete", NULL, NULL, false},
      {"kill start KILL", "kill", NULL, NULL, false},
      {"kill create TERM", "kill", NULL, NULL, false},
      {"create create", "create", NULL, "create", true},
      {"create --bundle create run", "create", "create", "run", true},
      {"--root create state c1", "state", NULL, NULL, false},
      {NULL, NULL, NULL, NULL, false},
  });
}

/* Defect 5: what runs in the container is not for us. */
Test(command, arguments_of_exec_are_not_ours)
{
  struct command command;
  const char *const words[] = {"runtime",  "exec",   "c1", "app", "--log",
                               "/x/y.log", "create", "-b", "/b",  NULL};
  command_parse((char *const *)(uintptr_t)words, &command);
  cr_expect_str_eq(command.name, "exec");
  cr_expect_null(command.log);
  cr_expect_null(command.bundle);
  cr_expect_not(command_modifies(&command));
}

/* Defects 1 and 3: --log and --log-format are two options, each in every spelling. */
Test(command, log_options_are_told_apart)
{
  static const char *const lines[][8] = {
      {"runtime", "--log-format", "json", "--log", "/l", "create", "c1", NULL},
      {"runtime", "--log-format=json", "--log=/l", "create", "c1", NULL},
      {"runtime", "-log-format=json", "-log", "/l", "create", "c1", NULL},
      {"runtime", "--log", "/l", "--log-format=json", "create", "c1", NULL},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
    struct command command;
    command_parse((char *const *)(uintptr_t)lines[i], &command);
    cr_expect_str_eq(text(command.log), "/l", "line %zu", i);
    cr_expect_str_eq(text(command.log_format), "json", "line %zu", i);
    cr_expect_str_eq(command.name, "create", "line %zu", i);
  }
}

Test(command, an_option_at_the_end_without_its_value_is_harmless)
{
  check_all((const struct expectation[]){
      {"--log", "", NULL, NULL, false},
      {"--root", "", NULL, NULL, false},
      {"create --pid-file", "create", NULL, NULL, true},
      {NULL, NULL, NULL, NULL, false},
  });
}

Test(command, two_dashes_end_the_options)
{
  check_all((const struct expectation[]){
      {"create --bundle /b -- -c1", "create", "/b", "-c1", true},
      {"create -- --bundle", "create", NULL, "--bundle", true},
      {"--debug -- create c1", "create", NULL, "c1", true},
      {NULL, NULL, NULL, NULL, false},
  });
}

/* Fail closed: an option that we do not know must not hide a create. */
Test(command, unknown_options_do_not_hide_the_command)
{
  check_all((const struct expectation[]){
      {"--unknown create c1", "create", NULL, "c1", true},
      {"--platform ptrace create c1", "create", NULL, "c1", true},
      {"--platform=ptrace create c1", "create", NULL, "c1", true},
      {"--new value --root /r run c1", "run", NULL, "c1", true},
      {"--new -x create c1", "create", NULL, "c1", true},
      {"create --new value --bundle /b c1", "create", "/b", "c1", true},
      {"create --new=value -b /b c1", "create", "/b", "c1", true},
      {"create --new --help -b /b c1", "create", "/b", "c1", true},
      {"--new state create c1", "create", NULL, "c1", true},
      {"--rootless auto create c1", "create", NULL, "c1", true},
      {"--rootless create c1", "create", NULL, "c1", true},
      {"--rootless=true --root /r run c1", "run", NULL, "c1", true},
      {"--rootless true kill create", "kill", NULL, NULL, false},
      {NULL, NULL, NULL, NULL, false},
  });
}

/* Go's flags can be unset so: who believed --help=false would let a container pass unedited. */
Test(command, a_flag_with_a_value_is_not_believed)
{
  check_all((const struct expectation[]){
      {"--help=false create c1", "create", NULL, "c1", true},
      {"-h=false create c1", "create", NULL, "c1", true},
      {"-v=0 create c1", "create", NULL, "c1", true},
      {"--debug=true create c1", "create", NULL, "c1", true},
      {"create --help=false c1", "create", NULL, "c1", true},
      {"create -h=f --bundle /b c1", "create", "/b", "c1", true},
      {"create --detach=true -b=/b c1", "create", "/b", "c1", true},
      {"create -h c1", "create", NULL, "c1", false},
      {NULL, NULL, NULL, NULL, false},
  });
}

Test(command, a_lone_dash_is_a_word)
{
  check_all((const struct expectation[]){
      {"- create", "-", NULL, NULL, false},
      {"create -", "create", NULL, "-", true},
      {NULL, NULL, NULL, NULL, false},
  });
}

/* --- captured from the engines -------------------------------------------------------------- */

static struct json_object *read_argv(const char *path)
{
  struct error err;
  cleanup_free char *bytes = NULL;
  size_t length;
  struct json_object *sample = NULL;
  cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
  cr_assert_geq(fd, 0, "%s: %m", path);
  cr_assert_eq(file_read(fd, path, 1 << 20, &bytes, &length, &err), 0, "%s", err.text);
  cr_assert_eq(json_parse(bytes, length, path, &sample, &err), 0, "%s", err.text);
  return sample;
}

/* The file is named NNN-COMMAND.argv.json; the word behind --bundle and the last word of a create
   are what the engine means. */
static void check_sample(const char *folder, const char *file)
{
  cleanup_free char *path = xasprintf("%s/%s", folder, file);
  cleanup_json struct json_object *sample = read_argv(path);
  struct json_object *argv = json_object_object_get(sample, "argv");
  char *words[WORDS_MAX] = {NULL};
  const char *bundle = NULL;
  size_t count = json_object_array_length(argv);
  cr_assert_lt(count, WORDS_MAX);
  for (size_t i = 0; i < count; i++) {
    words[i] = (char *)(uintptr_t)json_object_get_string(json_object_array_get_idx(argv, i));
    if (i > 0 && text_equal(words[i - 1], "--bundle"))
      bundle = words[i];
  }

  struct command command;
  command_parse(words, &command);
  const char *name = file + strcspn(file, "-") + 1;
  cr_expect_eq(strncmp(command.name, name, strcspn(name, ".")), 0, "%s: %s", path, command.name);
  cr_expect_eq(command_modifies(&command), text_starts(name, "create."), "%s", path);
  if (command_modifies(&command)) {
    cr_expect_str_eq(text(command.bundle), text(bundle), "%s", path);
    cr_expect_str_eq(text(command.id), words[count - 1], "%s", path);
  }
}

Test(command, every_captured_command_line_is_understood)
{
  static const char *const engines[] = {"docker", "ctr", "cri", "podman"};
  size_t samples = 0;
  for (size_t i = 0; i < ARRAY_LENGTH(engines); i++) {
    cleanup_free char *folder = xasprintf(SAMPLES "/%s", engines[i]);
    DIR *listing = opendir(folder);
    cr_assert_not_null(listing, "%s: %m", folder);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
      if (strstr(entry->d_name, ".argv.json") == NULL)
        continue;
      check_sample(folder, entry->d_name);
      samples++;
    }
    closedir(listing);
  }
  cr_expect_geq(samples, 50);
}

/* CRI-O's are lines of words. */
Test(command, every_command_line_of_crio_is_understood)
{
  FILE *lines = fopen(SAMPLES "/crio/argv.log", "re");
  cr_assert_not_null(lines);
  char line[1024];
  size_t creates = 0;
  while (fgets(line, sizeof(line), lines) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    cleanup_free char *whole = xasprintf("runtime %s", line);
    char *words[WORDS_MAX];
    split(whole, words);
    struct command command;
    command_parse(words, &command);
    cr_expect_str_eq(text(command.root), "/run/runc", "%s", line);
    if (!command_modifies(&command))
      continue;
    cr_expect_str_eq(command.name, "create");
    cr_expect(text_starts(text(command.bundle), "/run/containers/storage/"), "%s", line);
    cr_expect_str_eq(text(command.id), strrchr(line, ' ') + 1);
    creates++;
  }
  fclose(lines);
  cr_expect_eq(creates, 2);
}
