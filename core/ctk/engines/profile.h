/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeping the low-level runtime that an engine used until now.
 *
 * We stand in front of the first of `runtimes` that is found, for every engine of the machine. An
 * engine that used another one gets a profile of its own: a link container-hooks-runtime-ENGINE to
 * our program, by whose name it knows to read profiles/ENGINE.cfg, which names that runtime.
 */
#ifndef CORE_CTK_ENGINES_PROFILE_H
#define CORE_CTK_ENGINES_PROFILE_H

#include "ctk/engines/engine.h"
#include "ctk/engines/memory.h"

/* All texts are owned; NULL: no profile is needed. */
struct keep_profile {
  char *link, *target; /* the link's path and where it leads */
  char *config, *text; /* profiles/ENGINE.cfg and what is in it */
  char *runtime;       /* the low-level runtime that it names */
};

/* `wrapped` is a path or a bare name; NULL is nothing that could be kept. */
int profile_plan(struct keep_profile *profile, const char *engine,
                 const struct engine_request *request, const char *wrapped, struct error *err);

void profile_free(struct keep_profile *profile);

/*
 * Adds the changes that make the profile, notes them in `memory`, and removes one that `old`
 * remembers and that is not wanted any more (with a `profile` of NULL none is). What the admin
 * changed in it is left.
 */
int profile_append(const struct keep_profile *profile, const struct memory *old,
                   struct memory *memory, struct changes *changes, struct error *err);

#endif
