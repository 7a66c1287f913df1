/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin's settings: as a JSON tree, which is what plugins see, and one by one with their types
 * checked, where an error can still say in which line of the config the value stands.
 */
#ifndef CORE_WORKER_SETTINGS_H
#define CORE_WORKER_SETTINGS_H

#include "common/error.h"
#include "config/config.h"
#include "spec/when.h"

#include <json-c/json_object.h>

/* Groups become objects, lists and arrays become arrays. Owned by the caller; {} for NULL. */
struct json_object *settings_to_json(const config_setting_t *settings);

/* Each leaves *value as it is when the key is absent. Texts are borrowed from the config. Errors
   read "FILE:LINE: setting 'KEY' …". */
int settings_known(const struct config_plugin *entry, const char *const *keys, struct error *err);
int settings_text(const struct config_plugin *entry, const char *key, const char **value,
                  struct error *err);
int settings_number(const struct config_plugin *entry, const char *key, int64_t min, int64_t max,
                    int64_t *value, struct error *err);
int settings_boolean(const struct config_plugin *entry, const char *key, bool *value,
                     struct error *err);
/* *values is ended by NULL and owned by the caller; the texts are borrowed. */
int settings_list(const struct config_plugin *entry, const char *key, const char ***values,
                  struct error *err);

/* The entry's conditions, compiled; owned by the caller. NULL: it is for every container. Errors
   read "FILE:LINE: when: …". */
int settings_when(const struct config_plugin *entry, struct when **when, struct error *err);

#endif
