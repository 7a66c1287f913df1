/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks.json: the hooks of every container, a member for each stage, as config.json's `hooks` has
 * them:
 *
 *     {"poststop": [{"path": "/usr/bin/logger", "args": ["logger", "it stopped"]}]}
 */
#ifndef PLUGINS_FILE_HOOKS_HOOKS_JSON_H
#define PLUGINS_FILE_HOOKS_HOOKS_JSON_H

#include "rule.h"

#define HOOKS_JSON_MAX 1000 /* hooks of one stage */

/* Adds a rule for each hook of the file. No file is no hook, and logged; but a link that
   leads nowhere is an error. */
int hooks_json_read(struct cht_context *ctx, const char *path, struct rules *rules);

#endif
