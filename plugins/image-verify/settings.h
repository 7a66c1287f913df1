/* SPDX-License-Identifier: Apache-2.0 */
/* What the admin wants to be enforced, and where what it is decided by lies. */
#ifndef PLUGINS_IMAGE_VERIFY_SETTINGS_H
#define PLUGINS_IMAGE_VERIFY_SETTINGS_H

#include "mode.h"

#include <container-hooks/plugin.h>

/* Texts are borrowed; all paths are absolute. */
struct settings {
  enum mode mode; /* of images that fall under no scope below, and of what has no image */
  struct mode_scopes scopes;
  bool allow_restore; /* also where enforced */

  const char *policy;
  const char *store;        /* "": none */
  const char *registries;   /* "": none */
  const char *const *roots; /* data roots of engines that are believed */
  bool roots_given;         /* by the admin: then each must be there */

  bool to_stderr; /* in mode warn, to the user too, where the container's errors go */
  bool journal;   /* in mode warn, to the journal too */
  const char *journal_socket;

  bool files;          /* the layers on disk are compared with the image, too */
  const char *program; /* that does it: verify-rootfs; "": it is not where we are */
  const char *plans;   /* folder of its plans */
  const char *upper;   /* its rule for what the container itself has written */
  const char *cache;   /* "off"; "metadata": layers that were good and untouched are not read */
  const char *state;   /* folder in which it notes what has started */
  const char *log;     /* file where it logs; "": none */
};

/* Fails by cht_fail. */
int settings_read(struct cht_context *ctx, struct settings *settings);
void settings_free(struct settings *settings);

#define cleanup_settings __attribute__((cleanup(settings_free)))

#endif
