/* SPDX-License-Identifier: Apache-2.0 */
/* dockerd: what it says of a file that is not yet in place, and having it read the file anew. */
#ifndef CORE_CTK_ENGINES_DOCKER_DAEMON_H
#define CORE_CTK_ENGINES_DOCKER_DAEMON_H

#include "ctk/engines/engine.h"

#define DOCKER_DEFAULT "/default-runtime" /* where the file names it */

/* As `check` and `reload` of struct engine. */
int docker_check(const struct engine_request *request, const struct engine_files *files,
                 struct error *err);
int docker_reload(const struct engine_request *request, const char *file, struct error *err);

#endif
