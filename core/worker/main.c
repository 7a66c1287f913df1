/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modify, the worker: edits one bundle's config.json by the plugins that the config lists.
 *
 * Started by the front for one container (common/handover.h says how they talk), it may crash, hang
 * or be killed at any point: config.json is then still the old one, and the front says why.
 */
#include "common/handover.h"
#include "common/log.h"
#include "common/shared.h"
#include "config/config.h"
#include "worker/bundle.h"
#include "worker/chain.h"
#include "worker/trial.h"

#include <malloc.h>
#include <signal.h>

/* What all steps share. It lives as long as the program, which has nothing else to do: to free the
   trees value by value would only make the container wait. */
struct worker {
  struct config config;
  struct chain chain;
  struct bundle bundle;
  struct json_object *spec;
  char subject[80]; /* as each log line names it */
};

static void start_log(struct worker *worker, char **argv)
{
  snprintf(worker->subject, sizeof(worker->subject), "%s %.64s", argv[HANDOVER_COMMAND],
           argv[HANDOVER_ID]);
  log_setup(worker->config.log_file, worker->config.log_level, worker->subject);
}

/* Reads the spec, runs the chain over it and makes the new config.json ready. */
static int edit(struct worker *worker, struct error *err)
{
  if (bundle_read(&worker->bundle, &worker->spec, err) < 0 ||
      chain_modify(&worker->chain, &worker->spec, err) < 0)
    return -1;
  if (worker->chain.edits.count == 0)
    return 0; /* config.json stays as it is, byte for byte */
  return bundle_prepare(&worker->bundle, worker->spec, err);
}

static int modify(struct worker *worker, int loaded, struct error *err)
{
  int result = loaded;
  if (result == 0)
    result = edit(worker, err);

  struct error failure = *err;
  const char *refused = result < 0 ? failure.text : NULL;
  if (chain_finish(&worker->chain, worker->spec, refused, err) < 0 || result < 0)
    return -1;
  return worker->bundle.prepared ? bundle_commit(&worker->bundle, err) : 0;
}

/* After a worker before us died: the plugins only get to know it. */
static int tell_refused(struct worker *worker, const char *refused)
{
  struct error ignored;
  bundle_read(&worker->bundle, &worker->spec, &ignored);
  return chain_finish(&worker->chain, worker->spec, refused, &ignored);
}

static int work(char **argv, struct report *report, struct error *err)
{
  static struct worker worker;
  const struct config_source source = {
      .path = argv[HANDOVER_CONFIG],
      .profile = handover_text(argv[HANDOVER_PROFILE]),
      .plugin_dir = argv[HANDOVER_PLUGIN_DIR],
      .with_conf_d = true,
  };
  if (config_load(&worker.config, &source, err) < 0)
    return -1;
  start_log(&worker, argv);
  if (bundle_open(&worker.bundle, argv[HANDOVER_BUNDLE], err) < 0)
    return -1;
  const struct chain_container container = {
      .command = chain_command(argv[HANDOVER_COMMAND]),
      .id = argv[HANDOVER_ID],
      .bundle = argv[HANDOVER_BUNDLE],
      .root = handover_text(argv[HANDOVER_ROOT]),
  };
  uint64_t skip = strtoull(argv[HANDOVER_SKIP], NULL, 16);
  int loaded = chain_load(&worker.chain, &worker.config, &container, skip, report, err);
  int result = argv[HANDOVER_REFUSED][0] != '\0' ? tell_refused(&worker, argv[HANDOVER_REFUSED])
                                                 : modify(&worker, loaded, err);
  bundle_close(&worker.bundle);
  memcpy(report->notice, worker.chain.notice, sizeof(report->notice));
  return result;
}

#define HEAP (512 * 1024) /* bytes; what most specs need, asked for at once */

int main(int argc, char **argv)
{
  if (argc <= HANDOVER_VERSION || !text_equal(argv[HANDOVER_VERSION], VERSION))
    return HANDOVER_OTHER_VERSION;
  if (argc != HANDOVER_ARGUMENTS)
    return EXIT_FAILURE;
  mallopt(M_TOP_PAD, HEAP);
  signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error like a full disk */
  bool on_trial = argv[HANDOVER_TRIAL][0] != '\0';
  size_t size = on_trial ? sizeof(struct trial) : sizeof(struct report);
  struct report *report =
      shared_take(HANDOVER_REPORT_FD, size); /* a trial begins with its report */
  if (report == NULL)
    return EXIT_FAILURE;

  struct error err = {.text = ""};
  int result = on_trial ? trial_work(argv, (struct trial *)report, &err) : work(argv, report, &err);
  report->error = err;
  report->state = result == 0 ? REPORT_DONE : REPORT_REFUSED;
  _exit(EXIT_SUCCESS); /* not by exit(3): what plugins left to run at the end does not count */
}
