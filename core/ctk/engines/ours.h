/* SPDX-License-Identifier: Apache-2.0 */
/* Which of an engine's runtimes are us, whatever it calls them. */
#ifndef CORE_CTK_ENGINES_OURS_H
#define CORE_CTK_ENGINES_OURS_H

#include "ctk/engines/engine.h"

/* The container-hooks-runtime that belongs to this program: beside it, else where it is installed.
   Owned by the caller. */
char *ours_program(void);

/* Is the program ours by where it lies: the one that belongs to this program, or one of its name,
   behind links or by a profile's? It need not be there. */
bool ours_by_path(const char *program);

/* Does it come to container-hooks-runtime when it is run? Runs it, so that a wrapper around ours is
   known from runc. */
bool ours_by_answer(const char *program);

/*
 * The names by which the engine's files know us: the usual one, whatever it stands for, and every
 * other whose program is ours by its path. Of the request, config_file and drop_in count.
 */
int ours_names(const struct engine *engine, const struct engine_request *request,
               struct engine_names *names, struct error *err);

#endif
