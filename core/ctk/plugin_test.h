/* SPDX-License-Identifier: Apache-2.0 */
/* `plugin test`: runs a plugin's golden cases (golden.h). */
#ifndef CORE_CTK_PLUGIN_TEST_H
#define CORE_CTK_PLUGIN_TEST_H

#include "ctk/command.h"

int plugin_test_run(const struct ctk_command *self, char **words, struct error *err);

#endif
