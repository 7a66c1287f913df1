/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Merge Patch (RFC 7396): a patch that looks like what it changes.
 *
 * Members of objects are added, replaced, or by null removed; every other value, arrays too, is
 * replaced as a whole. Doing it twice is as doing it once.
 */
#ifndef CORE_SPEC_MERGE_H
#define CORE_SPEC_MERGE_H

#include "common/error.h"

#include <json-c/json_object.h>

/* Applies a patch, which is left as it is, to *target, which is owned by the caller before and
   after. Fails only for want of memory, and then leaves it half done. */
int merge_apply(struct json_object **target, struct json_object *patch, struct error *err);

#endif
