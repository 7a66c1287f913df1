/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json-c tree -> JSON text: byte for byte what json_text makes of it, in a quarter of the time, and
 * not kept in the tree.
 *
 * A tree whose values were given serializers of their own is written as if they had none, but for
 * the text of numbers with a fraction.
 */
#ifndef CORE_COMMON_JSON_WRITER_H
#define CORE_COMMON_JSON_WRITER_H

#include "common/util.h"

#include <json-c/json_object.h>

/* The text and its length, owned by the caller. It is ended by a NUL. The tree must be one that
   json_parse could have made. */
char *json_write(struct json_object *tree, size_t *length);

#endif
