/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_reader.h"

#include "common/utf8.h"

/* UTF-16's halves of a character beyond U+FFFF: \ud800 to \udbff, then \udc00 to \udfff. */
#define SURROGATE_HIGH 0xd800
#define SURROGATE_LOW 0xdc00
#define SURROGATE_END 0xe000

void json_reader_start(struct json_reader *reader, const char *text, size_t length,
                       const char *name, struct error *err)
{
  *reader = (struct json_reader){
      .start = text, .end = text + length, .at = text, .name = name, .err = err};
}

void json_reader_end(struct json_reader *reader)
{
  free(reader->scratch);
}

/* --- errors -------------------------------------------------------------------------------- */

struct json_place json_reader_place(const struct json_reader *reader, const char *at)
{
  struct json_place place = {.line = 1};
  const char *line = reader->start, *end;
  while ((end = memchr(line, '\n', (size_t)(at - line))) != NULL) {
    line = end + 1;
    place.line++;
  }
  place.column = (size_t)(at - line) + 1;
  return place;
}

int json_reader_fail(struct json_reader *reader, const char *at, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  error_vset(reader->err, format, args);
  va_end(args);
  struct json_place place = json_reader_place(reader, at);
  return error_wrap(reader->err, "%s:%zu:%zu", reader->name, place.line, place.column);
}

int json_reader_unexpected(struct json_reader *reader, const char *wanted)
{
  const char *at = reader->at;
  if (at == reader->end)
    return json_reader_fail(reader, at, "the text ends where %s is expected", wanted);
  if (*at <= ' ' || *at > '~')
    return json_reader_fail(reader, at, "byte 0x%02x where %s is expected", (unsigned char)*at,
                            wanted);
  return json_reader_fail(reader, at, "'%c' where %s is expected", *at, wanted);
}

/* --- UTF-8 --------------------------------------------------------------------------------- */

void json_reader_append(struct json_reader *reader, const char *bytes, size_t length)
{
  if (reader->capacity - reader->used < length) {
    reader->capacity = 2 * reader->capacity + length;
    reader->scratch = xrealloc_array(reader->scratch, reader->capacity, 1);
  }
  if (length > 0)
    memcpy(reader->scratch + reader->used, bytes, length);
  reader->used += length;
}

static void append_character(struct json_reader *reader, unsigned code)
{
  static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0}; /* of a first byte, by length */
  size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  char bytes[4];
  for (size_t i = length - 1; i > 0; i--, code >>= 6)
    bytes[i] = (char)(0x80 | (code & 0x3f));
  bytes[0] = (char)(marks[length] | code);
  json_reader_append(reader, bytes, length);
}

/* --- escapes ------------------------------------------------------------------------------- */

static int hex_digit(char byte)
{
  if (byte >= '0' && byte <= '9')
    return byte - '0';
  byte |= 0x20;
  return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static int read_four_digits(struct json_reader *reader, unsigned *code)
{
  *code = 0;
  for (int i = 0; i < 4; i++, reader->at++) {
    int digit = reader->at < reader->end ? hex_digit(*reader->at) : -1;
    if (digit < 0)
      return json_reader_unexpected(reader, "a hexadecimal digit (\\u has four)");
    *code = *code << 4 | (unsigned)digit;
  }
  return 0;
}

/* `escape` is where the backslash stands; what follows \u is next. */
static int read_code(struct json_reader *reader, const char *escape)
{
  unsigned code, low = 0;
  if (read_four_digits(reader, &code) < 0)
    return -1;
  if (code == 0)
    return json_reader_fail(reader, escape, "\\u0000: no text in a container's setup has a NUL");
  if (code >= SURROGATE_HIGH && code < SURROGATE_END) {
    if (code < SURROGATE_LOW && json_reader_accept_word(reader, "\\u") &&
        read_four_digits(reader, &low) < 0)
      return -1;
    if (low < SURROGATE_LOW || low >= SURROGATE_END)
      return json_reader_fail(reader, escape, "\\u%04x is half of a surrogate pair", code);
    code = 0x10000 + ((code - SURROGATE_HIGH) << 10) + (low - SURROGATE_LOW);
  }
  append_character(reader, code);
  return 0;
}

static int read_escape(struct json_reader *reader)
{
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  const char *escape = reader->at++;
  if (json_reader_accept(reader, 'u'))
    return read_code(reader, escape);

  const char *letter =
      reader->at < reader->end ? memchr(letters, *reader->at, strlen(letters)) : NULL;
  if (letter == NULL)
    return json_reader_unexpected(reader, "one of \"\\/bfnrtu (behind a backslash)");
  json_reader_append(reader, &meanings[letter - letters], 1);
  reader->at++;
  return 0;
}

/* --- strings ------------------------------------------------------------------------------- */

static bool is_plain(char byte)
{
  return (unsigned char)byte >= 0x20 && (unsigned char)byte < 0x80 && byte != '"' && byte != '\\';
}

/* Reads what is not plain. `run` is where the bytes begin that are not yet in the scratch. */
static int read_special(struct json_reader *reader, const char **run)
{
  if (reader->at == reader->end)
    return json_reader_unexpected(reader, "a string's closing quote");
  if (*reader->at == '\\') {
    json_reader_append(reader, *run, (size_t)(reader->at - *run));
    int result = read_escape(reader);
    *run = reader->at;
    return result;
  }
  unsigned char byte = (unsigned char)*reader->at;
  if (byte < 0x20)
    return json_reader_fail(reader, reader->at,
                            "byte 0x%02x in a string: close the string before it, or write \\u%04x",
                            byte, byte);
  size_t length = utf8_length(reader->at, (size_t)(reader->end - reader->at));
  if (length == 0)
    return json_reader_fail(reader, reader->at, "byte 0x%02x in a string is not UTF-8", byte);
  reader->at += length;
  return 0;
}

int json_reader_string(struct json_reader *reader, const char **string, size_t *length)
{
  reader->used = 0;
  const char *run = ++reader->at;
  for (;;) {
    while (reader->at < reader->end && is_plain(*reader->at))
      reader->at++;
    if (json_reader_is_next(reader, '"'))
      break;
    if (read_special(reader, &run) < 0)
      return -1;
  }

  /* Every escape leaves at least a byte in the scratch. */
  if (reader->used > 0) {
    json_reader_append(reader, run, (size_t)(reader->at - run));
    *string = reader->scratch;
    *length = reader->used;
  } else {
    *string = run;
    *length = (size_t)(reader->at - run);
  }
  reader->at++;
  return 0;
}
