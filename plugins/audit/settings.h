/* SPDX-License-Identifier: Apache-2.0 */
/* What the admin wants to have recorded, and where. */
#ifndef PLUGINS_AUDIT_SETTINGS_H
#define PLUGINS_AUDIT_SETTINGS_H

#include "common/util.h"

#include <container-hooks/plugin.h>

/* All borrowed. */
struct settings {
  const char *file;               /* absolute; "": none */
  int64_t max_size;               /* of the file, in KiB; 0: no bound */
  bool journal;                   /* also, or only, to the journal */
  const char *journal_socket;     /* absolute */
  const char *const *fields;      /* names, each known; NULL: the default ones */
  const char *const *annotations; /* keys whose values are recorded */
  const char *const *environment; /* names of variables whose values are recorded */
};

/* Fails by cht_fail. */
int settings_read(struct cht_context *ctx, struct settings *settings);

#endif
