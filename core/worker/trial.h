/* SPDX-License-Identifier: Apache-2.0 */
/* A worker on trial: the ctk asks what the plugins would do, and there is no container. */
#ifndef CORE_WORKER_TRIAL_H
#define CORE_WORKER_TRIAL_H

#include "common/trial.h"

/* Does what is asked for in *trial with the very chain that a container gets, and answers there.
   `argv` is the worker's (common/handover.h). */
int trial_work(char **argv, struct trial *trial, struct error *err);

#endif
