/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TOML text being read: its bytes, strings and numbers, and the places that errors name.
 *
 * Apart from toml.c, which knows what a statement means, as a TOML string alone comes in four kinds
 * and a number or date in a dozen.
 */
#ifndef CORE_CTK_TEXT_TOML_READER_H
#define CORE_CTK_TEXT_TOML_READER_H

#include "ctk/text/toml.h"

struct toml_reader {
  const char *start, *end; /* the text, borrowed */
  const char *at;          /* the next byte */
  const char *name;        /* the file's, for messages; borrowed */
  char *scratch;           /* owned; the string that was read last, unescaped, ended by NUL */
  size_t used, capacity;   /* of the scratch, without the NUL */
  struct error *err;       /* what the functions below fill when they fail; borrowed */
};

void toml_reader_start(struct toml_reader *reader, const char *text, size_t length,
                       const char *name, struct error *err);
void toml_reader_end(struct toml_reader *reader);

#define cleanup_toml_reader __attribute__((cleanup(toml_reader_end)))

/* Each sets the error "NAME:LINE:COLUMN: cause" and returns -1: something is wrong at `at`; or what
   stands next is not `wanted`. */
int toml_reader_fail(const struct toml_reader *reader, const char *at, const char *format, ...)
    PRINTF_LIKE(3, 4);
int toml_reader_unexpected(const struct toml_reader *reader, const char *wanted);

/* What may stand nowhere in a text: bytes that are no UTF-8, control characters, a carriage return
   without a line feed. What is read below relies on it. */
int toml_reader_check(const struct toml_reader *reader);

/* Over spaces and tabs; over these, comments and line ends. */
void toml_reader_skip_blanks(struct toml_reader *reader);
void toml_reader_skip_lines(struct toml_reader *reader);

/* Over a comment and the line's end, which must be next. */
int toml_reader_end_line(struct toml_reader *reader);

/* Reads a component of a key, or a string of any kind that begins with the quote that is next, into
   the scratch. */
int toml_reader_key(struct toml_reader *reader);
int toml_reader_string(struct toml_reader *reader);

/* Reads a number, a boolean or a date-time. (toml_scalar.c) */
int toml_reader_scalar(struct toml_reader *reader, enum toml_kind *kind);

static inline bool toml_reader_is_next(const struct toml_reader *reader, char byte)
{
  return reader->at < reader->end && *reader->at == byte;
}

static inline bool toml_reader_accept(struct toml_reader *reader, char byte)
{
  if (!toml_reader_is_next(reader, byte))
    return false;
  reader->at++;
  return true;
}

static inline bool toml_reader_accept_word(struct toml_reader *reader, const char *word)
{
  size_t length = strlen(word);
  if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
    return false;
  reader->at += length;
  return true;
}

static inline bool toml_is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* What a key without quotes is made of. */
static inline bool toml_is_bare(char c)
{
  return toml_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-';
}

#endif
