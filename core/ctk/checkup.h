/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would a container come through? Everything from the program that an engine runs down to the
 * low-level runtime, tried without a container.
 */
#ifndef CORE_CTK_CHECKUP_H
#define CORE_CTK_CHECKUP_H

#include "ctk/findings.h"
#include "ctk/toolkit.h"

/* Is `program`, which an engine is to run, there, and nobody else's to change? */
bool checkup_program(struct findings *findings, const char *program);

/* The config, the worker, the plugins, the low-level runtime behind `program` (NULL: not looked
   at), and a sample container's way through all of them. */
void checkup_chain(struct findings *findings, const struct toolkit_choice *choice,
                   const char *program);

#endif
