/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What passes between the front and its worker: arguments one way, a report the other.
 *
 * Both are built together and installed together; the version comes first in the arguments, and a
 * worker of another version refuses, so nothing here needs to stay the same between versions.
 *
 * The report lies in memory that both map, not in a pipe: it is bounded, it survives whatever a
 * plugin does to descriptors, and the front reads from it which plugin was at work when the worker
 * died or had to be killed.
 */
#ifndef CORE_COMMON_HANDOVER_H
#define CORE_COMMON_HANDOVER_H

#include "common/error.h"

/* The worker's argv. An absent text is "", and read by handover_text(). */
enum handover_argument {
  HANDOVER_PROGRAM,
  HANDOVER_VERSION,
  HANDOVER_COMMAND,    /* create, run or restore */
  HANDOVER_ID,         /* the container's */
  HANDOVER_BUNDLE,     /* absolute */
  HANDOVER_ROOT,       /* the runtime's --root */
  HANDOVER_CONFIG,     /* config.cfg */
  HANDOVER_PROFILE,    /* its NAME */
  HANDOVER_PLUGIN_DIR, /* unless the config names another */
  HANDOVER_SKIP,       /* plugins to leave out: a set of entry numbers, as a hexadecimal number */
  HANDOVER_REFUSED,    /* not "": only tell plugins that the container was refused, and why */
  HANDOVER_TRIAL,      /* not "": there is no container, the memory is a struct trial (trial.h) */
  HANDOVER_ARGUMENTS,
};

static inline const char *handover_text(const char *argument)
{
  return argument[0] != '\0' ? argument : NULL;
}

/* The descriptor of the report's memory in the worker, who maps and closes it first. */
#define HANDOVER_REPORT_FD 3

/* The exit status of a worker that was started by a front of another version. */
#define HANDOVER_OTHER_VERSION 65

#define REPORT_NOTICE_MAX 1024

enum report_state {
  REPORT_NONE = 0, /* the worker has not come to an end */
  REPORT_DONE,     /* config.json is as the plugins want it */
  REPORT_REFUSED,  /* the container must not start; `error` says why */
};

/* Written by the worker. The front reads it from a copy, made when the worker has ended; before
   that, only the names, to know who prints. */
struct report {
  int state;          /* enum report_state */
  int running;        /* the entry whose plugin is at work; -1: none */
  int required;       /* whether that entry is */
  char plugin[128];   /* its name */
  char phase[16];     /* "load", "modify" or "finish"; "check" on trial */
  int printed;        /* whether a plugin printed what was not yet read when it returned */
  char printer[128];  /* the first such plugin */
  struct error error; /* of REPORT_REFUSED */
  char notice[REPORT_NOTICE_MAX]; /* of REPORT_DONE: lines for the user; "" for none */
};

#endif
