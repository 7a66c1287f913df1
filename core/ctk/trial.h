/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would the plugins do? Asked of the very worker that a container gets, started in the very
 * way of the front: what holds here holds there, and a plugin that crashes, exits or hangs is named
 * and takes nothing down.
 */
#ifndef CORE_CTK_TRIAL_H
#define CORE_CTK_TRIAL_H

#include "common/error.h"
#include "common/trial.h"
#include "ctk/toolkit.h"

#include <json-c/json_object.h>

/* All texts are borrowed; absent ones are NULL. */
struct trial_request {
  enum trial_kind kind;
  struct toolkit_choice config;
  bool for_real;        /* the plugins are not told that it is a dry run */
  bool part;            /* the config is not the whole one (common/trial.h) */
  enum log_level level; /* what is shown of their log; --quiet and --debug decide before it */
  FILE *log;            /* takes all lines up to `level`, for who reads them; NULL: shown */

  /* For TRIAL_APPLY, and for a TRIAL_CHECK that tries them (ctk/sample.h): */
  const char *command, *id, *root;
  const char *bundle; /* the working folder if there is none */
  const char *spec, *spec_name;
  size_t spec_length;
};

struct trial_answer {
  struct json_object *trace; /* common/trial.h; owned; NULL: the worker did not come that far */
  char *spec;                /* the edited one; owned; NULL if it was refused */
  size_t spec_length;
};

/* Log lines that are shown go to standard error. Fails where a container would be refused, or a
   check has; the trace may be there even so. */
int trial_run(const struct trial_request *request, struct trial_answer *answer, struct error *err);

void trial_free(struct trial_answer *answer);

#define cleanup_trial __attribute__((cleanup(trial_free)))

/* What the trace says of an entry; a text is NULL if there is none. */
const char *trace_text(struct json_object *entry, const char *key);
bool trace_is(struct json_object *entry, const char *key);
int64_t trace_number(struct json_object *entry, const char *key);

/* That the plugin of an entry calls itself otherwise than its file is called, which is what configs
   and `plugin list` go by; owned by the caller, NULL if it does not. */
char *trace_misnamed(struct json_object *entry);

#endif
