/* SPDX-License-Identifier: Apache-2.0 */
/* A config.json as a plugin left it: a tree of json-c can hold what no JSON text can. */
#ifndef CORE_SPEC_CHECK_H
#define CORE_SPEC_CHECK_H

#include "common/error.h"

#include <json-c/json_object.h>

/*
 * Is the spec an object that, once written, the next reader takes for the same? It is not if it is
 * part of itself, nested too deep, or holds a key twice, NaN, or a string that is not UTF-8 or has
 * a NUL: what json_parse refuses (common/json.h).
 */
int spec_check(struct json_object *spec, struct error *err);

#endif
