/* SPDX-License-Identifier: Apache-2.0 */
/* A piece of work on an engine's files: what is there, and what it is to become. */
#ifndef CORE_CTK_ENGINES_WORK_H
#define CORE_CTK_ENGINES_WORK_H

#include "ctk/engines/engine.h"
#include "ctk/engines/memory.h"

struct work {
  const struct engine *engine;
  struct engine_request request; /* with what was found out on the way */
  struct engine_files files;
  struct memory old, new;
  struct changes changes;
};

/* Finds the files that the request means, recalls those of an earlier configure, reads them all:
   each text is at first what is on disk. */
int work_begin(struct work *work, const struct engine *engine, const struct engine_request *request,
               struct error *err);

/* Takes the texts back to what they were, or would be, without us. */
int work_go_to_base(struct work *work, bool removing, struct error *err);

/* Is the engine on this machine, by its program or one of its files? */
bool work_is_here(const struct work *work);

void work_end(struct work *work);

#define cleanup_work __attribute__((cleanup(work_end)))

#endif
