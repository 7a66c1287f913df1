/* SPDX-License-Identifier: Apache-2.0 */
#include "front/worker.h"

#include "common/handover.h"
#include "common/log.h"
#include "common/process.h"
#include "common/trust.h"
#include "config/config.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

/* A chain, which may have to be run more than once. */
struct run {
  const struct worker_task *task;
  char bundle[PATH_MAX]; /* absolute */
  const struct shared *memory;
  struct report report; /* of the last run */
  uint64_t skip;        /* the optional entries that brought an earlier run down */
  char printer[128];    /* the first plugin that printed something; "" if none did */
  struct process process;
};

/* --- what the worker is given -------------------------------------------------------------- */

/* The runtime's bundle is the working folder unless it is told otherwise. */
static int find_bundle(struct run *run, struct error *err)
{
  const char *given = run->task->bundle;
  bool absolute = given != NULL && given[0] == '/';
  char folder[PATH_MAX] = "";
  if (!absolute && getcwd(folder, sizeof(folder)) == NULL)
    return error_set(err, "cannot tell the working folder, which holds the bundle: %m");

  const char *slash = absolute || given == NULL ? "" : "/";
  int length = snprintf(run->bundle, sizeof(run->bundle), "%s%s%s", folder, slash,
                        given != NULL ? given : "");
  if (length < 0 || (size_t)length >= sizeof(run->bundle))
    return error_set(err, "the bundle's path is too long");
  return 0;
}

static const char *or_empty(const char *text)
{
  return text != NULL ? text : "";
}

/* --- one run ------------------------------------------------------------------------------- */

/* A copy of the report. What is in the memory can be anything: plugins are in the same process, and
   one that stays behind could still write there while we read. */
static void read_report(const struct run *run, struct report *report)
{
  memcpy(report, run->memory->memory, sizeof(*report));
  report->plugin[sizeof(report->plugin) - 1] = '\0';
  report->phase[sizeof(report->phase) - 1] = '\0';
  report->printer[sizeof(report->printer) - 1] = '\0';
  report->error.text[sizeof(report->error.text) - 1] = '\0';
  report->notice[sizeof(report->notice) - 1] = '\0';
  if (report->running >= CONFIG_PLUGINS_MAX)
    report->running = -1;
}

/* Called when there is something to read. A plugin that returned before we looked has left its
   name; otherwise it is the one at work. */
static void note_printer(void *data)
{
  struct run *run = data;
  struct report now;
  if (run->printer[0] != '\0')
    return;
  read_report(run, &now);
  if (now.printed || now.running >= 0)
    memcpy(run->printer, now.printed ? now.printer : now.plugin, sizeof(run->printer));
}

/* `refused`: NULL, or why the container was refused: then the plugins are only told. */
static int run_once(struct run *run, const char *refused, struct error *err)
{
  const struct worker_task *task = run->task;
  char skip[17];
  snprintf(skip, sizeof(skip), "%llx", (unsigned long long)run->skip);
  const char *argv[HANDOVER_ARGUMENTS + 1] = {
      [HANDOVER_PROGRAM] = task->worker,
      [HANDOVER_VERSION] = VERSION,
      [HANDOVER_COMMAND] = task->command,
      [HANDOVER_ID] = or_empty(task->id),
      [HANDOVER_BUNDLE] = run->bundle,
      [HANDOVER_ROOT] = or_empty(task->root),
      [HANDOVER_CONFIG] = task->config,
      [HANDOVER_PROFILE] = or_empty(task->profile),
      [HANDOVER_PLUGIN_DIR] = task->plugin_dir,
      [HANDOVER_SKIP] = skip,
      [HANDOVER_REFUSED] = or_empty(refused),
      [HANDOVER_TRIAL] = task->trial != NULL ? "trial" : "",
  };

  run->report = (struct report){.running = -1};
  memcpy(run->memory->memory, &run->report, sizeof(run->report));
  run->printer[0] = '\0';
  run->process = (struct process){
      .argv = (char *const *)(uintptr_t)argv, /* posix_spawn(3) does not change them */
      .pass_fd = run->memory->fd,
      .timeout = task->timeout,
      .before_output = note_printer,
      .data = run,
  };
  if (process_run(&run->process, err) < 0)
    return -1;
  read_report(run, &run->report);
  return 0;
}

/* --- what came of it ----------------------------------------------------------------------- */

/* Puts what was printed behind a message, in quotes and on one line. */
static void append_output(const struct run *run, struct error *err)
{
  if (run->process.output_length == 0)
    return;
  char printed[PROCESS_OUTPUT_MAX + 1];
  memcpy(printed, run->process.output, sizeof(printed));
  log_one_line(printed);
  error_append(err, "; it printed: \"%s\"", printed);
}

static void log_output(const struct run *run)
{
  if (run->process.output_length > 0)
    log_line(LOG_WARN, "plugin '%s' printed: %s", run->printer[0] != '\0' ? run->printer : "?",
             run->process.output);
}

/*
 * What plugins tell the user goes where the container's errors will go. Nobody need read there:
 * what cannot be written at once is left out.
 */
static void print_notice(const struct run *run)
{
  const char *notice = run->report.notice;
  struct pollfd output = {.fd = STDERR_FILENO, .events = POLLOUT};
  struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
  if (notice[0] == '\0' || run->task->trial != NULL || poll(&output, 1, 0) != 1 ||
      (output.revents & POLLOUT) == 0)
    return;
  sigaction(SIGPIPE, &ignore, &before);
  dprintf(STDERR_FILENO, "%s\n", notice);
  sigaction(SIGPIPE, &before, NULL);
}

/* Says how a worker ended that has not reported. */
static int explain_end(const struct run *run, struct error *err)
{
  const struct report *report = &run->report;
  const struct process *process = &run->process;
  if (process->late)
    error_set(err, "did not finish within %d s (plugin-timeout) and was killed",
              run->task->timeout);
  else if (WIFSIGNALED(process->status))
    error_set(err, "was killed by signal %d (%s)", WTERMSIG(process->status),
              strsignal(WTERMSIG(process->status)));
  else
    error_set(err, "called exit(%d)", WEXITSTATUS(process->status));

  char cause[ERROR_TEXT_MAX];
  memcpy(cause, err->text, sizeof(cause));
  if (report->running < 0)
    error_set(err, "the worker %s %s", run->task->worker, cause);
  else
    error_set(err, "plugin '%s' %s during its %s", report->plugin, cause, report->phase);
  append_output(run, err);
  return -1;
}

static int judge(const struct run *run, struct error *err)
{
  const struct process *process = &run->process;
  if (WIFEXITED(process->status) && WEXITSTATUS(process->status) == HANDOVER_OTHER_VERSION &&
      run->report.running < 0)
    return error_set(err,
                     "%s is of another version than this program (" VERSION "): finish the "
                     "upgrade, or install both anew",
                     run->task->worker);
  if (run->report.state == REPORT_DONE)
    return 0;
  if (run->report.state != REPORT_REFUSED)
    return explain_end(run, err);
  *err = run->report.error;
  return -1;
}

/* True if the chain can go on without the plugin that brought the worker down. */
static bool leave_out(struct run *run, const struct error *err)
{
  const struct report *report = &run->report;
  const struct worker_trial *trial = run->task->trial;
  bool required = report->required && (trial == NULL || !trial->all_optional);
  if (report->state != REPORT_NONE || report->running < 0 || required)
    return false;
  uint64_t entry = UINT64_C(1) << report->running;
  if (run->skip & entry)
    return false;
  run->skip |= entry;
  if (trial != NULL)
    trial->left_out(trial->data, report->running, err);
  else
    log_line(LOG_WARN, "%s; it is optional, the chain runs without it", err->text);
  return true;
}

/* The plugins could not be told by a worker that is dead: another one tells them. Where one of them
   brings that down as well, those before it know already. */
static void tell_refused(struct run *run, const struct error *err)
{
  bool telling = false;
  while (run->report.state == REPORT_NONE && run->report.running >= 0) {
    uint64_t entry = UINT64_C(1) << run->report.running;
    run->skip |= telling ? entry | (entry - 1) : entry;
    telling = true;
    struct error ignored;
    if (run_once(run, err->text, &ignored) < 0)
      return;
    log_output(run);
  }
}

static int run_chain(struct run *run, struct error *err)
{
  do {
    if (run_once(run, NULL, err) < 0)
      return -1;
    log_output(run);
    if (judge(run, err) == 0) {
      print_notice(run);
      return 0;
    }
  } while (leave_out(run, err));

  if (run->task->trial == NULL)
    tell_refused(run, err);
  return -1;
}

int worker_run(const struct worker_task *task, struct error *err)
{
  cleanup_shared struct shared own = {.fd = -1};
  struct run run = {.task = task, .memory = task->trial != NULL ? task->trial->memory : &own};
  cleanup_close int worker = trust_open_file(task->worker, err);
  if (worker < 0 || find_bundle(&run, err) < 0)
    return -1;
  if (task->trial == NULL && shared_open(&own, sizeof(struct report), err) < 0)
    return -1;
  return run_chain(&run, err);
}
