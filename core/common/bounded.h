/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON of bounded size, made of what somebody else wrote: texts are cut between two characters,
 * arrays and objects stop growing, and each says that it did.
 *
 * What comes out is valid JSON and one line, whatever went in: bytes that are not UTF-8 become
 * U+FFFD, and control characters stay escaped, so that no line can be forged and no terminal be
 * told anything.
 */
#ifndef CORE_COMMON_BOUNDED_H
#define CORE_COMMON_BOUNDED_H

#include "common/json.h"

#define BOUNDED_TEXT_MAX 1024 /* bytes of a text, before it is escaped */
#define BOUNDED_LIST_MAX 8192 /* bytes of an array's or an object's members, as written */

/* Owned by the caller. *cut becomes true if the text was too long, and stays as it is otherwise. */
struct json_object *bounded_text(const char *text, bool *cut);

/* An array or object that does not grow beyond BOUNDED_LIST_MAX. */
struct bounded_list {
  struct json_object *json; /* owned, until it is handed on */
  size_t length;            /* of its members */
  size_t left_out;          /* how many did not fit; after the first one none is added */
};

struct bounded_list bounded_array(void);
struct bounded_list bounded_object(void);

/* Adds a member, whose ownership it takes. `key` is NULL for an array; of a key that is there
   already the new value counts. */
void bounded_add(struct bounded_list *list, const char *key, struct json_object *member);

/* A tree as one line without line end; owned by the caller. */
char *bounded_line(struct json_object *tree);

#endif
