/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits of JSON as text: one member changes, every other byte stays, and what is new looks like its
 * neighbours (the file's own indentation and line ends, or compact where the file is).
 *
 * A text that is empty or blank, or NULL for a file that is not there, counts as {}. A byte order
 * mark stays.
 */
#ifndef CORE_CTK_TEXT_JSON_EDIT_H
#define CORE_CTK_TEXT_JSON_EDIT_H

#include "common/error.h"

/*
 * Each takes a text that json_parse() accepts (or a blank one), and a JSON pointer (RFC 6901), and
 * stores the new text, owned by the caller, in *edited. Errors name the file and the place.
 */

/* Sets the member at `pointer` to `value`, which is compact JSON and is laid out anew. Objects on
   the way are made where they are missing or null; one of another type is an error. A member that
   is equal already is left alone. */
int json_edit_set(const char *text, const char *name, const char *pointer, const char *value,
                  char **edited, struct error *err);

/* Puts these very bytes in the place of the member's value, which must be there: to give back what
   was taken by json_edit_get. */
int json_edit_put(const char *text, const char *name, const char *pointer, const char *bytes,
                  char **edited, struct error *err);

/* Removes the member with its comma and line; nothing there is success. */
int json_edit_remove(const char *text, const char *name, const char *pointer, char **edited,
                     struct error *err);

/* The bytes of the value at `pointer`, owned by the caller; NULL if there is none. */
char *json_edit_get(const char *text, const char *pointer);

/* The string at `pointer`, unescaped, owned by the caller; NULL if none stands there. */
char *json_edit_text(const char *text, const char *pointer);

#endif
