/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin's setting as an admin types it, KEY=VALUE, -> as config.cfg has it.
 *
 *   true, false     a boolean                    -7, 42    a number
 *   a,b             an array of texts, or of numbers if all are; "a," has one element, "," none
 *   "…"             a text, whatever stands between the quotes
 *   all else        a text
 */
#ifndef CORE_CTK_SETTING_H
#define CORE_CTK_SETTING_H

#include "ctk/command.h"

/* Is it one that libconfig knows, or several with dots between them: of a setting in a group? */
bool setting_name_valid(const char *name, size_t length);

/* Splits at the first '='; *key and *value (in libconfig's words) are owned by the caller. */
int setting_read(const char *assignment, char **key, char **value, struct error *err);

/* A usage error for the first that setting_read() does not understand. */
int setting_check_all(const struct ctk_command *self, const struct option_list *typed,
                      struct error *err);

/* What is wrong with a setting is said in the config's words: how one of those that were typed is
   typed instead, to stand behind the message `why`. Owned by the caller; "" if it is of none. */
char *setting_how_typed(const struct option_list *typed, const char *why);

/* A text in quotes as libconfig reads it; owned by the caller. */
char *setting_quote(const char *text);

#endif
