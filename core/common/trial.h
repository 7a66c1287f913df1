/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What passes between container-hooks-ctk and a worker that is only on trial: there is no
 * container, the spec is a text, and nothing is written.
 *
 * The worker is the same program that the front starts, so a plugin that crashes, exits or hangs
 * brings down that program and is named, here as there. All of it lies in the memory that begins
 * with the worker's report (handover.h); what of it is not used costs nothing.
 */
#ifndef CORE_COMMON_TRIAL_H
#define CORE_COMMON_TRIAL_H

#include "common/handover.h"
#include "common/log.h"

#include <limits.h>

#define TRIAL_CONFIG_MAX (1024UL * 1024)
#define TRIAL_SPEC_MAX (16UL * 1024 * 1024)
#define TRIAL_TRACE_MAX (8UL * 1024 * 1024)
#define TRIAL_LOG_MAX (1024UL * 1024)

enum trial_kind {
  TRIAL_APPLY = 1, /* the chain, over a spec */
  TRIAL_LOAD,      /* every plugin is loaded, those that are not enabled too */
  TRIAL_CHECK, /* those that are enabled are loaded and asked if their settings are sane; each is
                  tried on the spec if there is one, also behind one that fails */
};

struct trial {
  struct report report;

  /* Asked for: */
  enum trial_kind kind;
  bool dry_run; /* what the plugins are told */
  bool part;    /* the config is not the whole one: a plugin before it may tell the image */
  enum log_level log_level;
  size_t config_length; /* 0: the config is HANDOVER_CONFIG's file; else this text, by that name */
  char config[TRIAL_CONFIG_MAX];
  char spec_name[PATH_MAX]; /* for messages */
  size_t spec_length;
  char spec[TRIAL_SPEC_MAX];

  /* Answered: */
  size_t log_length;
  char log[TRIAL_LOG_MAX]; /* lines "LEVEL: text" */
  size_t trace_length;     /* 0: the worker did not come that far */
  char trace[TRIAL_TRACE_MAX];
  size_t result_length; /* 0: the spec was refused */
  char result[TRIAL_SPEC_MAX];
};

/*
 * The trace is a JSON array with an object for each entry of the config, in its order:
 *   name, path, file, line, enabled, required   as the entry has them
 *   state         "disabled", "left out", "refused" (it was not loaded), "loaded", "unmatched" (its
 *                 conditions do not match the spec), "done", "failed"
 *   error         why it was refused or has failed
 *   plugin        what it says of itself: name, version, summary, interface, check, finish
 *   microseconds  how long it took, from loading to finish
 *   edits         what it changed: objects with op and pointer
 *   told          texts that it told to who starts the container (cht_tell)
 * `plugin` is there if it was loaded, `error`, `edits` and `told` where there are any.
 */

#endif
