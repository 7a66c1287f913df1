/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of the config as they are typed, and their values: container-hooks-runtime.log-level,
 * plugins.NAME.required, and the original's container-hooks.path, which is file-hooks' setting.
 */
#ifndef CORE_CTK_CONFIG_KEY_H
#define CORE_CTK_CONFIG_KEY_H

#include "ctk/config_file.h"

enum config_key_kind {
  KEY_TEXT,
  KEY_PATH, /* a text that begins with '/' */
  KEY_LIST, /* of texts: a,b */
  KEY_NUMBER,
  KEY_BOOLEAN,
  KEY_SETTING, /* a plugin's own: what setting_read() makes of it */
};

struct config_key {
  const char *typed; /* borrowed */
  enum config_key_kind kind;
  char *plugin;    /* the entry that it is in, NULL: the file itself; owned */
  const char *key; /* in there; borrowed */
};

/* An unknown key is an error that lists those that are known. */
int config_key_find(const char *typed, struct config_key *key, struct error *err);
void config_key_free(struct config_key *key);

#define cleanup_config_key __attribute__((cleanup(config_key_free)))

/* Edits the file's text. file-hooks gets an entry if it has none. */
int config_key_set(const struct config_key *key, const char *value, struct config_file_text *file,
                   struct error *err);

/* What holds for the key by the file's text, or by default: as it would be typed, and what cannot
   be typed, groups, as JSON; owned by the caller. */
int config_key_get(const struct config_key *key, const struct config_file_text *file, char **value,
                   struct error *err);

#endif
