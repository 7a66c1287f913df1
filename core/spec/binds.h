/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a container have bind mounts that somebody asked for?
 *
 * Every engine binds files of its own into every container (/etc/hosts, /dev/shm, …), and
 * config.json does not say which mounts those are. They are told by a table of destinations and
 * sources; a user who mounts a file of his own over /etc/hosts is found, since the source is then
 * not the engine's. Volumes count as asked for, those of the image too, as they do for podman.
 *
 * This answers what a hook should be run for, not who may do what: a source can be named so that it
 * looks like an engine's.
 */
#ifndef CORE_SPEC_BINDS_H
#define CORE_SPEC_BINDS_H

#include "common/document.h"

/* `spec` is the root of config.json. Fails when `mounts` is not what the runtime spec says. */
int binds_asked_for(const struct value *spec, bool *asked, struct error *err);

#endif
