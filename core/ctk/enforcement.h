/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would the plugin image-verify really keep a container from starting? What the plugin cannot see
 * itself: whether its entry lets containers get past it, and whether it refuses any.
 */
#ifndef CORE_CTK_ENFORCEMENT_H
#define CORE_CTK_ENFORCEMENT_H

#include "common/error.h"
#include "config/config.h"

#define ENFORCEMENT_PLUGIN "image-verify"

/* Is it an entry of image-verify, that is enabled? By its name, or its file's. */
bool enforcement_is_in(const struct config_plugin *entry);

enum enforcement {
  ENFORCEMENT_NONE, /* modes off, audit, warn: nothing is refused */
  ENFORCEMENT_SOME, /* the images of some scopes are */
  ENFORCEMENT_ALL,
};

/* Of such an entry; a mode that is none is the plugin's own to refuse. */
enum enforcement enforcement_of(const struct config_plugin *entry);

/* The mode of the images that fall under no scope; borrowed. */
const char *enforcement_mode(const struct config_plugin *entry);

/* Called with why containers get past an entry ("FILE:LINE: …"), and what mends it. */
typedef void enforcement_gap(void *data, const struct config_plugin *entry, const char *text,
                             const char *mend);

/* Tells of all entries that are meant to refuse containers, but let some through. Nothing, if
   another one lets none through. */
void enforcement_gaps(const struct config *config, enforcement_gap *tell, void *data);

/* Writes them as warnings on standard error; of all plugins, or (not NULL) of one of that name. */
void enforcement_warn(const struct config *config, const char *name);

#endif
