/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `plugin enable` and `plugin disable`: edits of the config file that has the plugin's entry.
 *
 * A plugin that would not work is not enabled: if it is required, no container would start.
 */
#ifndef CORE_CTK_PLUGIN_EDIT_H
#define CORE_CTK_PLUGIN_EDIT_H

#include "ctk/command.h"

int plugin_enable_run(const struct ctk_command *self, char **words, struct error *err);
int plugin_disable_run(const struct ctk_command *self, char **words, struct error *err);

#endif
