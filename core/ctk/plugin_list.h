/* SPDX-License-Identifier: Apache-2.0 */
/* All plugins there are: those of the config in its order, and those that only lie in the folder.
 */
#ifndef CORE_CTK_PLUGIN_LIST_H
#define CORE_CTK_PLUGIN_LIST_H

#include "ctk/toolkit.h"

#include <json-c/json_object.h>

/*
 * A JSON array with an object for each, owned by the caller:
 *   order     its number in the chain, from 1; not there for those that no config lists
 *   name, path
 *   state     "required", "optional", "disabled", "refused" (it cannot be loaded) or "available"
 *   version, summary, interface, check   what it says of itself, if it can be loaded
 *   listed    "FILE:LINE" where its entry stands
 *   why       why it would be refused
 *   warnings  texts: how containers get past it, though it is there to refuse some; another name
 *             of its own than its file has
 */
int plugin_list(const struct toolkit_choice *choice, struct json_object **list, struct error *err);

/* The same of a single file, whoever lists it. */
int plugin_list_file(const char *path, struct json_object **list, struct error *err);

/* As a table. */
void plugin_list_print(struct json_object *list);

#endif
