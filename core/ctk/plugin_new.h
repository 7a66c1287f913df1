/* SPDX-License-Identifier: Apache-2.0 */
/* `plugin new`: writes a project (template.h) into a folder that holds nothing. */
#ifndef CORE_CTK_PLUGIN_NEW_H
#define CORE_CTK_PLUGIN_NEW_H

#include "ctk/command.h"

int plugin_new_run(const struct ctk_command *self, char **words, struct error *err);

#endif
