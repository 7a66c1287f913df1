/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a libconfig file with their places, without meaning.
 *
 * Because it knows every word's bytes, a value can be edited and the rest of the file stay as it
 * was; and what libconfig does wrong with a word (syntax.h) can be told before it does.
 */
#ifndef CORE_CONFIG_SCANNER_H
#define CORE_CONFIG_SCANNER_H

#include "common/error.h"

enum token_kind {
  TOKEN_END,     /* behind the last byte */
  TOKEN_NAME,    /* a setting's name */
  TOKEN_STRING,  /* one "…" piece; libconfig joins neighbours */
  TOKEN_INTEGER, /* decimal or hexadecimal, perhaps with L or LL */
  TOKEN_FLOAT,
  TOKEN_BOOLEAN,     /* true or false, in any case */
  TOKEN_PUNCTUATION, /* one of = : ; , { } ( ) [ ] */
};

struct token {
  enum token_kind kind;
  size_t start, end; /* bytes [start, end) of the text */
  unsigned line;     /* from 1 */
};

struct scanner {
  const char *text; /* borrowed */
  size_t length;
  const char *name; /* the file's, for messages; borrowed */
  size_t position;
  unsigned line;
};

void scanner_start(struct scanner *scanner, const char *text, size_t length, const char *name);

/* The next word. Errors read "NAME:LINE: cause": @include, a NUL byte, an unterminated string or
   comment, an escape that not every libconfig knows, a byte that starts no word. */
int scanner_next(struct scanner *scanner, struct token *token, struct error *err);

/* Makes an error "NAME:LINE: cause" for the line that was reached, and returns -1. */
int scanner_fail(const struct scanner *scanner, struct error *err, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* How many bytes of a word a message repeats; for "%.*s". */
int scanner_quoted(size_t length);

#endif
