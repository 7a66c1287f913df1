/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/trial.h"

#include "common/json.h"
#include "worker/bundle.h"
#include "worker/trace.h"

_Static_assert(TRIAL_SPEC_MAX == BUNDLE_SPEC_MAX, "a trial takes what a bundle may hold");

/* --- answers ------------------------------------------------------------------------------- */

static struct trial *logged; /* where log lines go */

static void keep_line(enum log_level level, const char *line)
{
  size_t room = sizeof(logged->log) - logged->log_length;
  int length =
      snprintf(logged->log + logged->log_length, room, "%s: %s\n", log_level_name(level), line);
  if (length > 0 && (size_t)length < room)
    logged->log_length += (size_t)length;
}

static void start_log(struct trial *trial)
{
  logged = trial;
  trial->log_length = 0;
  log_divert(trial->log_level, keep_line);
}

/* A trace that does not fit tells nothing of its edits, of which there must be very many. */
static void answer_trace(struct trial *trial, const struct chain *chain, uint64_t skip)
{
  cleanup_json struct json_object *trace = trace_make(chain, skip);
  size_t length;
  const char *text = json_text(trace, &length);
  if (length > sizeof(trial->trace)) {
    log_line(LOG_WARN, "the edits are too many to be listed");
    for (size_t i = 0; i < chain->count; i++)
      json_object_object_del(json_object_array_get_idx(trace, i), "edits");
    text = json_text(trace, &length);
  }
  memcpy(trial->trace, text, length);
  trial->trace_length = length;
}

/* --- work ---------------------------------------------------------------------------------- */

static int edit(struct trial *trial, struct chain *chain, struct json_object **spec,
                struct error *err)
{
  if (bundle_parse(trial->spec, trial->spec_length, trial->spec_name, spec, err) < 0 ||
      chain_modify(chain, spec, err) < 0)
    return -1;
  size_t length;
  cleanup_free char *text = bundle_text(*spec, &length, err);
  if (text == NULL)
    return -1;
  memcpy(trial->result, text, length);
  trial->result_length = length;
  return 0;
}

/* The same steps as for a container (main.c), but nothing is written. */
static int apply(struct trial *trial, struct chain *chain, int loaded, struct error *err)
{
  cleanup_json struct json_object *spec = NULL;
  int result = loaded;
  if (result == 0)
    result = edit(trial, chain, &spec, err);

  struct error failure = *err;
  if (chain_finish(chain, spec, result < 0 ? failure.text : NULL, err) < 0)
    result = -1;
  if (result < 0)
    trial->result_length = 0;
  return result;
}

/* Those that are not enabled are loaded as if they were, but told apart afterwards. */
static void load_all(struct chain *chain, struct config *config,
                     const struct chain_container *container, uint64_t skip, struct report *report)
{
  bool enabled[CONFIG_PLUGINS_MAX];
  struct error in_trace;
  for (size_t i = 0; i < config->plugin_count; i++) {
    enabled[i] = config->plugins[i].enabled;
    config->plugins[i].enabled = true;
  }
  chain_load(chain, config, container, skip, report, &in_trace);
  for (size_t i = 0; i < config->plugin_count; i++)
    config->plugins[i].enabled = enabled[i];
}

static int check(struct trial *trial, struct chain *chain, int loaded, struct error *err)
{
  struct error failure;
  cleanup_json struct json_object *spec = NULL;
  if (trial->spec_length > 0 &&
      bundle_parse(trial->spec, trial->spec_length, trial->spec_name, &spec, err) < 0)
    return -1;
  int checked = chain_check(chain, &spec, loaded < 0 ? &failure : err);
  return loaded < 0 ? loaded : checked;
}

static int run(struct trial *trial, struct config *config, const struct chain_container *container,
               uint64_t skip, struct error *err)
{
  static struct chain chain;
  chain.traced = true;
  chain.part = trial->part;
  int result = 0;
  if (trial->kind == TRIAL_LOAD)
    load_all(&chain, config, container, skip, &trial->report);
  else
    result = chain_load(&chain, config, container, skip, &trial->report, err);
  if (trial->kind == TRIAL_APPLY)
    result = apply(trial, &chain, result, err);
  else if (trial->kind == TRIAL_CHECK)
    result = check(trial, &chain, result, err);
  answer_trace(trial, &chain, skip);
  chain_free(&chain);
  return result;
}

int trial_work(char **argv, struct trial *trial, struct error *err)
{
  cleanup_config struct config config;
  const struct config_source source = {
      .path = argv[HANDOVER_CONFIG],
      .text = trial->config_length > 0 ? trial->config : NULL,
      .profile = handover_text(argv[HANDOVER_PROFILE]),
      .plugin_dir = argv[HANDOVER_PLUGIN_DIR],
      .with_conf_d = trial->config_length == 0,
  };
  trial->result_length = trial->trace_length = 0;
  start_log(trial);
  if (config_load(&config, &source, err) < 0)
    return -1;

  const struct chain_container container = {
      .command = chain_command(argv[HANDOVER_COMMAND]),
      .id = argv[HANDOVER_ID],
      .bundle = argv[HANDOVER_BUNDLE],
      .root = handover_text(argv[HANDOVER_ROOT]),
      .dry_run = trial->dry_run,
  };
  uint64_t skip = strtoull(argv[HANDOVER_SKIP], NULL, 16);
  return run(trial, &config, &container, skip, err);
}
