/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/golden.h"

#include "common/file.h"
#include "common/json.h"
#include "config/schema.h"
#include "ctk/change.h"
#include "ctk/engines/program.h"
#include "ctk/golden_parts.h"
#include "ctk/text/fill.h"
#include "ctk/text/pretty.h"
#include "ctk/trial.h"
#include "ctk/unlisted.h"
#include "worker/bundle.h"

#include <fcntl.h>

#define SPEC "config.json"
#define CONTAINER_ID "golden"

/* --- the place ----------------------------------------------------------------------------- */

/* By a shell: its tools copy and remove whatever a folder holds. */
static int run_script(const char *script, const char *first, const char *second, struct error *err)
{
  const char *const argv[] = {"/bin/sh", "-euc", script, "sh", first, second, NULL};
  return program_run(argv, err);
}

int golden_open(struct golden *golden, const char *plugin, struct error *err)
{
  *golden = (struct golden){.folder = program_folder(err)};
  if (golden->folder == NULL)
    return -1;
  golden->copy = xasprintf("%s/case", golden->folder);
  golden->bundle = xasprintf("%s/bundle", golden->folder);
  if (plugin == NULL)
    return 0;
  cleanup_free char *path = realpath(plugin, NULL);
  if (path == NULL)
    return error_set(err, "cannot find %s: %m", plugin);
  cleanup_free char *name = unlisted_plugin(path);
  if (!schema_name_valid(name))
    return error_set(err, "%s is not named like a plugin", path);
  golden->plugin = xasprintf("%s/%s.so", golden->folder, name);
  golden->named = xstrdup(plugin);
  return run_script("umask 022; cp -- \"$1\" \"$2\"", path, golden->plugin, err);
}

static void forget_case(struct golden *golden)
{
  free(golden->log);
  free(golden->difference.old_text);
  free(golden->difference.new_text);
  golden->log = NULL;
  golden->difference = (struct golden_difference){.old_text = NULL};
  golden->updated = false;
}

void golden_close(struct golden *golden)
{
  struct error ignored;
  if (golden->folder != NULL)
    run_script("chmod -R u+rwX \"$1\"; rm -rf \"$1\"", golden->folder, "", &ignored);
  forget_case(golden);
  free(golden->folder);
  free(golden->copy);
  free(golden->bundle);
  free(golden->plugin);
  free(golden->named);
  free(golden->misnamed);
}

static int prepare(const struct golden *golden, const char *folder, struct error *err)
{
  static const char script[] = "umask 022\n"
                               "cd \"$2\"\n"
                               "[ ! -e case ] || chmod -R u+rwX case\n"
                               "rm -rf case bundle\n"
                               "mkdir case bundle\n"
                               "cp -R -- \"$1/.\" case\n"
                               "chmod -R go-w case\n"
                               "cd case\n"
                               "[ ! -e setup.sh ] || exec sh -eu ./setup.sh";
  cleanup_free char *from = realpath(folder, NULL);
  if (from == NULL)
    return error_set(err, "cannot find %s: %m", folder);
  if (run_script(script, from, golden->folder, err) < 0)
    return error_wrap(err, "it cannot be set up");
  return 0;
}

/* --- running ------------------------------------------------------------------------------- */

struct run {
  struct golden *golden;
  const char *config_name, *config; /* borrowed */
  FILE *log;
};

static int write_spec(const struct golden *golden, const char *text, struct error *err)
{
  cleanup_free char *path = xasprintf("%s/" SPEC, golden->bundle);
  cleanup_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0 || file_write_all(fd, text, strlen(text)) < 0)
    return error_set(err, "cannot write %s: %m", path);
  return 0;
}

/* In a trial nobody but a plugin could have written to it. */
static int check_untouched(const struct golden *golden, const char *text, struct error *err)
{
  cleanup_free char *path = xasprintf("%s/" SPEC, golden->bundle);
  cleanup_free char *now = NULL;
  if (change_read(path, &now, err) < 0)
    return -1;
  if (now == NULL || !text_equal(now, text))
    return error_set(err,
                     "a plugin wrote to the bundle's " SPEC " itself; it is to edit ctx->spec");
  return 0;
}

static bool has_edits(struct json_object *trace)
{
  for (size_t i = 0; i < json_object_array_length(trace); i++)
    if (json_object_object_get(json_object_array_get_idx(trace, i), "edits") != NULL)
      return true;
  return false;
}

/* The plugin under test, once for all cases. */
static void note_name(struct golden *golden, struct json_object *trace)
{
  for (size_t i = 0; i < json_object_array_length(trace) && golden->misnamed == NULL; i++) {
    struct json_object *entry = json_object_array_get_idx(trace, i);
    const struct text_mark marks[] = {{golden->plugin, golden->named}, {NULL, NULL}};
    cleanup_free char *text = trace_misnamed(entry);
    if (text != NULL && text_equal(trace_text(entry, "path"), golden->plugin))
      golden->misnamed = text_fill(text, marks);
  }
}

/* What config.json becomes from `spec`; owned by the caller. Without an edit it is left alone. An
   error with *refused is why the container is. */
static int run_chain(const struct run *run, const char *spec, char **result, bool *refused,
                     struct error *err)
{
  if (write_spec(run->golden, spec, err) < 0)
    return -1;
  cleanup_trial struct trial_answer answer;
  const struct trial_request request = {
      .kind = TRIAL_APPLY,
      .config = {.file = run->config_name, .text = run->config},
      .for_real = true,
      .level = LOG_DEBUG,
      .log = run->log,
      .id = CONTAINER_ID,
      .bundle = run->golden->bundle,
      .spec = spec,
      .spec_name = SPEC,
      .spec_length = strlen(spec),
  };
  int ran = trial_run(&request, &answer, err);
  *refused = ran < 0;
  struct error touched;
  if (check_untouched(run->golden, spec, &touched) < 0) {
    *refused = false;
    return error_set(err, "%s", touched.text);
  }
  if (ran < 0)
    return -1;
  if (answer.spec == NULL)
    return error_set(err, "the worker gave no result");
  note_name(run->golden, answer.trace);
  *result = xstrdup(has_edits(answer.trace) ? answer.spec : spec);
  return 0;
}

/* --- judging ------------------------------------------------------------------------------- */

/* Each line of `lines` must stand in `text`, and there must be one. */
static int check_lines(const char *lines, const char *name, const char *text, struct error *err)
{
  bool any = false;
  while (*lines != '\0') {
    size_t length = strcspn(lines, "\n");
    cleanup_free char *line = xstrndup(lines, length);
    if (strstr(text, line) == NULL)
      return error_set(err, "%s is not met: there is no '%s'", name, line);
    any = any || length > 0;
    lines += length + (lines[length] == '\n');
  }
  return any ? 0 : error_set(err, "%s is empty, and so expects nothing", name);
}

static int pretty(const char *text, const char *name, char **readable, struct error *err)
{
  cleanup_json struct json_object *tree = NULL;
  if (bundle_parse(text, strlen(text), name, &tree, err) < 0)
    return -1;
  *readable = text_pretty(tree);
  return 0;
}

/* Keeps both texts if they differ. */
static bool differ(struct golden *golden, const char *old_name, const char *old_text,
                   const char *new_name, const char *new_text)
{
  if (text_equal(old_text, new_text))
    return false;
  golden->difference = (struct golden_difference){
      .old_name = old_name,
      .new_name = new_name,
      .old_text = xstrdup(old_text),
      .new_text = xstrdup(new_text),
  };
  return true;
}

static int check_result(struct golden *golden, const struct parts *parts, const char *result,
                        struct error *err)
{
  cleanup_free char *expected = NULL;
  cleanup_free char *got = NULL;
  if (parts->expected == NULL)
    return error_set(err, "it has neither expected.json (--update writes it) nor expected-error");
  if (pretty(parts->expected, "expected.json", &expected, err) < 0 ||
      pretty(result, "the result", &got, err) < 0)
    return -1;
  if (differ(golden, "expected.json", expected, "result", got))
    return error_set(err, "the result is not expected.json");
  if (text_equal(parts->expected, parts->spec) && !text_equal(result, parts->spec))
    return error_set(err, "an edit was taken back: " SPEC " must stay as it is, byte for byte");
  return 0;
}

/* A container is created twice on a bundle when an engine tries again. */
static int check_second(struct golden *golden, const struct run *run, const char *first,
                        struct error *err)
{
  cleanup_free char *second = NULL;
  cleanup_free char *was = NULL;
  cleanup_free char *is = NULL;
  bool refused;
  if (run_chain(run, first, &second, &refused, err) < 0)
    return error_wrap(err, "the second run, over the result of the first, has failed");
  if (text_equal(first, second))
    return 0;
  if (pretty(first, "the result", &was, err) < 0 || pretty(second, "the result", &is, err) < 0)
    return -1;
  differ(golden, "first run", was, "second run", is);
  return error_set(err, "the second run, over the result of the first, must change nothing");
}

/* Makes the result what is expected, in the case's own folder too, unless it is already. */
static int update_expected(struct golden *golden, const char *folder, struct parts *parts,
                           const char *result, struct error *err)
{
  const struct text_mark marks[] = {{golden->copy, "@CASE@"}, {NULL, NULL}};
  cleanup_free char *expected = NULL;
  cleanup_free char *got = NULL;
  struct error ignored;
  if (pretty(result, "the result", &got, err) < 0)
    return -1;
  if (parts->expected != NULL && pretty(parts->expected, "", &expected, &ignored) == 0 &&
      text_equal(expected, got))
    return 0;
  free(parts->expected);
  parts->expected = xstrdup(text_equal(result, parts->spec) ? result : got);

  cleanup_changes struct changes changes = {.count = 0};
  cleanup_free char *path = xasprintf("%s/expected.json", folder);
  if (changes_add(&changes, path, text_fill(parts->expected, marks), err) < 0 ||
      changes_make(&changes, err) < 0)
    return -1;
  golden->updated = true;
  return 0;
}

static int judge(struct golden *golden, const struct run *run, const char *folder,
                 struct parts *parts, bool update, struct error *err)
{
  cleanup_free char *result = NULL;
  bool refused = false;
  if (run_chain(run, parts->spec, &result, &refused, err) < 0) {
    if (!refused || parts->expected_error == NULL)
      return refused ? error_wrap(err, "it was refused") : -1;
    struct error why = *err;
    if (check_lines(parts->expected_error, "expected-error", why.text, err) < 0)
      return error_append(err, " in: %s", why.text);
    return 0;
  }
  if (parts->expected_error != NULL)
    return error_set(err, "it was not refused, as expected-error has it");
  if (!update && check_result(golden, parts, result, err) < 0)
    return -1;
  if (check_second(golden, run, result, err) < 0)
    return -1;
  if (!update)
    return 0;
  return update_expected(golden, folder, parts, result, err) < 0
             ? -1
             : check_result(golden, parts, result, err);
}

/* --- a case -------------------------------------------------------------------------------- */

static int run_parts(struct golden *golden, const char *folder, struct parts *parts, bool update,
                     struct error *err)
{
  cleanup_free char *name = NULL;
  parts_make_config(golden, parts, &name);
  size_t length;
  struct run run = {.golden = golden, .config_name = name, .config = parts->config};
  run.log = xmemstream(&golden->log, &length);
  int result = judge(golden, &run, folder, parts, update, err);
  xmemstream_close(run.log);
  if (result == 0 && parts->expected_log != NULL)
    result = check_lines(parts->expected_log, "expected-log", golden->log, err);
  return result;
}

/* Who reads a message knows the case's own folder, not the copy that is gone when it is read. */
static void name_originals(struct golden *golden, const char *folder, struct error *why)
{
  const struct text_mark marks[] = {
      {golden->copy, folder}, {golden->plugin, golden->named}, {NULL, NULL}};
  if (why != NULL) {
    cleanup_free char *text = text_fill(why->text, marks);
    error_set(why, "%s", text);
  }
  if (golden->log != NULL) {
    char *log = text_fill(golden->log, marks);
    free(golden->log);
    golden->log = log;
  }
}

int golden_run(struct golden *golden, const char *folder, bool update, struct error *err)
{
  cleanup_parts struct parts parts = {.spec = NULL};
  forget_case(golden);
  int result = prepare(golden, folder, err);
  if (result == 0)
    result = parts_read(golden, &parts, err);
  if (result == 0)
    result = run_parts(golden, folder, &parts, update, err);
  name_originals(golden, folder, result < 0 ? err : NULL);
  return result;
}
