/* SPDX-License-Identifier: Apache-2.0 */
#include "config/scanner.h"

#include <strings.h>

/* Our own, because those of ctype.h follow the locale. */
static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool is_hex_digit(char c)
{
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_name_start(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*';
}

static bool is_name(char c)
{
  return is_name_start(c) || is_digit(c) || c == '-' || c == '_';
}

/* What a number must not run into, as in 1.5.2 or 10s. */
static bool is_number_rest(char c)
{
  return is_name(c) || c == '.';
}

/* NUL is not in the set that strchr(3) searches, though strchr finds it. */
static bool is_one_of(char c, const char *set)
{
  return c != '\0' && strchr(set, c) != NULL;
}

int scanner_fail(const struct scanner *scanner, struct error *err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  error_vset(err, format, args);
  va_end(args);
  return error_wrap(err, "%s:%u", scanner->name, scanner->line);
}

int scanner_quoted(size_t length)
{
  return length < 60 ? (int)length : 60;
}

void scanner_start(struct scanner *scanner, const char *text, size_t length, const char *name)
{
  *scanner = (struct scanner){.text = text, .length = length, .name = name, .line = 1};
}

static bool at_end(const struct scanner *scanner)
{
  return scanner->position >= scanner->length;
}

/* The byte `ahead` of the position; NUL behind the end. */
static char peek(const struct scanner *scanner, size_t ahead)
{
  size_t place = scanner->position + ahead;
  if (place >= scanner->length)
    return '\0';
  return scanner->text[place];
}

static void advance(struct scanner *scanner)
{
  if (peek(scanner, 0) == '\n')
    scanner->line++;
  scanner->position++;
}

static size_t skip_while(struct scanner *scanner, bool (*wanted)(char))
{
  size_t start = scanner->position;
  while (wanted(peek(scanner, 0)))
    scanner->position++;
  return scanner->position - start;
}

static int fail_byte(const struct scanner *scanner, struct error *err)
{
  char c = peek(scanner, 0);
  const char *rest = scanner->text + scanner->position;
  size_t left = scanner->length - scanner->position;
  if (left >= 8 && memcmp(rest, "@include", 8) == 0)
    return scanner_fail(scanner, err,
                        "@include is not supported: plugins can be added by files in conf.d");
  if (c > ' ' && c < 0x7f)
    return scanner_fail(scanner, err, "unexpected '%c'", c);
  return scanner_fail(scanner, err, "unexpected byte 0x%02X", (unsigned)(unsigned char)c);
}

static int skip_line_comment(struct scanner *scanner, struct error *err)
{
  while (!at_end(scanner) && peek(scanner, 0) != '\n') {
    if (peek(scanner, 0) == '\0')
      return fail_byte(scanner, err);
    advance(scanner);
  }
  return 0;
}

static int skip_block_comment(struct scanner *scanner, struct error *err)
{
  const struct scanner start = *scanner;
  scanner->position += 2;
  while (peek(scanner, 0) != '*' || peek(scanner, 1) != '/') {
    if (at_end(scanner))
      return scanner_fail(&start, err, "the comment that begins here has no end");
    if (peek(scanner, 0) == '\0')
      return fail_byte(scanner, err);
    advance(scanner);
  }
  scanner->position += 2;
  return 0;
}

static int skip_blanks(struct scanner *scanner, struct error *err)
{
  for (;;) {
    char c = peek(scanner, 0), next = peek(scanner, 1);
    if (is_one_of(c, " \t\r\n\f"))
      advance(scanner);
    else if (c == '#' || (c == '/' && next == '/')) {
      if (skip_line_comment(scanner, err) < 0)
        return -1;
    } else if (c == '/' && next == '*') {
      if (skip_block_comment(scanner, err) < 0)
        return -1;
    } else
      return 0;
  }
}

/* Only what every libconfig reads alike. Newer ones know more escapes; all of them take one that
   they do not know for a backslash and a letter. */
static int scan_escape(struct scanner *scanner, struct error *err)
{
  char c = peek(scanner, 1), high = peek(scanner, 2), low = peek(scanner, 3);
  if (is_one_of(c, "nrtf\\\"")) {
    scanner->position += 2;
    return 0;
  }
  if (!is_one_of(c, "xX") || !is_hex_digit(high) || !is_hex_digit(low))
    return scanner_fail(
        scanner, err,
        "unknown escape in a text (known: \\n \\r \\t \\f \\\" \\\\ \\xHH): a backslash is "
        "written \\\\");
  if (high == '0' && low == '0')
    return scanner_fail(scanner, err, "\\x00 would end the text");
  scanner->position += 4;
  return 0;
}

/* libconfig would read on over the end of a line; then a forgotten quote is reported far from where
   it belongs, if at all. */
static int scan_string(struct scanner *scanner, struct error *err)
{
  scanner->position++;
  while (peek(scanner, 0) != '"') {
    if (at_end(scanner) || peek(scanner, 0) == '\n')
      return scanner_fail(scanner, err,
                          "a text's closing \" is missing (a line end is written \\n)");
    if (peek(scanner, 0) == '\0')
      return fail_byte(scanner, err);
    if (peek(scanner, 0) != '\\')
      scanner->position++;
    else if (scan_escape(scanner, err) < 0)
      return -1;
  }
  scanner->position++;
  return 0;
}

static enum token_kind scan_name(struct scanner *scanner)
{
  const char *word = scanner->text + scanner->position;
  size_t length = skip_while(scanner, is_name);
  bool boolean = (length == 4 && strncasecmp(word, "true", 4) == 0) ||
                 (length == 5 && strncasecmp(word, "false", 5) == 0);
  return boolean ? TOKEN_BOOLEAN : TOKEN_NAME;
}

/* Digits, a point, an exponent. Returns the number of digits before the exponent, 0 if what is
   there is no number. */
static size_t scan_decimal(struct scanner *scanner, enum token_kind *kind)
{
  size_t digits = skip_while(scanner, is_digit);
  if (peek(scanner, 0) == '.') {
    *kind = TOKEN_FLOAT;
    scanner->position++;
    digits += skip_while(scanner, is_digit);
  }
  if (is_one_of(peek(scanner, 0), "eE")) {
    *kind = TOKEN_FLOAT;
    scanner->position++;
    if (is_one_of(peek(scanner, 0), "+-"))
      scanner->position++;
    if (skip_while(scanner, is_digit) == 0)
      return 0;
  }
  return digits;
}

static int scan_number(struct scanner *scanner, enum token_kind *kind, struct error *err)
{
  const char *word = scanner->text + scanner->position;
  size_t digits;
  *kind = TOKEN_INTEGER;
  if (peek(scanner, 0) == '0' && is_one_of(peek(scanner, 1), "xX")) {
    scanner->position += 2;
    digits = skip_while(scanner, is_hex_digit);
  } else {
    if (is_one_of(peek(scanner, 0), "+-"))
      scanner->position++;
    digits = scan_decimal(scanner, kind);
  }
  for (int i = 0; *kind == TOKEN_INTEGER && i < 2 && peek(scanner, 0) == 'L'; i++)
    scanner->position++;
  if (digits > 0 && !is_number_rest(peek(scanner, 0)))
    return 0;
  skip_while(scanner, is_number_rest);
  size_t length = (size_t)(scanner->text + scanner->position - word);
  return scanner_fail(scanner, err, "%.*s is not a number", scanner_quoted(length), word);
}

int scanner_next(struct scanner *scanner, struct token *token, struct error *err)
{
  if (skip_blanks(scanner, err) < 0)
    return -1;
  int result = 0;
  char c = peek(scanner, 0);
  *token = (struct token){.start = scanner->position, .line = scanner->line};
  if (at_end(scanner))
    token->kind = TOKEN_END;
  else if (is_name_start(c))
    token->kind = scan_name(scanner);
  else if (is_digit(c) || is_one_of(c, "+-."))
    result = scan_number(scanner, &token->kind, err);
  else if (c == '"') {
    token->kind = TOKEN_STRING;
    result = scan_string(scanner, err);
  } else if (is_one_of(c, "=:;,{}()[]")) {
    token->kind = TOKEN_PUNCTUATION;
    scanner->position++;
  } else
    result = fail_byte(scanner, err);
  token->end = scanner->position;
  return result;
}
