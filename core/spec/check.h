/* SPDX-License-Identifier: Apache-2.0 */
/* A config.json as a plugin left it: a tree of json-c can hold what no JSON text can. */
#ifndef CORE_SPEC_CHECK_H
#define CORE_SPEC_CHECK_H

#include "common/document.h"

#include <json-c/linkhash.h>

/*
 * Is the spec an object that, once written, the next reader takes for the same? It is not if it is
 * part of itself, nested too deep, or holds a key twice, NaN, or a string that is not UTF-8 or has
 * a NUL: what json_parse refuses (common/json.h).
 */
int spec_check(struct json_object *spec, struct error *err);

/* The key of a member, which `entry` holds: is it UTF-8, and there only once? */
int spec_check_key(const struct value *member, const struct lh_entry *entry, struct error *err);

/* The same of a value within the spec, which need not be an object. */
int spec_check_value(const struct value *value, struct error *err);

#endif
