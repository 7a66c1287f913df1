/* SPDX-License-Identifier: Apache-2.0 */
/* New values, and settings that a group does not have yet, laid out as those that it has. */
#ifndef CORE_CTK_CONFIG_INSERT_H
#define CORE_CTK_CONFIG_INSERT_H

#include "ctk/config_tree.h"

/* The text with another value for a child of the group. A comment behind it stays in its column
   where those of its neighbours stand in the same. Owned by the caller. */
char *config_replace(const char *text, const struct config_node *group,
                     const struct config_node *child, const char *value);

/* The text with `key` as the last one in the group (the whole file, if `is_file`), and with groups
   around it if it has dots. Owned by the caller. */
char *config_insert(const char *text, const struct config_node *group, bool is_file,
                    const char *key, const char *value);

#endif
