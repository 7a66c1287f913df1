/* SPDX-License-Identifier: Apache-2.0 */
/* `apply`: what the plugins would make of a config.json. */
#include "common/file.h"
#include "common/json.h"
#include "ctk/command.h"
#include "ctk/setting.h"
#include "ctk/text/diff.h"
#include "ctk/text/pretty.h"
#include "ctk/trial.h"
#include "ctk/unlisted.h"
#include "worker/bundle.h"

#include <fcntl.h>

#define SPEC "config.json"

struct apply {
  /* As asked for: */
  const char *config, *profile, *plugin, *id, *command;
  struct option_list settings;
  bool diff, trace, json, write;

  /* What it is done to: */
  char *bundle;               /* a folder; owned; NULL: the working folder */
  char *name;                 /* the spec's file; owned */
  struct bundle place;        /* if the spec is a bundle's config.json */
  struct json_object *before; /* owned */
};

/* --- what it is done to -------------------------------------------------------------------- */

/* Messages put a slash behind a folder themselves; owned by the caller. */
static char *without_slashes(const char *path, size_t length)
{
  while (length > 1 && path[length - 1] == '/')
    length--;
  return xstrndup(path, length);
}

static int read_bundle(struct apply *apply, const char *folder, struct error *err)
{
  apply->bundle = without_slashes(folder, strlen(folder));
  apply->name = xasprintf("%s/" SPEC, apply->bundle);
  int opened = apply->write ? bundle_open(&apply->place, apply->bundle, err)
                            : bundle_look(&apply->place, apply->bundle, err);
  return opened < 0 ? -1 : bundle_read(&apply->place, &apply->before, err);
}

static int read_file(struct apply *apply, const char *path, struct error *err)
{
  const char *slash = strrchr(path, '/');
  apply->bundle = slash != NULL ? without_slashes(path, (size_t)(slash - path) + 1) : NULL;
  apply->name = xstrdup(path);
  cleanup_free char *text = NULL;
  size_t length;
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  if (fd < 0)
    return ctk_cannot("open", path, err);
  if (file_read(fd, path, BUNDLE_SPEC_MAX, &text, &length, err) < 0)
    return -1;
  return bundle_parse(text, length, path, &apply->before, err);
}

/* A pipe, say; what is in it counts as if it lay in the working folder. */
static int read_input(struct apply *apply, struct error *err)
{
  apply->name = xstrdup("standard input");
  cleanup_free char *text = xcalloc(BUNDLE_SPEC_MAX + 2, 1);
  size_t length = fread(text, 1, BUNDLE_SPEC_MAX + 1, stdin);
  if (ferror(stdin))
    return ctk_cannot("read", apply->name, err);
  if (length > BUNDLE_SPEC_MAX)
    return error_set(err, "%s is larger than %lu bytes", apply->name, BUNDLE_SPEC_MAX);
  return bundle_parse(text, length, apply->name, &apply->before, err);
}

static int read_spec(struct apply *apply, const char *path, struct error *err)
{
  struct stat status;
  bool is_input = text_equal(path, "-") || text_equal(path, "/dev/stdin");
  if (is_input && !apply->write)
    return read_input(apply, err);
  if (stat(path, &status) < 0)
    return ctk_cannot("find", path, err);
  if (S_ISDIR(status.st_mode))
    return read_bundle(apply, path, err);
  if (apply->write)
    return error_set(err, "%s is no bundle: --write needs the folder that holds a " SPEC, path);
  return read_file(apply, path, err);
}

/* --- what came of it ----------------------------------------------------------------------- */

static void print_edits(struct json_object *edits)
{
  for (size_t i = 0; i < json_object_array_length(edits); i++) {
    struct json_object *edit = json_object_array_get_idx(edits, i);
    const char *pointer = trace_text(edit, "pointer");
    printf("  %-7s %s\n", trace_text(edit, "op"), pointer[0] != '\0' ? pointer : "(all of it)");
  }
}

static void print_told(struct json_object *told)
{
  for (size_t i = 0; i < json_object_array_length(told); i++)
    printf("  tells   %s\n", json_object_get_string(json_object_array_get_idx(told, i)));
}

static void print_entry(struct json_object *entry)
{
  const char *state = trace_text(entry, "state"), *error = trace_text(entry, "error");
  struct json_object *edits = json_object_object_get(entry, "edits");
  struct json_object *told = json_object_object_get(entry, "told");
  size_t count = edits != NULL ? json_object_array_length(edits) : 0;
  double milliseconds = (double)trace_number(entry, "microseconds") / 1000;
  printf("%s: ", trace_text(entry, "name"));
  if (error != NULL)
    printf("%s: %s\n", state, error);
  else if (text_equal(state, "done"))
    printf("%zu edit%s in %.1f ms\n", count, count == 1 ? "" : "s", milliseconds);
  else if (text_equal(state, "unmatched"))
    puts("not for this container: its `when` does not match");
  else
    puts(text_equal(state, "loaded") ? "not reached" : state);
  if (edits != NULL)
    print_edits(edits);
  if (told != NULL)
    print_told(told);
}

static void print_trace(const struct apply *apply, struct json_object *trace)
{
  if (apply->json) {
    cleanup_free char *text = text_pretty(trace);
    fputs(text, stdout);
    return;
  }
  if (json_object_array_length(trace) == 0)
    ctk_say("the config lists no plugins");
  for (size_t i = 0; i < json_object_array_length(trace); i++)
    print_entry(json_object_array_get_idx(trace, i));
}

static void print_spec(const struct apply *apply, struct json_object *after)
{
  cleanup_free char *new = text_pretty(after);
  if (apply->diff) {
    cleanup_free char *old = text_pretty(apply->before);
    text_diff(stdout, apply->name, old, apply->name, new, ctk_coloured());
  } else if (!apply->trace && !apply->write) {
    fputs(new, stdout);
  }
}

static int replace(struct apply *apply, struct json_object *after, struct error *err)
{
  if (json_object_equal(apply->before, after)) {
    ctk_say("%s stays as it is", apply->name);
    return 0;
  }
  if (bundle_prepare(&apply->place, after, err) < 0 || bundle_commit(&apply->place, err) < 0)
    return -1;
  ctk_say("%s was replaced", apply->name);
  return 0;
}

/* --- all of it ----------------------------------------------------------------------------- */

/* `text`: a config that is in no file, or NULL. */
static int try_chain(struct apply *apply, const char *text, struct error *err)
{
  cleanup_trial struct trial_answer answer;
  struct trial_request request = {
      .kind = TRIAL_APPLY,
      .config = {.file = text != NULL ? UNLISTED_NAME : apply->config,
                 .text = text,
                 .profile = apply->profile},
      .for_real = apply->write,
      .level = apply->trace ? LOG_INFO : LOG_WARN,
      .command = apply->command,
      .id = apply->id,
      .bundle = apply->bundle,
      .spec_name = apply->name,
  };
  request.spec = json_text(apply->before, &request.spec_length);
  int result = trial_run(&request, &answer, err);
  if (apply->trace && answer.trace != NULL)
    print_trace(apply, answer.trace);
  if (result < 0) {
    cleanup_free char *typed = setting_how_typed(&apply->settings, err->text);
    return error_append(err, "%s", typed);
  }

  cleanup_json struct json_object *after = NULL;
  if (bundle_parse(answer.spec, answer.spec_length, "the edited " SPEC, &after, err) < 0)
    return -1;
  print_spec(apply, after);
  return apply->write ? replace(apply, after, err) : 0;
}

static int check_words(const struct ctk_command *self, const struct apply *apply, char **words,
                       struct error *err)
{
  static const char *const commands[] = {"create", "run", "restore", NULL};
  if (words[0] == NULL)
    return command_usage(self, err, "which config.json? name it, or the bundle's folder");
  if (words[1] != NULL)
    return command_usage(self, err, "one bundle at a time: %s is too many", words[1]);
  if (!text_listed(apply->command, commands))
    return command_usage(self, err, "--command is create, run or restore, not %s", apply->command);
  if (apply->settings.count > 0 && apply->plugin == NULL)
    return command_usage(self, err, "--set goes with --plugin");
  if (apply->plugin != NULL && (apply->config != NULL || apply->profile != NULL))
    return command_usage(self, err, "--plugin goes without --config-file and --profile");
  if (apply->json && !apply->trace)
    return command_usage(self, err, "--json goes with --trace");
  return setting_check_all(self, &apply->settings, err);
}

static int run(const struct ctk_command *self, char **words, struct error *err)
{
  struct apply apply = {.id = "dry-run", .command = "create"};
  const struct command_option options[] = {
      {"diff", 0, OPTION_FLAG, &apply.diff, NULL, "show what changes, as a unified diff"},
      {"trace", 0, OPTION_FLAG, &apply.trace, NULL,
       "show what each plugin does and says, and its time"},
      {"json", 0, OPTION_FLAG, &apply.json, NULL, "the trace as JSON"},
      {"write", 0, OPTION_FLAG, &apply.write, NULL, "really replace the bundle's config.json"},
      {"plugin", 0, OPTION_TEXT, &apply.plugin, "FILE.so", "this plugin only, installed or not"},
      {"set", 0, OPTION_LIST, &apply.settings, "KEY=VALUE", "a setting of that plugin"},
      {"config-file", 0, OPTION_TEXT, &apply.config, "FILE", "the config.cfg to use"},
      {"profile", 0, OPTION_TEXT, &apply.profile, "NAME", "the profile laid over it"},
      {"id", 0, OPTION_TEXT, &apply.id, "ID", "the container's id (dry-run)"},
      {"command", 0, OPTION_TEXT, &apply.command, "create|run|restore",
       "what the engine asks for (create)"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result == 0)
    result = check_words(self, &apply, words, err);
  if (result < 0)
    return result;

  cleanup_free char *config_text = NULL;
  if (apply.plugin != NULL)
    result = unlisted_with_settings(apply.plugin, apply.settings.values, &config_text, err);
  if (result == 0 && read_spec(&apply, words[0], err) < 0)
    result = -1;
  if (result == 0)
    result = try_chain(&apply, config_text, err);
  bundle_close(&apply.place);
  json_object_put(apply.before);
  free(apply.bundle);
  free(apply.name);
  return result;
}

const struct ctk_command apply_command = {
    .name = "apply",
    .summary = "Shows what the plugins would make of a config.json, which is left alone",
    .operands = "BUNDLE|FILE|-",
    .details =
        "Runs the configured chain by the very program that runs it for a container, and prints\n"
        "the edited spec; - reads standard input. Both sides of --diff are laid out anew, so that\n"
        "it shows only what the plugins change. Needs neither root nor a container. A setting's\n"
        "value is a boolean (true), a number (42), a list (a,b; of one element: a,) or a text.\n\n"
        "Example: try a plugin that was just built:\n"
        "  container-hooks-ctk apply --diff --plugin ./timezone.so --set zone=UTC bundle/",
    .run = run,
};
