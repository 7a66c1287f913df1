/* SPDX-License-Identifier: Apache-2.0 */
/* What changed in a spec, as a list of edits with their JSON pointers (RFC 6901). */
#ifndef CORE_SPEC_DIFF_H
#define CORE_SPEC_DIFF_H

#include "common/error.h"
#include "spec/snapshot.h"

#include <container-hooks/plugin.h>

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
 * anything was changed: 1 or 0; -1, with nothing appended, if what is new cannot be written
 * (spec/check.h). What is as it was need not be looked at for that.
 */
int edits_add(struct edits *edits, const char *plugin, const struct snapshot *before,
              struct json_object *after, struct error *err);

/* Drops the last ones, so that `count` are left. */
void edits_cut(struct edits *edits, size_t count);

void edits_free(struct edits *edits);

#define cleanup_edits __attribute__((cleanup(edits_free)))

#endif
