/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where our own files are: beside this program, wherever it was put.
 *
 * In a folder named bin it is installed: ../libexec/container-hooks and ../lib/container-hooks/
 * plugins are its helpers' and plugins' folders. Anywhere else it is a build folder, which holds
 * the helpers and, in plugins/, the plugins.
 */
#ifndef CORE_FRONT_PLACE_H
#define CORE_FRONT_PLACE_H

#include "common/error.h"

#include <limits.h>

struct place {
  char worker[PATH_MAX];
  char plugin_dir[PATH_MAX];
};

int place_find(struct place *place, struct error *err);

/* The same for programs that lie, or shall lie, in `folder` (absolute). */
int place_of(const char *folder, struct place *place, struct error *err);

#endif
