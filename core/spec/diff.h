/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two trees, as a list of edits with their JSON pointers (RFC 6901). */
#ifndef CORE_SPEC_DIFF_H
#define CORE_SPEC_DIFF_H

#include "common/util.h"

#include <container-hooks/plugin.h>
#include <json-c/json_object.h>

#define EDITS_MAX 10000 /* beyond it the rest is one "replace" of "", the whole document */

/* The edits of all plugins so far. Everything is owned by the list. */
struct edits {
  const struct cht_edit **items; /* ended by NULL; NULL while there are none */
  size_t count;
};

/*
 * Appends what was done to `before` to make it `after`, in the name of `plugin` (borrowed; must
 * live as long as the list). Members of objects are compared by their name; in arrays what is the
 * same at both ends is left aside first, so that one inserted hook is one edit. Returns whether
 * anything was changed.
 */
bool edits_add(struct edits *edits, const char *plugin, struct json_object *before,
               struct json_object *after);

void edits_free(struct edits *edits);

#endif
