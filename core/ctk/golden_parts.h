/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a golden case (golden.h has what they mean), as texts in which the marks are filled
   in. */
#ifndef CORE_CTK_GOLDEN_PARTS_H
#define CORE_CTK_GOLDEN_PARTS_H

#include "ctk/golden.h"

/* All owned, NULL where there is none. */
struct parts {
  char *spec, *settings, *config;
  char *expected, *expected_error, *expected_log;
};

/* Reads those in the case's copy; an error if they do not go together. */
int parts_read(const struct golden *golden, struct parts *parts, struct error *err);
void parts_free(struct parts *parts);

#define cleanup_parts __attribute__((cleanup(parts_free)))

/* Without a config.cfg, makes one that lists the plugin alone. *name, which is owned by the caller,
   is the file that its messages name: what is wrong with the settings is told with their own lines.
 */
void parts_make_config(const struct golden *golden, struct parts *parts, char **name);

#endif
