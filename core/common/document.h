/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON files that an admin writes (hooks, patches, policies): read strictly, and every complaint
 * names the file, the line, the column and the JSON pointer of the value that is wrong.
 *
 * A `struct value` is a value together with the way that led to it. It lives on the stack of the
 * function that walks and points to its parent's, so nothing needs to be freed:
 *
 *     struct value root = document_root(&document), path;
 *     const char *text;
 *     if (value_object(&root, known_keys, err) < 0 || value_need(&root, "path", &path, err) < 0 ||
 *         value_text(&path, &text, err) < 0)
 *       return -1;
 *
 * A tree that came from elsewhere (a spec, a plugin's settings) is walked the same way: without its
 * text, complaints name the pointer alone ("config.json: /mounts is a string, not an array").
 */
#ifndef CORE_COMMON_DOCUMENT_H
#define CORE_COMMON_DOCUMENT_H

#include "common/error.h"
#include "common/json.h"

struct document {
  const char *name; /* for messages: `path`, or any borrowed text */
  char *path;       /* owned; NULL when it is no file */
  char *text;       /* owned; NULL when there is none */
  size_t length;
  struct json_object *tree; /* owned, if it is a file's */
};

/* Opens a file by trust (common/trust.h), at most `limit` bytes, and parses it. Returns -1 with
   errno ENOENT when there is no such file. */
int document_read(const char *path, size_t limit, struct document *document, struct error *err);

/* The same of a bundle's config.json, whosever it is (with a user namespace, the container's root
   has the bundle of podman): who can write to it decides about the container anyway. */
int document_read_bundle(const char *bundle, struct document *document, struct error *err);
#define DOCUMENT_CONFIG_MAX (16UL * 1024 * 1024) /* bytes of a config.json */

void document_free(struct document *document);

#define cleanup_document __attribute__((cleanup(document_free)))

struct value {
  const struct document *document;
  const struct value *parent; /* NULL: this is the root */
  const char *key;            /* in an object; NULL in an array */
  size_t index;               /* in an array */
  struct json_object *json;   /* borrowed; NULL is the value null */
};

struct value document_root(const struct document *document);

/* Its JSON pointer, "" for the root; owned by the caller. */
char *value_pointer(const struct value *value);

/* Says what is wrong with a value and returns -1; the format continues "POINTER ", as in "is not an
   absolute path". */
int value_error(const struct value *value, struct error *err, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Puts a value's place ("FILE:LINE:COLUMN") in front of the text that is there; returns -1. */
int value_wrap(const struct value *value, struct error *err);
/* "NAME:LINE:COLUMN", where the value stands; without a text "NAME: POINTER". Owned by the caller.
 */
char *value_place(const struct value *value);

/* Is it of this type? */
int value_type(const struct value *value, enum json_type type, struct error *err);

/* Is it an object that has none but these keys (ended by NULL)? */
int value_object(const struct value *value, const char *const *keys, struct error *err);

/* Is it an array of at most `max` elements? */
int value_array(const struct value *value, size_t max, size_t *length, struct error *err);

/* The member of an object. `find` returns false when there is none, `need` fails then. */
bool value_find(const struct value *object, const char *key, struct value *member);
int value_need(const struct value *object, const char *key, struct value *member,
               struct error *err);

struct value value_element(const struct value *array, size_t index);

/* What a value holds; texts are borrowed from the document. */
int value_text(const struct value *value, const char **text, struct error *err);

/* The text of a member that must be there; *member is left for complaints about it. */
int value_need_text(const struct value *object, const char *key, struct value *member,
                    const char **text, struct error *err);

/* Which of the names (ended by NULL) a text is: its index. */
int value_choice(const struct value *value, const char *const *names, size_t *choice,
                 struct error *err);

/* The bytes that a text is the base64 of (common/base64.h); owned by the caller. */
int value_base64(const struct value *value, char **bytes, size_t *length, struct error *err);

int value_boolean(const struct value *value, bool *boolean, struct error *err);
int value_number(const struct value *value, int64_t min, int64_t max, int64_t *number,
                 struct error *err);

/* An array of at most `max` texts, ended by NULL. The array is owned by the caller; in front are
   `room` places, not set, for the caller's own. */
int value_texts(const struct value *value, size_t max, size_t room, const char ***texts,
                struct error *err);

#endif
