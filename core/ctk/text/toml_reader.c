/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/toml_reader.h"

#include "common/utf8.h"

#define DELETE 0x7f
#define SURROGATE_FIRST 0xd800
#define SURROGATE_LAST 0xdfff
#define CHARACTER_LAST 0x10ffff

void toml_reader_start(struct toml_reader *reader, const char *text, size_t length,
                       const char *name, struct error *err)
{
  *reader = (struct toml_reader){
      .start = text, .end = text + length, .at = text, .name = name, .err = err};
}

void toml_reader_end(struct toml_reader *reader)
{
  free(reader->scratch);
}

/* --- errors -------------------------------------------------------------------------------- */

int toml_reader_fail(const struct toml_reader *reader, const char *at, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  error_vset(reader->err, format, args);
  va_end(args);

  size_t number = 1;
  const char *line = reader->start, *end;
  while ((end = memchr(line, '\n', (size_t)(at - line))) != NULL) {
    line = end + 1;
    number++;
  }
  return error_wrap(reader->err, "%s:%zu:%zu", reader->name, number, (size_t)(at - line) + 1);
}

int toml_reader_unexpected(const struct toml_reader *reader, const char *wanted)
{
  const char *at = reader->at;
  if (at == reader->end)
    return toml_reader_fail(reader, at, "the text ends where %s is expected", wanted);
  if (*at == '\n' || *at == '\r')
    return toml_reader_fail(reader, at, "the line ends where %s is expected", wanted);
  if (*at < ' ' || *at > '~')
    return toml_reader_fail(reader, at, "byte 0x%02x where %s is expected", (unsigned char)*at,
                            wanted);
  return toml_reader_fail(reader, at, "'%c' where %s is expected", *at, wanted);
}

int toml_reader_check(const struct toml_reader *reader)
{
  for (const char *at = reader->at; at < reader->end;) {
    size_t left = (size_t)(reader->end - at), length = utf8_length(at, left);
    unsigned char byte = (unsigned char)*at;
    if (length == 0)
      return toml_reader_fail(reader, at, "byte 0x%02x is not UTF-8", byte);
    if (byte == '\r' && (left == 1 || at[1] != '\n'))
      return toml_reader_fail(reader, at, "a carriage return without a line feed");
    if ((byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r') || byte == DELETE)
      return toml_reader_fail(reader, at, "control character 0x%02x", byte);
    at += length;
  }
  return 0;
}

/* --- between the words --------------------------------------------------------------------- */

void toml_reader_skip_blanks(struct toml_reader *reader)
{
  while (toml_reader_is_next(reader, ' ') || toml_reader_is_next(reader, '\t'))
    reader->at++;
}

static void skip_comment(struct toml_reader *reader)
{
  const char *end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
  reader->at = end != NULL ? end : reader->end;
}

static bool accept_line_end(struct toml_reader *reader)
{
  return toml_reader_accept(reader, '\n') || toml_reader_accept_word(reader, "\r\n");
}

void toml_reader_skip_lines(struct toml_reader *reader)
{
  do {
    toml_reader_skip_blanks(reader);
    if (toml_reader_is_next(reader, '#'))
      skip_comment(reader);
  } while (accept_line_end(reader));
}

int toml_reader_end_line(struct toml_reader *reader)
{
  toml_reader_skip_blanks(reader);
  if (toml_reader_is_next(reader, '#'))
    skip_comment(reader);
  if (reader->at == reader->end || accept_line_end(reader))
    return 0;
  return toml_reader_unexpected(reader, "the line's end");
}

/* --- strings ------------------------------------------------------------------------------- */

/* Adds to the scratch, which has room for a NUL always. */
static void append(struct toml_reader *reader, const char *bytes, size_t length)
{
  if (reader->capacity - reader->used <= length) {
    reader->capacity = 2 * reader->capacity + length + 1;
    reader->scratch = xrealloc_array(reader->scratch, reader->capacity, 1);
  }
  if (length > 0)
    memcpy(reader->scratch + reader->used, bytes, length);
  reader->used += length;
  reader->scratch[reader->used] = '\0';
}

static void append_character(struct toml_reader *reader, unsigned code)
{
  static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0}; /* of a first byte, by length */
  size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  char bytes[4];
  for (size_t i = length - 1; i > 0; i--, code >>= 6)
    bytes[i] = (char)(0x80 | (code & 0x3f));
  bytes[0] = (char)(marks[length] | code);
  append(reader, bytes, length);
}

static int hex_digit(char byte)
{
  if (toml_is_digit(byte))
    return byte - '0';
  byte |= 0x20;
  return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* What follows \u or \U. `escape` is where the backslash stands. */
static int read_code(struct toml_reader *reader, const char *escape, int digits)
{
  unsigned code = 0;
  for (int i = 0; i < digits; i++, reader->at++) {
    int digit = reader->at < reader->end ? hex_digit(*reader->at) : -1;
    if (digit < 0)
      return toml_reader_unexpected(reader, "a hexadecimal digit (\\u has four, \\U eight)");
    code = code << 4 | (unsigned)digit;
  }
  if (code == 0)
    return toml_reader_fail(reader, escape, "a NUL, which no text in an engine's config can hold");
  if (code > CHARACTER_LAST || (code >= SURROGATE_FIRST && code <= SURROGATE_LAST))
    return toml_reader_fail(reader, escape, "%.*s is no character", digits + 2, escape);
  append_character(reader, code);
  return 0;
}

static int read_escape(struct toml_reader *reader)
{
  static const char letters[] = "btnfr\"\\", meanings[] = "\b\t\n\f\r\"\\";
  const char *escape = reader->at++;
  if (toml_reader_accept(reader, 'u'))
    return read_code(reader, escape, 4);
  if (toml_reader_accept(reader, 'U'))
    return read_code(reader, escape, 8);

  const char *letter =
      reader->at < reader->end ? memchr(letters, *reader->at, strlen(letters)) : NULL;
  if (letter == NULL)
    return toml_reader_unexpected(reader, "one of btnfr\"\\uU (behind a backslash)");
  append(reader, &meanings[letter - letters], 1);
  reader->at++;
  return 0;
}

/* A string on one line; its opening quote was read. */
static int read_line(struct toml_reader *reader, char quote)
{
  for (;;) {
    const char *run = reader->at;
    while (reader->at < reader->end && *reader->at != quote && *reader->at != '\n' &&
           (*reader->at != '\\' || quote == '\''))
      reader->at++;
    append(reader, run, (size_t)(reader->at - run));
    if (toml_reader_accept(reader, quote))
      return 0;
    if (!toml_reader_is_next(reader, '\\'))
      return toml_reader_unexpected(reader, "a string's closing quote");
    if (read_escape(reader) < 0)
      return -1;
  }
}

/* A backslash at a line's end takes the blanks and line ends that follow away. Returns false if
   there is another one. */
static bool skip_folded_line(struct toml_reader *reader)
{
  const char *backslash = reader->at++;
  toml_reader_skip_blanks(reader);
  if (!accept_line_end(reader)) {
    reader->at = backslash;
    return false;
  }
  do
    toml_reader_skip_blanks(reader);
  while (accept_line_end(reader));
  return true;
}

/* Quotes in a string over lines: three close it, and up to two of its own may stand before them.
   Returns 1 when it is closed. */
static int read_quotes(struct toml_reader *reader, char quote)
{
  const char *run = reader->at;
  while (reader->at - run < 5 && toml_reader_accept(reader, quote))
    ;
  size_t count = (size_t)(reader->at - run);
  append(reader, run, count < 3 ? count : count - 3);
  return count >= 3;
}

/* A string over lines; its opening quotes, at `opening`, were read. */
static int read_block(struct toml_reader *reader, const char *opening, char quote)
{
  accept_line_end(reader); /* the first one is not part of it */
  while (reader->at < reader->end) {
    if (toml_reader_is_next(reader, quote)) {
      if (read_quotes(reader, quote) == 1)
        return 0;
    } else if (toml_reader_is_next(reader, '\\') && quote == '"') {
      if (!skip_folded_line(reader) && read_escape(reader) < 0)
        return -1;
    } else if (accept_line_end(reader))
      append(reader, "\n", 1);
    else
      append(reader, reader->at++, 1);
  }
  return toml_reader_fail(reader, opening, "the string that begins here has no end");
}

int toml_reader_string(struct toml_reader *reader)
{
  const char *opening = reader->at;
  char quote = *opening;
  reader->used = 0;
  append(reader, "", 0);
  if (toml_reader_accept_word(reader, quote == '"' ? "\"\"\"" : "'''"))
    return read_block(reader, opening, quote);
  reader->at++;
  return read_line(reader, quote);
}

int toml_reader_key(struct toml_reader *reader)
{
  reader->used = 0;
  append(reader, "", 0);
  if (toml_reader_accept(reader, '"'))
    return read_line(reader, '"');
  if (toml_reader_accept(reader, '\''))
    return read_line(reader, '\'');

  const char *start = reader->at;
  while (reader->at < reader->end && toml_is_bare(*reader->at))
    reader->at++;
  if (reader->at == start)
    return toml_reader_unexpected(reader, "a key");
  append(reader, start, (size_t)(reader->at - start));
  return 0;
}
