/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits of config.json as a tree: hooks, environment, mounts, annotations.
 *
 * Each is idempotent, and each refuses a spec whose types are not those of the OCI runtime spec
 * with the JSON pointer of what is wrong ("config.json: /hooks is a string, not an object"). The
 * JSON value null counts as absent, as it does for the runtimes.
 */
#ifndef CORE_SPEC_EDIT_H
#define CORE_SPEC_EDIT_H

#include "common/error.h"

#include <container-hooks/plugin.h>
#include <json-c/json_object.h>

/* The member of `hooks` for a stage, as "createRuntime"; NULL for a number that is no stage. */
const char *edit_stage_name(enum cht_stage stage);

/* Adds a hook to the front or the back of a stage. `added`, if not NULL, becomes the tree of the
   hook (borrowed from the spec): the new one, or the equal one that was there. */
int edit_add_hook(struct json_object *spec, enum cht_stage stage, const struct cht_hook *hook,
                  bool front, struct json_object **added, struct error *err);

/* True if the stage has a hook equal to this tree. */
bool edit_has_hook(struct json_object *spec, enum cht_stage stage, struct json_object *hook);

/* Borrowed from the spec; NULL if it is not set or the spec has no environment. */
const char *edit_env(struct json_object *spec, const char *name);
int edit_set_env(struct json_object *spec, const char *name, const char *value, bool overwrite,
                 struct error *err);
int edit_unset_env(struct json_object *spec, const char *name, struct error *err);

int edit_add_mount(struct json_object *spec, const struct cht_mount *mount, struct error *err);

const char *edit_annotation(struct json_object *spec, const char *key);
int edit_set_annotation(struct json_object *spec, const char *key, const char *value,
                        struct error *err);

#endif
