/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/checkup.h"

#include "common/process.h"
#include "common/trust.h"
#include "ctk/command.h"
#include "ctk/enforcement.h"
#include "ctk/sample.h"
#include "front/lowlevel.h"

#include <sys/stat.h>

#define ANSWER_WITHIN 10 /* seconds */
#define STRING_OF(number) #number
#define STRING(macro) STRING_OF(macro)

/* --- programs ------------------------------------------------------------------------------ */

/* False with errno if it cannot be run. */
static bool is_program(const char *path)
{
  struct stat status;
  if (stat(path, &status) < 0 || access(path, X_OK) < 0)
    return false;
  errno = S_ISDIR(status.st_mode) ? EISDIR : EACCES;
  return S_ISREG(status.st_mode);
}

bool checkup_program(struct findings *findings, const char *program)
{
  struct error why;
  if (!is_program(program)) {
    findings_add(findings, FINDING_PROBLEM,
                 "install it (container-hooks-ctk install), or configure the engine anew with "
                 "--path",
                 "%s cannot be run: %s", program, strerror(errno));
    return false;
  }
  cleanup_close int fd = trust_open_file(program, &why);
  if (fd < 0)
    findings_add(findings, FINDING_PROBLEM, "make it, and the folders above it, root's alone",
                 "%s could be changed by others: %s", program, why.text);
  else
    findings_add(findings, FINDING_OK, NULL, "%s is there, and nobody else can change it", program);
  return true;
}

/* Runs `program word`; true if it came to a good end. The output stays in *process. */
static bool answers(struct process *process, const char *program, const char *word)
{
  struct error ignored;
  const char *argv[] = {program, word, NULL};
  *process = (struct process){
      .argv = (char *const *)(uintptr_t)argv, /* posix_spawn(3) does not change them */
      .pass_fd = -1,
      .timeout = ANSWER_WITHIN,
  };
  ctk_note("running %s %s", program, word);
  return process_run(process, &ignored) == 0 && !process->late && process->status == 0;
}

static const char *first_line(struct process *process)
{
  if (process->late)
    return "no end within " STRING(ANSWER_WITHIN) " s";
  process->output[strcspn(process->output, "\n")] = '\0';
  return process->output[0] != '\0' ? process->output : "no words";
}

/* CRI-O takes all that `features` prints for JSON, on standard error as well. */
static void check_features(struct findings *findings, const char *program, const char *runtime)
{
  struct process own, behind;
  if (answers(&own, program, "features") && own.output[0] == '{')
    findings_add(findings, FINDING_OK, NULL, "%s features: answered by %s", program, runtime);
  else if (answers(&behind, runtime, "features") && behind.output[0] == '{')
    findings_add(findings, FINDING_PROBLEM, "run both by hand and compare",
                 "%s features: what %s answers does not come through: %s", program, runtime,
                 first_line(&own));
  else
    findings_add(findings, FINDING_NOTE,
                 "engines do without; a newer runtime (runc 1.1, crun 1.8) has it",
                 "%s has no `features`", runtime);
}

/* Returns whether it makes sense to ask for more. */
static bool check_version(struct findings *findings, const char *program, const char *runtime)
{
  struct process own, behind;
  if (!answers(&own, program, "--version")) {
    findings_add(findings, FINDING_PROBLEM, "run it by hand", "%s --version does not reach %s: %s",
                 program, runtime, first_line(&own));
    return false;
  }
  if (answers(&behind, runtime, "--version") && !text_equal(own.output, behind.output)) {
    findings_add(findings, FINDING_PROBLEM,
                 "if it is not container-hooks-runtime, configure the engine anew",
                 "%s --version is not what %s answers: %s", program, runtime, first_line(&own));
    return false;
  }
  findings_add(findings, FINDING_OK, NULL, "%s --version: %s", program, first_line(&own));
  return true;
}

static void check_lowlevel(struct findings *findings, const struct config *config,
                           const char *program)
{
  struct error err;
  cleanup_free char *runtime = lowlevel_find(config->runtimes, &err);
  if (runtime == NULL) {
    findings_add(findings, FINDING_PROBLEM,
                 "install one, or container-hooks-ctk config --set "
                 "container-hooks-runtime.runtimes=PROGRAM",
                 "%s", err.text);
    return;
  }
  findings_add(findings, FINDING_OK, NULL, "the low-level runtime is %s", runtime);
  if (program != NULL && check_version(findings, program, runtime))
    check_features(findings, program, runtime);
}

/* --- plugins ------------------------------------------------------------------------------- */

static void add_plugin(struct findings *findings, struct json_object *entry)
{
  const char *name = trace_text(entry, "name"), *why = trace_text(entry, "error");
  bool required = trace_is(entry, "required");
  if (!trace_is(entry, "enabled"))
    return;
  struct json_object *plugin = json_object_object_get(entry, "plugin");
  if (why == NULL) {
    findings_add(findings, FINDING_OK, NULL, "plugin '%s' can be loaded%s", name,
                 plugin != NULL && trace_is(plugin, "check") ? ", and finds its settings well"
                                                             : "");
    return;
  }
  cleanup_free char *mend =
      xasprintf("mend it (container-hooks-ctk plugin check %s), or: container-hooks-ctk plugin "
                "disable %s",
                name, name);
  findings_add(findings, required ? FINDING_PROBLEM : FINDING_NOTE, mend, "plugin '%s'%s: %s", name,
               required ? "" : ", which is optional and will be left out", why);
}

/* That one failed is said already. */
static bool is_said(const struct trial_answer *answer, const char *line)
{
  for (size_t i = 0; i < json_object_array_length(answer->trace); i++) {
    const char *why = trace_text(json_object_array_get_idx(answer->trace, i), "error");
    if (why != NULL && strstr(line, why) != NULL)
      return true;
  }
  return false;
}

/* What plugins find amiss in their settings, though it does not keep them from working. */
static void add_warnings(struct findings *findings, const struct trial_answer *answer, char *log)
{
  static const char level[] = "warn: ";
  char *rest = log;
  for (char *line; rest != NULL && (line = strsep(&rest, "\n")) != NULL;)
    if (text_starts(line, level) && !is_said(answer, line))
      findings_add(findings, FINDING_NOTE, "see to it, and to: container-hooks-ctk plugin check",
                   "%s", line + strlen(level));
}

/* Returns whether the worker came as far as the plugins. */
static bool check_plugins(struct findings *findings, const struct toolkit_choice *choice)
{
  struct error err;
  cleanup_trial struct trial_answer answer;
  cleanup_free char *log = NULL;
  size_t length;
  const struct trial_request request = {
      .kind = TRIAL_CHECK,
      .config = *choice,
      .level = LOG_WARN,
      .log = xmemstream(&log, &length),
  };
  int result = trial_run(&request, &answer, &err);
  xmemstream_close(request.log);
  if (result < 0 && answer.trace == NULL) {
    findings_add(findings, FINDING_PROBLEM,
                 "install the toolkit anew, as it was installed; until then containers are refused",
                 "%s", err.text);
    return false;
  }
  for (size_t i = 0; i < json_object_array_length(answer.trace); i++)
    add_plugin(findings, json_object_array_get_idx(answer.trace, i));
  add_warnings(findings, &answer, log);
  return true;
}

/* --- a sample container -------------------------------------------------------------------- */

static void check_sample(struct findings *findings, const struct toolkit_choice *choice)
{
  struct error err;
  cleanup_trial struct trial_answer answer = {.trace = NULL};
  cleanup_sample struct sample sample;
  struct trial_request request = {.kind = TRIAL_APPLY, .config = *choice};
  if (sample_open(&sample, &err) < 0) {
    findings_add(findings, FINDING_NOTE, "see to /tmp", "%s", err.text);
    return;
  }
  sample_lend(&sample, &request);
  if (trial_run(&request, &answer, &err) < 0) {
    findings_add(findings, FINDING_PROBLEM,
                 "if this is not what the plugin is for: container-hooks-ctk apply --trace BUNDLE",
                 "a sample container would be refused: %s", err.text);
    return;
  }
  findings_add(findings, FINDING_OK, NULL, "a sample container comes through the plugins");
  for (size_t i = 0; i < json_object_array_length(answer.trace); i++) {
    struct json_object *entry = json_object_array_get_idx(answer.trace, i);
    bool is_said = text_equal(trace_text(entry, "state"), "refused");
    if (!is_said && trace_text(entry, "error") != NULL)
      findings_add(findings, FINDING_NOTE,
                   "see for yourself: container-hooks-ctk apply --trace BUNDLE",
                   "plugin '%s' is optional, and failed for it: %s", trace_text(entry, "name"),
                   trace_text(entry, "error"));
  }
}

/* --- what is to refuse containers ---------------------------------------------------------- */

static void add_gap(void *data, const struct config_plugin *entry, const char *text,
                    const char *mend)
{
  struct findings *findings = data;
  findings_add(findings, entry->required ? FINDING_NOTE : FINDING_PROBLEM, mend, "%s", text);
}

/* Modes are the admin's choice, but not everybody who looks here has made it. */
static void add_modes(struct findings *findings, const struct config *config)
{
  for (size_t i = 0; i < config->plugin_count; i++) {
    const struct config_plugin *entry = &config->plugins[i];
    enum enforcement enforcement =
        enforcement_is_in(entry) ? enforcement_of(entry) : ENFORCEMENT_ALL;
    if (enforcement == ENFORCEMENT_ALL)
      continue;
    findings_add(findings, FINDING_NOTE, "if it should: mode = \"enforce\", in all scopes",
                 "plugin '%s' does not refuse %s: its mode is %s (%s:%u)", entry->name,
                 enforcement == ENFORCEMENT_SOME ? "the images of some scopes" : "any container",
                 enforcement_mode(entry), entry->file, entry->line);
  }
}

/* --- all of it ----------------------------------------------------------------------------- */

static void add_config(struct findings *findings, const struct config *config)
{
  if (access(config->path, F_OK) == 0)
    findings_add(findings, FINDING_OK, NULL, "%s is sound", config->path);
  else
    findings_add(findings, FINDING_NOTE, "container-hooks-ctk config",
                 "%s does not exist: the defaults hold, with file-hooks as only plugin",
                 config->path);
}

void checkup_chain(struct findings *findings, const struct toolkit_choice *choice,
                   const char *program)
{
  struct error err;
  cleanup_toolkit struct toolkit toolkit;
  if (toolkit_load(&toolkit, choice, true, &err) < 0) {
    findings_add(findings, FINDING_PROBLEM, "mend it, and see: container-hooks-ctk config check",
                 "containers are refused: %s", err.text);
    return;
  }
  add_config(findings, &toolkit.config);
  check_lowlevel(findings, &toolkit.config, program);
  enforcement_gaps(&toolkit.config, add_gap, findings);
  add_modes(findings, &toolkit.config);
  if (check_plugins(findings, choice))
    check_sample(findings, choice);
}
