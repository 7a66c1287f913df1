/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modify, the worker: edits one bundle's config.json by the plugins that the config lists.
 *
 * Started by the front for one container (common/handover.h says how they talk), it may crash, hang
 * or be killed at any point: config.json is then still the old one, and the front says why.
 */
#include "common/handover.h"
#include "common/json.h"
#include "common/log.h"
#include "common/shared.h"
#include "config/config.h"
#include "worker/bundle.h"
#include "worker/chain.h"
#include "worker/trial.h"

#include <signal.h>

static void start_log(const struct config *config, char **argv, char *subject, size_t size)
{
  snprintf(subject, size, "%s %.64s", argv[HANDOVER_COMMAND], argv[HANDOVER_ID]);
  log_setup(config->log_file, config->log_level, subject);
}

/* Reads the spec, runs the chain over it and makes the new config.json ready. */
static int edit(struct chain *chain, struct bundle *bundle, struct json_object **spec,
                struct error *err)
{
  if (bundle_read(bundle, spec, err) < 0 || chain_modify(chain, spec, err) < 0)
    return -1;
  if (chain->edits.count == 0)
    return 0; /* config.json stays as it is, byte for byte */
  return bundle_prepare(bundle, *spec, err);
}

static int modify(struct chain *chain, int loaded, struct bundle *bundle, struct error *err)
{
  cleanup_json struct json_object *spec = NULL;
  int result = loaded;
  if (result == 0)
    result = edit(chain, bundle, &spec, err);

  struct error failure = *err;
  if (chain_finish(chain, spec, result < 0 ? failure.text : NULL, err) < 0 || result < 0)
    return -1;
  return bundle->prepared ? bundle_commit(bundle, err) : 0;
}

/* After a worker before us died: the plugins only get to know it. */
static int tell_refused(struct chain *chain, struct bundle *bundle, const char *refused)
{
  cleanup_json struct json_object *spec = NULL;
  struct error ignored;
  bundle_read(bundle, &spec, &ignored);
  return chain_finish(chain, spec, refused, &ignored);
}

static int work(char **argv, struct report *report, struct error *err)
{
  static struct chain chain;
  cleanup_config struct config config;
  char subject[80];
  const struct config_source source = {
      .path = argv[HANDOVER_CONFIG],
      .profile = handover_text(argv[HANDOVER_PROFILE]),
      .plugin_dir = argv[HANDOVER_PLUGIN_DIR],
      .with_conf_d = true,
  };
  if (config_load(&config, &source, err) < 0)
    return -1;
  start_log(&config, argv, subject, sizeof(subject));

  struct bundle bundle;
  if (bundle_open(&bundle, argv[HANDOVER_BUNDLE], err) < 0)
    return -1;
  const struct chain_container container = {
      .command = chain_command(argv[HANDOVER_COMMAND]),
      .id = argv[HANDOVER_ID],
      .bundle = argv[HANDOVER_BUNDLE],
      .root = handover_text(argv[HANDOVER_ROOT]),
  };
  uint64_t skip = strtoull(argv[HANDOVER_SKIP], NULL, 16);
  int loaded = chain_load(&chain, &config, &container, skip, report, err);
  int result = argv[HANDOVER_REFUSED][0] != '\0'
                   ? tell_refused(&chain, &bundle, argv[HANDOVER_REFUSED])
                   : modify(&chain, loaded, &bundle, err);
  bundle_close(&bundle);
  memcpy(report->notice, chain.notice, sizeof(report->notice));
  chain_free(&chain);
  return result;
}

int main(int argc, char **argv)
{
  if (argc <= HANDOVER_VERSION || !text_equal(argv[HANDOVER_VERSION], VERSION))
    return HANDOVER_OTHER_VERSION;
  if (argc != HANDOVER_ARGUMENTS)
    return EXIT_FAILURE;
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
