/* SPDX-License-Identifier: Apache-2.0 */
#include "config/syntax.h"

#include "config/scanner.h"

#include <math.h>

#define NUMBER_MAX 60 /* characters; no number that fits 64 bits has as many */

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* What is remembered of the words before this one. */
struct check {
  struct scanner scanner;
  struct token before;
  unsigned depth;
  struct token open[SYNTAX_DEPTH_MAX]; /* the brackets around this word */
};

static const char *word_of(const struct check *check, const struct token *token)
{
  return check->scanner.text + token->start;
}

static bool is_sign(const struct check *check, const struct token *token, const char *signs)
{
  return token->kind == TOKEN_PUNCTUATION && strchr(signs, *word_of(check, token)) != NULL;
}

static char closing_of(char opening)
{
  if (opening == '(')
    return ')';
  return opening == '[' ? ']' : '}';
}

static int open_bracket(struct check *check, const struct token *token, struct error *err)
{
  if (check->depth == SYNTAX_DEPTH_MAX)
    return scanner_fail(&check->scanner, err, "nested deeper than %d", SYNTAX_DEPTH_MAX);
  check->open[check->depth++] = *token;
  return 0;
}

static int close_bracket(struct check *check, char sign, struct error *err)
{
  if (check->depth == 0)
    return scanner_fail(&check->scanner, err, "'%c' closes nothing", sign);
  const struct token *open = &check->open[--check->depth];
  char opening = *word_of(check, open), closing = closing_of(opening);
  if (sign == closing)
    return 0;
  return scanner_fail(&check->scanner, err, "'%c' where '%c' is missing for the '%c' in line %u",
                      sign, closing, opening, open->line);
}

static int check_brackets(struct check *check, const struct token *token, struct error *err)
{
  if (is_sign(check, token, "{[("))
    return open_bracket(check, token, err);
  if (is_sign(check, token, "}])"))
    return close_bracket(check, *word_of(check, token), err);
  if (token->kind != TOKEN_END || check->depth == 0)
    return 0;
  const struct token *open = &check->open[check->depth - 1];
  check->scanner.line = open->line;
  return scanner_fail(&check->scanner, err, "'%c' is never closed", *word_of(check, open));
}

static bool is_scalar(const struct token *token)
{
  return token->kind == TOKEN_STRING || token->kind == TOKEN_INTEGER ||
         token->kind == TOKEN_FLOAT || token->kind == TOKEN_BOOLEAN;
}

static int fail_name(const struct check *check, const struct token *token, struct error *err)
{
  return scanner_fail(
      &check->scanner, err,
      "%.*s is not a value: texts need \"quotes\", booleans are true and false, settings "
      "in a list stand in { }",
      scanner_quoted(token->end - token->start), word_of(check, token));
}

static int check_setting(const struct check *check, const struct token *token, struct error *err)
{
  const struct token *before = &check->before;
  if (before->kind == TOKEN_NAME && !is_sign(check, token, "=:"))
    return scanner_fail(&check->scanner, err, "'=' is missing after %.*s",
                        scanner_quoted(before->end - before->start), word_of(check, before));
  if (!is_sign(check, before, "=:"))
    return 0;
  if (token->kind == TOKEN_NAME)
    return fail_name(check, token, err);
  if (!is_scalar(token) && !is_sign(check, token, "{[("))
    return scanner_fail(&check->scanner, err, "a value is missing");
  return 0;
}

/* In a list or an array. That a comma is not followed by a value is allowed in newer libconfigs
   only. */
static int check_element(const struct check *check, const struct token *token, struct error *err)
{
  const struct token *before = &check->before;
  if (token->kind == TOKEN_NAME)
    return fail_name(check, token, err);
  if (is_sign(check, before, ",") && is_sign(check, token, "])"))
    return scanner_fail(&check->scanner, err, "the comma before '%c' must go",
                        *word_of(check, token));
  bool joined = before->kind == TOKEN_STRING && token->kind == TOKEN_STRING;
  if ((is_scalar(before) || is_sign(check, before, "}])")) &&
      (is_scalar(token) || is_sign(check, token, "{[(")) && !joined)
    return scanner_fail(&check->scanner, err, "a comma is missing");
  return 0;
}

static int check_order(const struct check *check, const struct token *token, struct error *err)
{
  if (check->depth > 0 && is_sign(check, &check->open[check->depth - 1], "[("))
    return check_element(check, token, err);
  return check_setting(check, token, err);
}

/* libconfig 1.5 wraps what does not fit 32 bits, newer ones make 64 bits of it; and some read a
   leading zero as octal. */
static int check_integer(const struct scanner *scanner, const char *word, struct error *err)
{
  const char *digits = word + strspn(word, "+-");
  if (digits[0] == '0' && is_digit(digits[1]))
    return scanner_fail(scanner, err, "%s: leave out the leading zeros", word);

  bool wide = strchr(word, 'L') != NULL;
  errno = 0;
  long long value = strtoll(word, NULL, 0);
  if (errno == 0 && (wide || (value >= INT32_MIN && value <= INT32_MAX)))
    return 0;
  if (wide)
    return scanner_fail(scanner, err, "%s does not fit 64 bits", word);
  return scanner_fail(scanner, err, "%s does not fit 32 bits: an L behind it makes it 64 bits",
                      word);
}

static int check_number(const struct check *check, const struct token *token, struct error *err)
{
  char word[NUMBER_MAX + 1] = "";
  size_t length = token->end - token->start;
  if (length > NUMBER_MAX)
    return scanner_fail(&check->scanner, err, "a number of more than %d characters", NUMBER_MAX);
  memcpy(word, word_of(check, token), length);
  if (token->kind == TOKEN_INTEGER)
    return check_integer(&check->scanner, word, err);
  if (isinf(strtod(word, NULL)))
    return scanner_fail(&check->scanner, err, "%s is beyond all numbers", word);
  return 0;
}

int syntax_check(const char *text, size_t length, const char *name, struct error *err)
{
  struct check check = {.before = {.kind = TOKEN_END}};
  struct token token;
  scanner_start(&check.scanner, text, length, name);
  do {
    if (scanner_next(&check.scanner, &token, err) < 0 || check_order(&check, &token, err) < 0 ||
        check_brackets(&check, &token, err) < 0)
      return -1;
    if ((token.kind == TOKEN_INTEGER || token.kind == TOKEN_FLOAT) &&
        check_number(&check, &token, err) < 0)
      return -1;
    check.before = token;
  } while (token.kind != TOKEN_END);
  return 0;
}
