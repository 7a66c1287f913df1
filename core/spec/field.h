/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any field of config.json by its JSON pointer (RFC 6901; core/spec/pointer.h), with its type.
 *
 * null counts as absent, as it does for the runtimes. Errors read "config.json: /process/args is a
 * string, not an array". What fails has changed nothing.
 */
#ifndef CORE_SPEC_FIELD_H
#define CORE_SPEC_FIELD_H

#include "common/error.h"

#include <json-c/json_object.h>

/* Each leaves *value as it is if the field is absent. What is lent is borrowed from the spec. */
int field_get(struct json_object *spec, const char *pointer, struct json_object **value,
              struct error *err);
int field_text(struct json_object *spec, const char *pointer, const char **value,
               struct error *err);
int field_number(struct json_object *spec, const char *pointer, int64_t *value, struct error *err);
int field_boolean(struct json_object *spec, const char *pointer, bool *value, struct error *err);
/* *values is ended by NULL and owned by the caller; the texts are borrowed. */
int field_list(struct json_object *spec, const char *pointer, const char ***values,
               struct error *err);

/* As pointer_set() does; takes ownership of the value. Neither the whole spec nor null can be
   set. */
int field_set(struct json_object *spec, const char *pointer, struct json_object *value,
              struct error *err);
int field_set_text(struct json_object *spec, const char *pointer, const char *value,
                   struct error *err);
/* The value as JSON text, of at most FIELD_JSON_MAX bytes. */
int field_set_json(struct json_object *spec, const char *pointer, const char *json,
                   struct error *err);

#define FIELD_JSON_MAX (1 << 20)

/* Success if it is absent. */
int field_remove(struct json_object *spec, const char *pointer, struct error *err);

#endif
