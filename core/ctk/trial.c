/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/trial.h"

#include "common/json.h"
#include "ctk/command.h"
#include "ctk/unlisted.h"
#include "front/worker.h"

/* Entries that brought the worker down and were left out. */
struct left_out {
  enum trial_kind kind;
  struct error *why[CONFIG_PLUGINS_MAX]; /* owned */
};

static void cleanup_left_outp(struct left_out *left_out)
{
  for (size_t i = 0; i < CONFIG_PLUGINS_MAX; i++)
    free(left_out->why[i]);
}

#define cleanup_left_out __attribute__((cleanup(cleanup_left_outp)))

/* --- words --------------------------------------------------------------------------------- */

static FILE *taker; /* of log lines; NULL: they are shown */

static void put_line(const char *line, int length)
{
  if (taker != NULL)
    fprintf(taker, "%.*s\n", length, line);
  else
    fprintf(stderr, "container-hooks-ctk: %.*s\n", length, line);
}

static void take_line(enum log_level level, const char *line)
{
  cleanup_free char *whole = xasprintf("%s: %s", log_level_name(level), line);
  put_line(whole, (int)strlen(whole));
}

static enum log_level wanted_level(const struct trial_request *request)
{
  if (request->log != NULL)
    return request->level;
  if (ctk_debug)
    return LOG_DEBUG;
  return ctk_quiet ? LOG_ERROR : request->level;
}

/* Lengths are looked at twice: a plugin may have written anywhere. */
static size_t within(size_t length, size_t size)
{
  return length <= size ? length : 0;
}

static void put_log(const struct trial *trial)
{
  const char *line = trial->log, *end = line + within(trial->log_length, sizeof(trial->log));
  for (const char *next; line < end && (next = memchr(line, '\n', (size_t)(end - line))) != NULL;
       line = next + 1)
    put_line(line, (int)(next - line));
}

static void note_left_out(void *data, int entry, const struct error *why)
{
  struct left_out *left_out = data;
  left_out->why[entry] = xcalloc(1, sizeof(*why));
  *left_out->why[entry] = *why;
  if (left_out->kind == TRIAL_APPLY)
    log_line(LOG_WARN, "%s; it is optional, the chain runs without it", why->text);
}

/* --- the question -------------------------------------------------------------------------- */

static int ask_for(const struct trial_request *request, struct trial *trial, struct error *err)
{
  trial->kind = request->kind;
  trial->dry_run = !request->for_real;
  trial->part = request->part;
  trial->log_level = wanted_level(request);
  const struct toolkit_choice *config = &request->config;
  if (config->text != NULL) {
    trial->config_length = strlen(config->text);
    if (trial->config_length >= sizeof(trial->config))
      return error_set(err, "%s: too much", config->file);
    memcpy(trial->config, config->text, trial->config_length);
  }
  if (request->spec != NULL) {
    snprintf(trial->spec_name, sizeof(trial->spec_name), "%s", request->spec_name);
    trial->spec_length = request->spec_length;
    if (trial->spec_length > sizeof(trial->spec))
      return error_set(err, "%s is larger than %lu bytes", request->spec_name, TRIAL_SPEC_MAX);
    memcpy(trial->spec, request->spec, trial->spec_length);
  }
  return 0;
}

/* --- the answer ---------------------------------------------------------------------------- */

static void add_left_out(struct json_object *trace, const struct left_out *left_out)
{
  for (size_t i = 0; i < json_object_array_length(trace); i++)
    if (left_out->why[i] != NULL)
      json_object_object_add(json_object_array_get_idx(trace, i), "error",
                             json_object_new_string(left_out->why[i]->text));
}

static int take_answer(const struct trial *trial, const struct left_out *left_out,
                       struct trial_answer *answer, struct error *err)
{
  size_t trace = within(trial->trace_length, sizeof(trial->trace));
  size_t result = within(trial->result_length, sizeof(trial->result));
  if (trace > 0) {
    if (json_parse(trial->trace, trace, "the worker's trace", &answer->trace, err) < 0)
      return -1;
    add_left_out(answer->trace, left_out);
  }
  if (result > 0) {
    answer->spec = xstrndup(trial->result, result);
    answer->spec_length = result;
  }
  return 0;
}

/* --- both ---------------------------------------------------------------------------------- */

static int run(const struct trial_request *request, const struct toolkit *toolkit,
               struct trial_answer *answer, struct error *err)
{
  cleanup_left_out struct left_out left_out = {.kind = request->kind};
  cleanup_shared struct shared memory = {.fd = -1};
  if (shared_open(&memory, sizeof(struct trial), err) < 0)
    return -1;
  struct trial *trial = memory.memory;
  if (ask_for(request, trial, err) < 0)
    return -1;
  const struct worker_trial on_trial = {
      .memory = &memory,
      .all_optional = request->kind != TRIAL_APPLY,
      .left_out = note_left_out,
      .data = &left_out,
  };
  const struct worker_task task = {
      .worker = toolkit->place.worker,
      .command = request->command != NULL ? request->command : "create",
      .id = request->id,
      .bundle = request->kind == TRIAL_APPLY || request->bundle != NULL ? request->bundle : "/",
      .root = request->root,
      .config = toolkit->config.path,
      .profile = request->config.profile,
      .plugin_dir = toolkit->place.plugin_dir,
      .timeout = toolkit->config.plugin_timeout,
      .trial = &on_trial,
  };
  taker = request->log;
  log_divert(wanted_level(request), take_line);
  ctk_note("running %s", task.worker);
  int result = worker_run(&task, err);
  put_log(trial);
  taker = NULL; /* it is the caller's, who may close it */
  struct error unreadable;
  if (take_answer(trial, &left_out, answer, &unreadable) < 0 && result == 0)
    result = error_set(err, "%s", unreadable.text);
  return result;
}

int trial_run(const struct trial_request *request, struct trial_answer *answer, struct error *err)
{
  *answer = (struct trial_answer){.trace = NULL};
  cleanup_toolkit struct toolkit toolkit; /* the front knows nothing of conf.d either */
  if (toolkit_load(&toolkit, &request->config, false, err) < 0)
    return -1;
  return run(request, &toolkit, answer, err);
}

void trial_free(struct trial_answer *answer)
{
  json_object_put(answer->trace);
  free(answer->spec);
  *answer = (struct trial_answer){.trace = NULL};
}

const char *trace_text(struct json_object *entry, const char *key)
{
  struct json_object *value = NULL;
  return json_object_object_get_ex(entry, key, &value) ? json_object_get_string(value) : NULL;
}

bool trace_is(struct json_object *entry, const char *key)
{
  struct json_object *value = NULL;
  return json_object_object_get_ex(entry, key, &value) && json_object_get_boolean(value);
}

int64_t trace_number(struct json_object *entry, const char *key)
{
  struct json_object *value = NULL;
  return json_object_object_get_ex(entry, key, &value) ? json_object_get_int64(value) : 0;
}

char *trace_misnamed(struct json_object *entry)
{
  struct json_object *plugin = json_object_object_get(entry, "plugin");
  const char *path = trace_text(entry, "path");
  const char *own = plugin != NULL ? trace_text(plugin, "name") : NULL;
  if (own == NULL || path == NULL)
    return NULL;
  cleanup_free char *name = unlisted_plugin(path);
  if (text_equal(own, name))
    return NULL;
  return xasprintf("%s calls itself '%s': let its .name and its file's name be the same", path,
                   own);
}
