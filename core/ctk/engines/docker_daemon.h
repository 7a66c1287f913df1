/* SPDX-License-Identifier: Apache-2.0 */
/* dockerd: what it says of a file that is not yet in place, and having it read the file anew. */
#ifndef CORE_CTK_ENGINES_DOCKER_DAEMON_H
#define CORE_CTK_ENGINES_DOCKER_DAEMON_H

#include "ctk/engines/engine.h"

#define DOCKER_DEFAULT "/default-runtime" /* where the file names it */

/* The file that dockerd reads unless it is told another; owned by the caller. */
char *docker_file(void);

/* The file that the dockerd which runs reads in place of this one; owned by the caller, NULL if
   none runs, it reads this one, or nobody can tell. */
char *docker_other_file(const struct engine_request *request, const struct engine_file *file);

/* As `check`, `ask` and `reload` of struct engine. */
int docker_check(const struct engine_request *request, const struct engine_files *files,
                 struct error *err);
int docker_ask(const struct engine_request *request, const struct engine_files *files,
               struct engine_view *view, struct error *err);
int docker_reload(const struct engine_request *request, const char *file, struct error *err);

/* As `storage` of struct engine: by docker info, else by daemon.json. */
int docker_storage(const struct engine_request *request, const struct engine_files *files,
                   struct engine_storage *storage, struct error *err);

#endif
