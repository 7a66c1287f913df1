/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker, which may fail, seen from the front, which may not.
 *
 * The plugins run in a program of their own, so that nothing they do reaches the runtime that this
 * process becomes. Here that program is started, watched and, if need be, killed with all that it
 * started.
 */
#ifndef CORE_FRONT_WORKER_H
#define CORE_FRONT_WORKER_H

#include "common/error.h"
#include "common/shared.h"

/* Where there is no container, and the ctk only tries the plugins (common/trial.h); borrowed. */
struct worker_trial {
  const struct shared *memory; /* holds a struct trial, the worker's report in front */
  bool all_optional;           /* every plugin that brings the worker down is left out */
  void (*left_out)(void *data, int entry, const struct error *why); /* is told of each */
  void *data;
};

/* All texts are borrowed; absent ones are NULL. */
struct worker_task {
  const char *worker; /* the program's path */
  const char *command, *id, *bundle, *root;
  const char *config, *profile, *plugin_dir;
  int timeout;                      /* seconds that the chain may take */
  const struct worker_trial *trial; /* NULL: it is a container's chain */
};

/*
 * Runs the plugin chain. Returns 0 when config.json is as the plugins want it; otherwise the error
 * says why the container must not start. An optional plugin that brings the worker down is left out
 * and the chain begun anew; after a required one the others are told, so that they can record it.
 */
int worker_run(const struct worker_task *task, struct error *err);

#endif
