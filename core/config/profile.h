/* SPDX-License-Identifier: Apache-2.0 */
/* Whose name was called: a link container-hooks-runtime-NAME runs with profiles/NAME.cfg. */
#ifndef CORE_CONFIG_PROFILE_H
#define CORE_CONFIG_PROFILE_H

#include "common/error.h"

/*
 * Stores in *profile the NAME (borrowed from argv0), or NULL when the program was called by its
 * own name or by any other. A NAME is letters, digits, '.', '_' and '-', not starting with '.'.
 */
int profile_of(const char *argv0, const char **profile, struct error *err);

/* profiles/NAME.cfg beside a config file; owned by the caller. */
char *profile_path(const char *config_path, const char *profile);

#endif
