/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON text being read: its bytes, its strings, and the places that errors name.
 *
 * Apart from json.c, which makes the tree, because a string is where most of what is hostile in a
 * JSON text hides: escapes, surrogates, broken UTF-8. Strings without escapes, nearly all, are not
 * copied.
 */
#ifndef CORE_COMMON_JSON_READER_H
#define CORE_COMMON_JSON_READER_H

#include "common/json.h"

struct json_reader {
  const char *start, *end; /* the text, borrowed; it need not end with a NUL */
  const char *at;          /* the next byte */
  const char *name;        /* the file's, for messages; borrowed */
  int depth;               /* of the array or object we are in */
  size_t nests;            /* arrays and objects so far */
  size_t values;           /* of any kind so far */
  char *scratch;           /* owned; strings that do not stand in the text as they are */
  size_t used, capacity;   /* of the scratch */
  struct error *err;       /* what the functions below fill when they fail; borrowed */
};

void json_reader_start(struct json_reader *reader, const char *text, size_t length,
                       const char *name, struct error *err);
void json_reader_end(struct json_reader *reader);

struct json_place json_reader_place(const struct json_reader *reader, const char *at);

/* Each sets the error "NAME:LINE:COLUMN: cause" and returns -1: something is wrong at `at`; or what
   stands next is not `wanted`. */
int json_reader_fail(struct json_reader *reader, const char *at, const char *format, ...)
    PRINTF_LIKE(3, 4);
int json_reader_unexpected(struct json_reader *reader, const char *wanted);

/* Adds to the scratch. */
void json_reader_append(struct json_reader *reader, const char *bytes, size_t length);

/* Reads a string, from its opening quote, which is next, to behind its closing one. The bytes are
   borrowed: from the text, or from the scratch until the next string is read. */
int json_reader_string(struct json_reader *reader, const char **string, size_t *length);

static inline void json_reader_skip_space(struct json_reader *reader)
{
  while (reader->at < reader->end &&
         (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\t' || *reader->at == '\r'))
    reader->at++;
}

static inline bool json_reader_is_next(const struct json_reader *reader, char byte)
{
  return reader->at < reader->end && *reader->at == byte;
}

static inline bool json_reader_accept(struct json_reader *reader, char byte)
{
  if (!json_reader_is_next(reader, byte))
    return false;
  reader->at++;
  return true;
}

static inline bool json_reader_accept_word(struct json_reader *reader, const char *word)
{
  size_t length = strlen(word);
  if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
    return false;
  reader->at += length;
  return true;
}

#endif
