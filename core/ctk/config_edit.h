/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits of a libconfig file as text: one setting or one plugin's entry changes, and the comments,
 * the order and the layout of everything else stay as the admin wrote them. What is new looks like
 * its neighbours.
 *
 * Each takes a text, its file's name for messages ("NAME:LINE: cause"), and stores the new text,
 * owned by the caller, in *edited. Values are in libconfig's words (setting.h makes them). A result
 * is well-formed, but whether its keys and values make sense is not asked here: config_file_check()
 * does.
 */
#ifndef CORE_CTK_CONFIG_EDIT_H
#define CORE_CTK_CONFIG_EDIT_H

#include "common/error.h"

/*
 * Sets `key`, names with dots between them ("container-hooks-runtime.log-level"), in the file, or
 * in the first entry of `plugins` with the name `plugin` if that is not NULL ("settings.path").
 * Groups on the way are made; the entry must be there.
 */
int config_edit_set(const char *text, const char *name, const char *plugin, const char *key,
                    const char *value, char **edited, struct error *err);

/* Takes a setting out, with its line; one that is not there is an error. */
int config_edit_unset(const char *text, const char *name, const char *plugin, const char *key,
                      char **edited, struct error *err);

/* What an entry is to be. All texts are borrowed. */
struct config_edit_entry {
  const char *plugin;          /* its name */
  const char *path;            /* of the .so; NULL: as it is, or plugin-dir/NAME.so */
  const char *required;        /* "true" or "false"; NULL: as it is, or true */
  const char *const *settings; /* KEY=VALUE as setting_read() reads them, ended by NULL; or NULL */
  size_t position;             /* in this file's list, from 1; 0: where it is, or the last */
};

/* Makes the first entry of this name so, and enables it; adds one if there is none. */
int config_edit_enable(const char *text, const char *name, const struct config_edit_entry *entry,
                       char **edited, struct error *err);

/* `enabled = false` for each entry of this name; none is an error. */
int config_edit_disable(const char *text, const char *name, const char *plugin, char **edited,
                        struct error *err);

/* True if the text has an entry of this name; false if it is not well-formed, too. */
bool config_edit_has_entry(const char *text, const char *plugin);

#endif
