/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin's file -> its `cht_plugin`: trusted, loaded, of an interface that we offer. */
#ifndef CORE_WORKER_PLUGIN_H
#define CORE_WORKER_PLUGIN_H

#include "common/error.h"

#include <container-hooks/plugin.h>

/*
 * Loads the shared object at `path` (absolute). The result is borrowed: it stays loaded until the
 * process ends. Its `abi` is checked, so fields of later minor versions may be read only if
 * `plugin->size` covers them. NULL on failure.
 */
const struct cht_plugin *plugin_load(const char *path, struct error *err);

#endif
