/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys that a config file may have: their types, their limits, and where their values go.
 *
 * Whatever is not listed here is an error, so that a misspelt key is found when it is written and
 * not when it was needed.
 */
#ifndef CORE_CONFIG_SCHEMA_H
#define CORE_CONFIG_SCHEMA_H

#include "config/config.h"

#define SCHEMA_NAME_MAX 64 /* bytes in the name of a plugin or a profile */

/* What a file is to the others. */
enum schema_layer {
  SCHEMA_MAIN,    /* config.cfg */
  SCHEMA_PROFILE, /* all that config.cfg may have; its `plugins` replace all others */
  SCHEMA_CONF_D,  /* `plugins` only, which are appended */
};

/*
 * Lays a file's text over *config, which keeps what it needs of it in config->files. `name` is the
 * file's, for messages. After an error, which reads "NAME:LINE: cause", parts of it may be in.
 */
int schema_apply(struct config *config, const char *text, size_t length, const char *name,
                 enum schema_layer layer, struct error *err);

void schema_free_files(struct config_file *files);

/* A plugin's or profile's name: letters, digits, '.', '_' and '-', not starting with '.'; it
   becomes a file's name. */
bool schema_name_valid(const char *name);

#endif
