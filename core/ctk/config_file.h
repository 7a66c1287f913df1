/* SPDX-License-Identifier: Apache-2.0 */
/* The config file as a text to be edited: read it, check what became of it, write it. */
#ifndef CORE_CTK_CONFIG_FILE_H
#define CORE_CTK_CONFIG_FILE_H

#include "ctk/change.h"

struct config_file_text {
  char *path;   /* absolute; owned */
  char *before; /* what is on disk; owned; NULL: there is no such file */
  char *text;   /* the same, or the commented default config; edits replace it; owned */
};

/* `named` is NULL for the file that the runtime would read. It need not be there. */
int config_file_read(const char *named, struct config_file_text *file, struct error *err);

/* Puts an edited text into the place of the one before. Takes ownership of it. */
void config_file_edit(struct config_file_text *file, char *edited);

/* Is it a config that the runtime takes? The error reads "FILE:LINE: cause". */
int config_file_check(const struct config_file_text *file, struct error *err);

/* Checks it and adds what was edited, if anything was. */
int config_file_add(const struct config_file_text *file, struct changes *changes,
                    struct error *err);

/* Checks it and puts it in place; one that is as before is left alone. */
int config_file_write(const struct config_file_text *file, struct error *err);

void config_file_free(struct config_file_text *file);

#define cleanup_config_file __attribute__((cleanup(config_file_free)))

/* The commented default config, etc/config.cfg. */
const char *config_file_default(void);

#endif
