/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entries of a list ( … ) in another order, or one more of them.
 *
 * An entry takes along what belongs to it: the comments above it, and the one behind its comma.
 */
#ifndef CORE_CTK_CONFIG_LIST_H
#define CORE_CTK_CONFIG_LIST_H

#include "ctk/config_tree.h"

/* Both return the new text, owned by the caller. Places count from 0; one beyond the list is its
   end. */

/* Moves the entry at place `from` to place `to`. */
char *config_list_move(const char *text, const struct config_node *list, size_t from, size_t to);

/* Puts a group with this one setting in it ("name = \"x\";") at place `to`. */
char *config_list_insert(const char *text, const struct config_node *list, const char *setting,
                         size_t to);

#endif
