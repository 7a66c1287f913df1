/* SPDX-License-Identifier: Apache-2.0 */
/* The original toolkit's config.toml -> the same settings in a config.cfg. */
#ifndef CORE_CTK_CONFIG_ORIGINAL_H
#define CORE_CTK_CONFIG_ORIGINAL_H

#include "ctk/config_file.h"

/* Sets in the file's text what the config.toml at `path` says. A key that the original does not
   know is an error with its line: nothing is lost without a word. */
int config_original_take_over(const char *path, struct config_file_text *file, struct error *err);

#endif
