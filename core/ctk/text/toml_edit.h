/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits of TOML as text: a key's line, an array's element, a table, or a marked block at the end;
 * every other byte stays.
 *
 * Each function takes a text and the file's name for messages, and stores the new text, owned by
 * the caller, in *edited. Errors are those of toml_parse(), and forms that cannot be edited safely.
 * A path is a list of components, ended by NULL.
 */
#ifndef CORE_CTK_TEXT_TOML_EDIT_H
#define CORE_CTK_TEXT_TOML_EDIT_H

#include "ctk/text/toml.h"

/*
 * Gives a key a value, which is TOML: in the place of the value that it has, else on a new line in
 * the table of its path. Returns 1, and stores nothing, if the table is nowhere in the text: then
 * it can be made with a header of its own.
 */
int toml_edit_set(const char *text, const char *name, const char *const *path, const char *value,
                  char **edited, struct error *err);

/* Can a header [path] be added at the end of the text? If not, the error says why. */
int toml_edit_can_open(const char *text, const char *name, const char *const *path,
                       struct error *err);

/* Takes out a key with its line, or a table with all below it; nothing there is success. */
int toml_edit_remove(const char *text, const char *name, const char *const *path, char **edited,
                     struct error *err);

/* Adds a string to the array at a path, or takes it out; what is there, or not there, already is
   success. The array must exist to be added to. */
int toml_edit_list_add(const char *text, const char *name, const char *const *path,
                       const char *element, char **edited, struct error *err);
int toml_edit_list_remove(const char *text, const char *name, const char *const *path,
                          const char *element, char **edited, struct error *err);

/* The bytes of the value at a path, owned by the caller; NULL if there is none, or the text is no
   TOML. */
char *toml_edit_raw(const char *text, const char *const *path);

/* The string at a path, unescaped, owned by the caller; NULL if none stands there. */
char *toml_edit_string(const char *text, const char *const *path);

/* The strings in the array at a path (other elements, like podman's {append=true}, are left out),
   ended by NULL, owned by the caller (each, and the list); NULL if there is no array. */
char **toml_edit_list(const char *text, const char *const *path);
void toml_edit_list_free(char **list);

/* --- blocks -------------------------------------------------------------------------------- */

/* Adds lines at the end, between two comments that name their owner; the text's line ends. */
char *toml_block_append(const char *text, const char *owner, const char *lines);

/* Does the text end with such a block? */
bool toml_block_is_last(const char *text, const char *owner);

/* Takes such a block out, with the empty line before it; or opens it: only the two comments go.
   Nothing there is success. */
int toml_block_remove(const char *text, const char *name, const char *owner, char **edited,
                      struct error *err);
int toml_block_open(const char *text, const char *name, const char *owner, char **edited,
                    struct error *err);

/* Does all that stands in such a block meet a condition? */
typedef bool toml_block_condition(const struct toml_item *item, const void *data);
bool toml_block_all(const char *text, const char *owner, toml_block_condition *condition,
                    const void *data);

#endif
