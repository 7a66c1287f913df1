/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the person who typed `docker run` why there is no container. */
#ifndef CORE_FRONT_FAILURE_H
#define CORE_FRONT_FAILURE_H

#include "common/error.h"
#include "front/command.h"

/*
 * Writes the reason as one line to standard error, to our own log and, where the command line has
 * --log, as one entry to that file in its --log-format. The engines read the entry there: docker
 * and containerd the last one of level "error", podman a file that must hold exactly one; so
 * nothing but failures is ever written to it. Returns the exit status.
 */
int failure_report(const struct command *command, const struct error *err);

#endif
