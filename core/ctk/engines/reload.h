/* SPDX-License-Identifier: Apache-2.0 */
/* Telling a running daemon to read its files anew. */
#ifndef CORE_CTK_ENGINES_RELOAD_H
#define CORE_CTK_ENGINES_RELOAD_H

#include "common/error.h"

#include <sys/types.h>

/* Each returns 1 if the daemon is not running. */

/* Runs `systemctl VERB UNIT`. */
int reload_by_systemd(const char *verb, const char *unit, struct error *err);

/* The daemon whose number stands in a pid file, if it runs and its name begins with `name`; else
   0. */
pid_t reload_pid(const char *pid_file, const char *name);

/* Sends SIGHUP, and waits until `config` has been read: a daemon that does not read this file is an
   error. */
int reload_by_signal(pid_t pid, const char *config, struct error *err);

#endif
