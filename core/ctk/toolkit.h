/* SPDX-License-Identifier: Apache-2.0 */
/* The toolkit that this program belongs to: where its files are, and what its config says. */
#ifndef CORE_CTK_TOOLKIT_H
#define CORE_CTK_TOOLKIT_H

#include "common/error.h"
#include "config/config.h"
#include "front/place.h"

/* Which config is meant. All texts are borrowed; absent ones are NULL. */
struct toolkit_choice {
  const char *file;    /* config.cfg; NULL: the one that the runtime would read */
  const char *text;    /* what it holds, if that is no file's: `file` is then its name only */
  const char *profile; /* profiles/NAME.cfg laid over it */
};

struct toolkit {
  struct place place;
  struct config config;
};

/* The absolute path of a file that was named, links left as they are; it must be there. Owned by
   the caller. */
int toolkit_path(const char *named, char **path, struct error *err);

/* With conf.d the config is what the worker has, without it what the front has. A file that is
   named must be there. `toolkit` must stay where it is. */
int toolkit_load(struct toolkit *toolkit, const struct toolkit_choice *choice, bool with_conf_d,
                 struct error *err);

void toolkit_free(struct toolkit *toolkit);

#define cleanup_toolkit __attribute__((cleanup(toolkit_free)))

#endif
