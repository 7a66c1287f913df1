/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused before libconfig sees it. */
#include "config/syntax.h"

#include <criterion/criterion.h>
#include <libconfig.h>

static void expect_check(const char *text, size_t length, const char *expected)
{
  struct error err = {.text = ""};
  int result = syntax_check(text, length, "f", &err);
  cr_expect_eq(result, expected[0] == '\0' ? 0 : -1, "%.*s", (int)length, text);
  cr_expect_str_eq(err.text, expected, "%.*s", (int)length, text);
}

static const struct {
  const char *text, *error;
} refused[] = {
    {"@include \"x\"", "f:1: @include is not supported: plugins can be added by files in conf.d"},
    {"a = 1;\n  @include \"x\"\n",
     "f:2: @include is not supported: plugins can be added by files in conf.d"},
    {"a = 1; @", "f:1: unexpected '@'"},
    {"\xef\xbb\xbf"
     "a = 1;",
     "f:1: unexpected byte 0xEF"},
    {"a = 1 / 2;", "f:1: unexpected '/'"},
    {"_a = 1;", "f:1: unexpected '_'"},
    {"a = 'x';", "f:1: unexpected '''"},
    {"a = 1;\v", "f:1: unexpected byte 0x0B"},

    {"a = \"x;\nb = \"y\";", "f:1: a text's closing \" is missing (a line end is written \\n)"},
    {"a = \"x", "f:1: a text's closing \" is missing (a line end is written \\n)"},
    {"a = \"x\\", "f:1: unknown escape in a text (known: \\n \\r \\t \\f \\\" \\\\ \\xHH): a "
                  "backslash is written \\\\"},
    {"a = \"\\d+\";", "f:1: unknown escape in a text (known: \\n \\r \\t \\f \\\" \\\\ \\xHH): a "
                      "backslash is written \\\\"},
    {"a = \"\\x4\";", "f:1: unknown escape in a text (known: \\n \\r \\t \\f \\\" \\\\ \\xHH): a "
                      "backslash is written \\\\"},
    {"a = \"\\x00\";", "f:1: \\x00 would end the text"},
    {"\n/* x\n", "f:2: the comment that begins here has no end"},

    {"a = 2147483648;", "f:1: 2147483648 does not fit 32 bits: an L behind it makes it 64 bits"},
    {"a = -2147483649;", "f:1: -2147483649 does not fit 32 bits: an L behind it makes it 64 bits"},
    {"a = 0x80000000;", "f:1: 0x80000000 does not fit 32 bits: an L behind it makes it 64 bits"},
    {"a = 9223372036854775808L;", "f:1: 9223372036854775808L does not fit 64 bits"},
    {"a = -9223372036854775809LL;", "f:1: -9223372036854775809LL does not fit 64 bits"},
    {"a = 0x8000000000000000L;", "f:1: 0x8000000000000000L does not fit 64 bits"},
    {"a = 99999999999999999999999L;", "f:1: 99999999999999999999999L does not fit 64 bits"},
    {"a = 18446744073709551617L;", "f:1: 18446744073709551617L does not fit 64 bits"},
    {"a = 010;", "f:1: 010: leave out the leading zeros"},
    {"a = -00;", "f:1: -00: leave out the leading zeros"},
    {"a = 1.5e400;", "f:1: 1.5e400 is beyond all numbers"},
    {"a = 10s;", "f:1: 10s is not a number"},
    {"a = 0b11;", "f:1: 0b11 is not a number"},
    {"a = 1LLL;", "f:1: 1LLL is not a number"},
    {"a = 1.2.3;", "f:1: 1.2.3 is not a number"},
    {"a = .;", "f:1: . is not a number"},
    {"a = +;", "f:1: + is not a number"},
    {"a = 0x;", "f:1: 0x is not a number"},
    {"a = -0x1;", "f:1: -0x1 is not a number"},
    {"a = 1e;", "f:1: 1e is not a number"},
    {"a = 1-2;", "f:1: 1-2 is not a number"},

    {"a = yes;", "f:1: yes is not a value: texts need \"quotes\", booleans are true and false, "
                 "settings in a list stand in { }"},
    {"a = [ runc ];", "f:1: runc is not a value: texts need \"quotes\", booleans are true and "
                      "false, settings in a list stand in { }"},
    {"a = ( b = 1 );", "f:1: b is not a value: texts need \"quotes\", booleans are true and false, "
                       "settings in a list stand in { }"},
    {"a = ;", "f:1: a value is missing"},
    {"a =", "f:1: a value is missing"},
    {"a = { b: };", "f:1: a value is missing"},
    {"a b = 1;", "f:1: '=' is missing after a"},
    {"a { b = 1; }", "f:1: '=' is missing after a"},
    {"a = [ 1, 2, ];", "f:1: the comma before ']' must go"},
    {"a = (\n { },\n);", "f:3: the comma before ')' must go"},
    {"a = ( { } { } );", "f:1: a comma is missing"},
    {"a = [ 1 2 ];", "f:1: a comma is missing"},
    {"a = ( 1, { b = 1; ) };", "f:1: ')' where '}' is missing for the '{' in line 1"},
    {"a = {\n b = (\n ( 1 )\n};", "f:4: '}' where ')' is missing for the '(' in line 2"},
    {"a = 1; }", "f:1: '}' closes nothing"},
    {"a = 1;\nb = {\n c = 1;\n", "f:2: '{' is never closed"},
};

Test(syntax, what_libconfig_would_get_wrong_is_refused)
{
  for (size_t i = 0; i < ARRAY_LENGTH(refused); i++)
    expect_check(refused[i].text, strlen(refused[i].text), refused[i].error);
}

Test(syntax, a_nul_byte_is_refused_wherever_it_stands)
{
  expect_check("a\0", 2, "f:1: unexpected byte 0x00");
  expect_check("\"\0\"", 3, "f:1: unexpected byte 0x00");
  expect_check("#\0", 2, "f:1: unexpected byte 0x00");
  expect_check("/*\0*/", 5, "f:1: unexpected byte 0x00");
}

static const char *const accepted[] = {
    "",
    "\n \t\r\f",
    "a = 1",
    "a = 1; b : 2, c = { d = 1 e = \"x\" \"y\" };",
    "a = 2147483647; b = -2147483648; c = 0x7fffffff; d = 0xFFFFFFFFL; e = 0; f = -0;",
    "a = 9223372036854775807L; b = -9223372036854775808L; c = 0x7fffffffffffffffLL;",
    "a = 1.5; b = -.5e-3; c = True; d = FALSE;",
    "a = [ ]; b = ( ); c = { }; d = ( 1, \"x\", ( { e = 1; } ), [ 1, 2 ] );",
    "a = \"@include\"; # @include \"x\"",
    "a = \"\\n\\r\\t\\f\\\\\\\"\\x41\"; b = \"tab\t\";",
};

Test(syntax, what_is_accepted_is_accepted_by_libconfig_too)
{
  for (size_t i = 0; i < ARRAY_LENGTH(accepted); i++) {
    expect_check(accepted[i], strlen(accepted[i]), "");
    cleanup_free char *ended = xasprintf("%s\n", accepted[i]);
    config_t parsed;
    config_init(&parsed);
    cr_expect(config_read_string(&parsed, ended), "%s", accepted[i]);
    config_destroy(&parsed);
  }
}

/* a = ((…)); owned by the caller. */
static char *nested(unsigned depth)
{
  char *open = xcalloc(depth + 1, 1), *close = xcalloc(depth + 1, 1);
  memset(open, '(', depth);
  memset(close, ')', depth);
  char *text = xasprintf("a = %s%s;", open, close);
  free(open);
  free(close);
  return text;
}

Test(syntax, nesting_has_a_limit)
{
  cleanup_free char *deep = nested(SYNTAX_DEPTH_MAX), *deeper = nested(SYNTAX_DEPTH_MAX + 1);
  expect_check(deep, strlen(deep), "");
  expect_check(deeper, strlen(deeper), "f:1: nested deeper than 32");
}

/* The bytes are on the heap without a NUL, where a sanitizer sees a read beyond them. */
static void expect_bytes_check(const char *text, const char *expected)
{
  size_t length = strlen(text);
  cleanup_free char *bytes = xcalloc(length, 1);
  for (size_t i = 0; i < length; i++)
    bytes[i] = text[i];
  expect_check(bytes, length, expected);
}

Test(syntax, a_text_without_nul_is_not_read_beyond)
{
  expect_bytes_check("a=1", "");
  expect_bytes_check("a=1L", "");
  expect_bytes_check("a={}", "");
  expect_bytes_check("a=truE", "");
  expect_bytes_check("a=\"", "f:1: a text's closing \" is missing (a line end is written \\n)");
  expect_bytes_check("/*/", "f:1: the comment that begins here has no end");
  expect_bytes_check("@incl", "f:1: unexpected '@'");
  expect_bytes_check("a={", "f:1: '{' is never closed");
}

Test(syntax, a_long_word_is_not_repeated_whole)
{
  char text[200];
  memset(text, '1', sizeof(text));
  struct error err;
  cr_assert_eq(syntax_check(text, sizeof(text), "f", &err), -1);
  cr_assert_lt(strlen(err.text), 150, "%s", err.text);
}
