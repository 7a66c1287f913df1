/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text -> json-c tree, strictly (RFC 8259).
 *
 * json-c's own tokener, even in its strict mode, accepts 'single quotes' and NaN, clamps integers
 * beyond 64 bits, cuts a key at a NUL and lets the last of two equal keys win. A spec that was
 * altered by being read must not reach a container, so these are errors here, each with its line
 * and column. What is accepted survives a write unchanged: key order, the text of fractions and
 * exponents, all 64-bit integers (signed, and unsigned up to 2^64-1).
 */
#ifndef CORE_COMMON_JSON_H
#define CORE_COMMON_JSON_H

#include "common/error.h"

#include <json-c/json_object.h>

#define JSON_DEPTH_MAX 128       /* arrays and objects within each other */
#define JSON_NESTS_MAX (1 << 18) /* in all: of the two bytes of an empty one json-c makes 700 */

/* Of any kind, in all; an engine's config.json has less than a thousand. As many numbers in an
   array take 75 MiB of memory, as members of an object 200 MiB, and 255 MiB with as many arrays and
   objects among them as there may be. */
#define JSON_VALUES_MAX (1 << 20)

static inline void cleanup_jsonp(struct json_object **object)
{
  int saved = errno;
  json_object_put(*object);
  errno = saved;
}

#define cleanup_json __attribute__((cleanup(cleanup_jsonp)))

/* A place in a text, both counted from 1; the column counts bytes. */
struct json_place {
  size_t line, column;
};

/*
 * Parses `length` bytes. On success stores the tree, owned by the caller, in *tree (the JSON value
 * null is stored as a NULL tree, as json-c does). On failure the error reads
 * "NAME:LINE:COLUMN: cause"; `name` is the file's name as the admin knows it.
 *
 * Refused beyond the grammar: nesting deeper than JSON_DEPTH_MAX, more than JSON_NESTS_MAX arrays
 * and objects or JSON_VALUES_MAX values, a key twice in one object (also when one is spelt with
 * escapes), \u0000, lone surrogates, invalid UTF-8, a byte order mark, integers that fit neither
 * int64_t nor uint64_t, anything but white space after the value.
 */
int json_parse(const char *text, size_t length, const char *name, struct json_object **tree,
               struct error *err);

/*
 * Finds where a JSON pointer (RFC 6901) points in a text that json_parse accepted: the place of the
 * member's key, or of the array's element. Returns -1 if it points nowhere. For messages about a
 * value that is well-formed but wrong.
 */
int json_locate(const char *text, size_t length, const char *pointer, struct json_place *place);

/* A number with a fraction or an exponent, by its text, which is kept for writing; owned by the
   caller. NULL: out of memory. */
struct json_object *json_number(const char *text);

/* Compact text as it is written to disk, slashes unescaped; borrowed from the tree, with its
 * length. */
const char *json_text(struct json_object *tree, size_t *length);

/* A type in words, for messages: "an object". */
const char *json_type_words(enum json_type type);

/* A JSON pointer one step deeper: "POINTER/KEY" with '~' and '/' escaped; owned by the caller. */
char *json_pointer_key(const char *pointer, const char *key);
char *json_pointer_index(const char *pointer, size_t index);

#endif
