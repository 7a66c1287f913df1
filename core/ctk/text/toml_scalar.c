/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, booleans and date-times. Only what they are is asked here, not what they are worth. */
#include "ctk/text/toml_reader.h"

/* What is left of a word. */
struct word {
  const char *at, *end;
};

static bool is_over(const struct word *word)
{
  return word->at == word->end;
}

/* One byte of a set. */
static bool take(struct word *word, const char *set)
{
  if (is_over(word) || memchr(set, *word->at, strlen(set)) == NULL)
    return false;
  word->at++;
  return true;
}

static bool is_text(const struct word *word, const char *text)
{
  size_t length = (size_t)(word->end - word->at);
  return length == strlen(text) && memcmp(word->at, text, length) == 0;
}

/* --- dates and times ----------------------------------------------------------------------- */

/* Exactly so many digits, of a number in these limits. */
static bool take_fixed(struct word *word, int digits, int min, int max, int *number)
{
  *number = 0;
  for (int i = 0; i < digits; i++, word->at++) {
    if (is_over(word) || !toml_is_digit(*word->at))
      return false;
    *number = 10 * *number + (*word->at - '0');
  }
  return *number >= min && *number <= max;
}

static int days_of(int year, int month)
{
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[month - 1] + (month == 2 && leap);
}

static bool take_date(struct word *word)
{
  int year, month, day;
  return take_fixed(word, 4, 0, 9999, &year) && take(word, "-") &&
         take_fixed(word, 2, 1, 12, &month) && take(word, "-") &&
         take_fixed(word, 2, 1, days_of(year, month), &day);
}

/* A second 60 is a leap second. */
static bool take_time(struct word *word)
{
  int hour, minute, second;
  if (!take_fixed(word, 2, 0, 23, &hour) || !take(word, ":") ||
      !take_fixed(word, 2, 0, 59, &minute) || !take(word, ":") ||
      !take_fixed(word, 2, 0, 60, &second))
    return false;
  if (!take(word, "."))
    return true;
  if (is_over(word) || !toml_is_digit(*word->at))
    return false;
  while (!is_over(word) && toml_is_digit(*word->at))
    word->at++;
  return true;
}

static bool take_offset(struct word *word)
{
  int hour, minute;
  return take(word, "Zz") || (take(word, "+-") && take_fixed(word, 2, 0, 23, &hour) &&
                              take(word, ":") && take_fixed(word, 2, 0, 59, &minute));
}

static bool is_date_time(struct word word)
{
  struct word time = word;
  if (take_time(&time))
    return is_over(&time);
  if (!take_date(&word))
    return false;
  if (is_over(&word))
    return true;
  if (!take(&word, "Tt ") || !take_time(&word))
    return false;
  return is_over(&word) || (take_offset(&word) && is_over(&word));
}

/* --- numbers ------------------------------------------------------------------------------- */

static int digit_of(char c)
{
  if (toml_is_digit(c))
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Digits with single underscores between them. Adds what they are worth to *value, if there is
   one, which stays at UINT64_MAX when they are too many. */
static bool take_digits(struct word *word, int base, uint64_t *value)
{
  do {
    if (is_over(word) || digit_of(*word->at) >= base)
      return false;
    for (; !is_over(word) && digit_of(*word->at) < base; word->at++)
      if (value != NULL && (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
                            __builtin_add_overflow(*value, (uint64_t)digit_of(*word->at), value)))
        *value = UINT64_MAX;
  } while (take(word, "_"));
  return true;
}

/* Decimal digits, of which none but a lone one is a leading zero. */
static bool take_whole(struct word *word, uint64_t *value)
{
  const char *start = word->at;
  return take_digits(word, 10, value) && (*start != '0' || word->at == start + 1);
}

static int base_of(const struct word *word)
{
  if (word->end - word->at < 2 || word->at[0] != '0')
    return 10;
  switch (word->at[1]) {
  case 'x':
    return 16;
  case 'o':
    return 8;
  case 'b':
    return 2;
  default:
    return 10;
  }
}

static bool is_integer(struct word word, bool *fits)
{
  uint64_t value = 0, max = INT64_MAX;
  int base = base_of(&word);
  if (base == 10) {
    max += !is_over(&word) && *word.at == '-';
    take(&word, "+-");
  } else
    word.at += 2;
  bool well = base == 10 ? take_whole(&word, &value) : take_digits(&word, base, &value);
  *fits = value <= max;
  return well && is_over(&word);
}

static bool is_float(struct word word)
{
  take(&word, "+-");
  if (is_text(&word, "inf") || is_text(&word, "nan"))
    return true;
  if (!take_whole(&word, NULL) || (take(&word, ".") && !take_digits(&word, 10, NULL)))
    return false;
  if (take(&word, "eE")) {
    take(&word, "+-");
    return take_digits(&word, 10, NULL) && is_over(&word);
  }
  return is_over(&word);
}

/* --- words --------------------------------------------------------------------------------- */

static const char *end_of_run(const char *at, const char *end)
{
  while (at < end && (toml_is_bare(*at) || *at == '+' || *at == '.' || *at == ':'))
    at++;
  return at;
}

/* A date and a time can have a space between them. */
static struct word next_word(const struct toml_reader *reader)
{
  struct word word = {.at = reader->at, .end = end_of_run(reader->at, reader->end)};
  struct word date = word;
  if (reader->end - word.end >= 2 && word.end[0] == ' ' && toml_is_digit(word.end[1]) &&
      take_date(&date) && is_over(&date))
    word.end = end_of_run(word.end + 1, reader->end);
  return word;
}

int toml_reader_scalar(struct toml_reader *reader, enum toml_kind *kind)
{
  struct word word = next_word(reader);
  int shown = word.end - word.at < 60 ? (int)(word.end - word.at) : 60;
  bool fits = true;
  if (is_over(&word))
    return toml_reader_unexpected(reader, "a value");
  if (is_text(&word, "true") || is_text(&word, "false"))
    *kind = TOML_BOOLEAN;
  else if (is_integer(word, &fits))
    *kind = TOML_INTEGER;
  else if (is_float(word))
    *kind = TOML_FLOAT;
  else if (is_date_time(word))
    *kind = TOML_DATETIME;
  else
    return toml_reader_fail(reader, word.at, "%.*s is no value: texts stand in quotes", shown,
                            word.at);
  if (!fits && *kind == TOML_INTEGER)
    return toml_reader_fail(reader, word.at, "%.*s does not fit 64 bits", shown, word.at);
  reader->at = word.end;
  return 0;
}
