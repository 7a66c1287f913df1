/* SPDX-License-Identifier: Apache-2.0 */
/* What the config says to the plugin image-verify, so that the commands work with the policy and
   the trust store by which containers are judged. */
#ifndef CORE_CTK_IMAGE_SETTINGS_H
#define CORE_CTK_IMAGE_SETTINGS_H

#include "ctk/toolkit.h"

/* Texts are borrowed, from the command line or the config. */
struct image_settings {
  const char *store, *policy, *registries;
  const char *upper, *state; /* for the check of files */
  struct toolkit toolkit;    /* of the config, if it had to be read */
};

/* Fills what is NULL: from the first entry of the plugin that is enabled, else by the defaults. The
   first fills the store only, the second where signatures come from too, the third all but what is
   for files; the config is not read where all that is given. */
int image_settings_store(struct image_settings *settings, struct error *err);
int image_settings_sources(struct image_settings *settings, struct error *err);
int image_settings_all(struct image_settings *settings, struct error *err);
int image_settings_files(struct image_settings *settings, struct error *err);
void image_settings_free(struct image_settings *settings);

#define cleanup_image_settings __attribute__((cleanup(image_settings_free)))

#endif
