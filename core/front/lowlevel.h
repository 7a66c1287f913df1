/* SPDX-License-Identifier: Apache-2.0 */
/* The low-level runtime behind us: find it, become it. */
#ifndef CORE_FRONT_LOWLEVEL_H
#define CORE_FRONT_LOWLEVEL_H

#include "common/error.h"

#define LOWLEVEL_DEPTH "CONTAINER_HOOKS_DEPTH" /* the variable; at the maximum nothing is run */
#define LOWLEVEL_DEPTH_MAX 8

#define LOWLEVEL_NONE_FOUND "no low-level runtime found" /* how that error begins */

/*
 * The path of the first of `runtimes` (ended by NULL) that is an executable file and not this very
 * program; owned by the caller. A bare name is looked up in the absolute folders of PATH, then in
 * the system's usual ones. The error says what was looked for and where.
 */
char *lowlevel_find(const char *const *runtimes, struct error *err);

/*
 * Replaces this process by the runtime, with argv as it came but for argv[0], which is `path`.
 * Returns only on failure: -1. The environment gains CONTAINER_HOOKS_DEPTH, which counts how many
 * of us lie in a row: beyond a few the runtimes are going round in a circle.
 */
int lowlevel_become(char *path, char **argv, struct error *err);

#endif
