/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/checkup.h"

#include "common/process.h"
#include "common/trust.h"
#include "ctk/command.h"
#include "ctk/trial.h"
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
  if (why == NULL) {
    findings_add(findings, FINDING_OK, NULL, "plugin '%s' is sound", name);
    return;
  }
  cleanup_free char *mend =
      xasprintf("mend it (container-hooks-ctk plugin check %s), or: container-hooks-ctk plugin "
                "disable %s",
                name, name);
  findings_add(findings, required ? FINDING_PROBLEM : FINDING_NOTE, mend, "plugin '%s'%s: %s", name,
               required ? "" : ", which is optional and will be left out", why);
}

/* Returns whether the worker came as far as the plugins. */
static bool check_plugins(struct findings *findings, const struct toolkit_choice *choice)
{
  struct error err;
  cleanup_trial struct trial_answer answer;
  const struct trial_request request = {.kind = TRIAL_CHECK, .config = *choice};
  if (trial_run(&request, &answer, &err) < 0 && answer.trace == NULL) {
    findings_add(findings, FINDING_PROBLEM,
                 "install the toolkit anew, as it was installed; until then containers are refused",
                 "%s", err.text);
    return false;
  }
  for (size_t i = 0; i < json_object_array_length(answer.trace); i++)
    add_plugin(findings, json_object_array_get_idx(answer.trace, i));
  return true;
}

/* --- a sample container -------------------------------------------------------------------- */

static const char sample[] =
    "{\"ociVersion\":\"1.0.2\",\"process\":{\"terminal\":false,\"user\":{\"uid\":0,\"gid\":0},"
    "\"args\":[\"true\"],\"env\":[\"PATH=/usr/bin:/bin\"],\"cwd\":\"/\"},"
    "\"root\":{\"path\":\"rootfs\",\"readonly\":true},\"hostname\":\"sample\","
    "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
    "\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}";

static void try_sample(struct findings *findings, const struct toolkit_choice *choice,
                       const char *bundle)
{
  struct error err;
  cleanup_trial struct trial_answer answer;
  const struct trial_request request = {
      .kind = TRIAL_APPLY,
      .config = *choice,
      .id = "sample",
      .bundle = bundle,
      .spec = sample,
      .spec_name = "the sample's config.json",
      .spec_length = sizeof(sample) - 1,
  };
  if (trial_run(&request, &answer, &err) < 0) {
    findings_add(findings, FINDING_PROBLEM,
                 "if this is not what the plugin is for: container-hooks-ctk apply --trace BUNDLE",
                 "a sample container would be refused: %s", err.text);
    return;
  }
  findings_add(findings, FINDING_OK, NULL, "a sample container comes through the plugins");
  for (size_t i = 0; i < json_object_array_length(answer.trace); i++) {
    struct json_object *entry = json_object_array_get_idx(answer.trace, i);
    if (trace_text(entry, "error") != NULL)
      findings_add(findings, FINDING_NOTE,
                   "see for yourself: container-hooks-ctk apply --trace BUNDLE",
                   "plugin '%s' is optional, and failed for it: %s", trace_text(entry, "name"),
                   trace_text(entry, "error"));
  }
}

static void check_sample(struct findings *findings, const struct toolkit_choice *choice)
{
  char bundle[] = "/tmp/container-hooks-sample.XXXXXX";
  if (mkdtemp(bundle) == NULL) {
    findings_add(findings, FINDING_NOTE, "see to /tmp", "a sample container was not tried: %s: %s",
                 bundle, strerror(errno));
    return;
  }
  cleanup_free char *rootfs = xasprintf("%s/rootfs", bundle);
  mkdir(rootfs, 0755);
  try_sample(findings, choice, bundle);
  rmdir(rootfs);
  rmdir(bundle);
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
  if (check_plugins(findings, choice))
    check_sample(findings, choice);
}
