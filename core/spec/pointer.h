/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON pointers (RFC 6901) into a tree: look, add, replace, remove, set.
 *
 * A pointer is "" (the whole document) or steps that each begin with '/'; in a step "~1" stands for
 * '/' and "~0" for '~'. In an array a step is an index, "0" or digits without a leading zero, or
 * "-", the place behind the last element. A pointer has at most JSON_DEPTH_MAX steps.
 *
 * The JSON value null, which json-c holds as NULL, is a value like others here, but leads nowhere.
 * Errors name the place that is at fault by its pointer, as in "/process/rlimits is a string, not
 * an array or an object"; the caller puts the document's name in front (error_wrap). A function
 * that fails has changed nothing. Where a value is handed over, the function takes ownership of it,
 * also when it fails.
 */
#ifndef CORE_SPEC_POINTER_H
#define CORE_SPEC_POINTER_H

#include "common/error.h"

#include <json-c/json_object.h>

/* Is it a pointer at all? The others check this too. */
int pointer_check(const char *pointer, struct error *err);

/*
 * Looks for what is there. Returns 1 and lends it in *value (NULL is null); 0 if there is nothing,
 * because a member, an element or one of their parents is missing or null; -1 if a step cannot be
 * taken: into a string, a number or a boolean, or into an array by what is no index.
 */
int pointer_find(struct json_object *tree, const char *pointer, struct json_object **value,
                 struct error *err);

/* The same, but nothing being there is an error: returns 0 or -1. */
int pointer_get(struct json_object *tree, const char *pointer, struct json_object **value,
                struct error *err);

/* Adds as JSON Patch does (RFC 6902, 4.1): a member of an object is added or replaced, an element
   inserted before the one with the index, which may be the array's length, or appended by "-". The
   parent must be there. "" replaces the whole document. */
int pointer_add(struct json_object **tree, const char *pointer, struct json_object *value,
                struct error *err);

/* Replaces what must be there. */
int pointer_replace(struct json_object **tree, const char *pointer, struct json_object *value,
                    struct error *err);

/* Removes what must be there; the whole document becomes null. `removed`, if not NULL, becomes what
   it was, owned by the caller (NULL is null). */
int pointer_remove(struct json_object **tree, const char *pointer, struct json_object **removed,
                   struct error *err);

/*
 * Makes the value at the pointer be this one, wherever that makes sense without knowing better:
 * a member is added or replaced, an element replaced; "-" appends, unless an equal element is there
 * already, so that doing it twice changes nothing. Parents that are missing or null are made:
 * an array before "-", an object before other steps. An index into an array that is missing, or
 * beyond its end, is an error, as is "-" before other steps.
 */
int pointer_set(struct json_object **tree, const char *pointer, struct json_object *value,
                struct error *err);

#endif
