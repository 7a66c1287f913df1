/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every edit of a json-c tree is made of: containers that are made where they are missing,
 * values put into them, and types that are checked.
 *
 * Errors name the value that is at fault by its JSON pointer ("config.json: /hooks is a string, not
 * an object"). The JSON value null, which json-c holds as NULL, counts as absent.
 */
#ifndef CORE_SPEC_TREE_H
#define CORE_SPEC_TREE_H

#include "common/error.h"

#include <json-c/json_object.h>

/* Says that the value at the pointer, in config.json, is of another type than it should be. */
int tree_wrong_type(const char *pointer, struct json_object *value, enum json_type wanted,
                    struct error *err);

/* The member of an object, made if it is absent: an object or an array, as `type` says. Borrowed.
   NULL on failure. `pointer` is its place. */
struct json_object *tree_need(struct json_object *parent, const char *key, enum json_type type,
                              const char *pointer, struct error *err);

/* The member of an object if it is of this type, else NULL; `parent` may be NULL. Borrowed. */
struct json_object *tree_get(struct json_object *parent, const char *key, enum json_type type);

/* Are all elements of this type? */
int tree_check_elements(struct json_object *array, enum json_type type, const char *pointer,
                        struct error *err);

/* Is an element equal to the value? */
bool tree_has_element(struct json_object *array, struct json_object *value);

/* Inserts before the element with the index, which may be the length; takes ownership. */
void tree_insert(struct json_object *array, size_t index, struct json_object *value);

/* How deep arrays and objects lie within each other: 0 for a string, 1 for {}. */
size_t tree_depth(struct json_object *value);

/* How much of it there is. */
struct tree_size {
  size_t values; /* of any kind */
  size_t nests;  /* arrays and objects */
  size_t bytes;  /* of its text, about: escapes are not counted */
};

struct tree_size tree_measure(struct json_object *value);

/* Are they equal as JSON? Numbers are if their values are: 1 and 1.0. */
bool tree_equal(struct json_object *a, struct json_object *b);

/* A copy of its own, owned by the caller; NULL is copied too. */
int tree_copy(struct json_object *value, struct json_object **copy, struct error *err);

/* Adds a member unless the text is NULL, or the texts (ended by NULL) are none. Copied. */
void tree_add_text(struct json_object *object, const char *key, const char *text);
void tree_add_texts(struct json_object *object, const char *key, const char *const *texts);

#endif
