/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plugins that the config lists, applied in its order.
 *
 * Three steps: all are loaded before the first edits anything; each edits the spec, which is put
 * back to what it was where an optional one fails; each is told how it ended. The same code runs a
 * container's create and an admin's dry run, who afterwards reads in the links how it went.
 */
#ifndef CORE_WORKER_CHAIN_H
#define CORE_WORKER_CHAIN_H

#include "common/handover.h"
#include "config/config.h"
#include "spec/diff.h"
#include "spec/when.h"

#include <container-hooks/plugin.h>

/* What the plugins are told of the container; borrowed. */
struct chain_container {
  enum cht_command command;
  const char *id, *bundle;
  const char *root; /* NULL: not given */
  bool dry_run;
};

/* A value that a plugin has pinned: it must stay in the spec. */
struct pin {
  const struct link *by;
  char *pointer;             /* owned; NULL: it is a hook */
  enum cht_stage stage;      /* of the hook */
  struct json_object *value; /* owned; a copy */
};

/* Which image the container is. */
struct told {
  const struct link *by;  /* NULL: nobody has told */
  struct cht_image image; /* its texts are owned */
};

/* How far an entry has come. */
enum link_state {
  LINK_ABSENT = 0, /* it is not enabled, or left out */
  LINK_REFUSED,    /* it could not be loaded */
  LINK_LOADED,
  LINK_UNMATCHED, /* its entry's conditions do not match the container */
  LINK_DONE,      /* its modify has succeeded, or its check */
  LINK_FAILED,    /* one of its callbacks has failed */
};

/* One entry of the config at work. The context comes first: plugins hand it back to the host. */
struct link {
  struct cht_context context;
  const struct config_plugin *entry;
  const struct cht_plugin *plugin; /* NULL: not loaded (disabled, left out, or it failed) */
  struct chain *chain;
  struct when *when; /* owned; NULL: it is for every container */
  bool failed;       /* in the callback that runs, or ran last */
  struct error failure;
  enum link_state state;
  struct error trouble;          /* of LINK_REFUSED and LINK_FAILED, without their name */
  uint64_t entered, elapsed;     /* microseconds: when it was called; how long all calls took */
  size_t edits_start, edits_end; /* its own, in the chain's */
};

struct chain {
  struct link links[CONFIG_PLUGINS_MAX];
  size_t count;
  struct edits edits;
  struct pin *pins; /* owned */
  size_t pin_count;
  struct told told;
  struct report *report;          /* borrowed; says which plugin is at work */
  char notice[REPORT_NOTICE_MAX]; /* what plugins told the user */
  pid_t process;
  bool traced; /* edits are told by worker/trace.h, and not in the log as well */
  bool part;   /* of a longer one, in which a plugin before these may tell the image */
};

/* The word on the runtime's command line -> the command. */
enum cht_command chain_command(const char *word);

/* Loads what is enabled and not in the set `skip`; the settings are converted. Config, container
   and report are borrowed; the report begins a page, which is read-only while a plugin is at work
   (its memory is a struct shared's). Fails for a required plugin that cannot be loaded, and for
   conditions (`when`) that cannot be read, after the others have been tried: those are told the
   outcome by chain_finish(). */
int chain_load(struct chain *chain, const struct config *config,
               const struct chain_container *container, uint64_t skip, struct report *report,
               struct error *err);

/* Lets each plugin whose conditions match the spec, as those before it have left it, edit *spec,
   which may become another tree; it stays the caller's. */
int chain_modify(struct chain *chain, struct json_object **spec, struct error *err);

/* Tells each plugin that the container concerns the outcome. `spec` may be NULL where it could not
   be read; `refused` is NULL, or why the container will not start. Fails if a required plugin's
   finish fails. */
int chain_finish(struct chain *chain, struct json_object *spec, const char *refused,
                 struct error *err);

/* In place of the two above: asks each plugin whether its settings are sane and, if there is a
   spec, tries it on that, each behind what those before it have done, whether or not one of them
   fails. Fails with the first that does, after all have been asked. */
int chain_check(struct chain *chain, struct json_object **spec, struct error *err);

void chain_free(struct chain *chain);

#endif
