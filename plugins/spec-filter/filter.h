/* SPDX-License-Identifier: Apache-2.0 */
/* A program at work: config.json on its standard input, the changed one on its standard output. */
#ifndef PLUGINS_SPEC_FILTER_FILTER_H
#define PLUGINS_SPEC_FILTER_FILTER_H

#include "program.h"

#include <container-hooks/plugin.h>

#define FILTER_OUTPUT_MAX (16UL * 1024 * 1024) /* bytes; config.json itself may be as large */

/*
 * Runs a program on a spec, in the environment `env`. Returns what it printed, a JSON object owned
 * by the caller, or NULL after telling the host why: the program may not be run, it failed, was too
 * slow, or printed what is no spec. What it says on standard error stands in that message, or else
 * in the log.
 */
struct json_object *filter_run(struct cht_context *ctx, const struct program *program,
                               char *const *env, struct json_object *spec);

#endif
