/* SPDX-License-Identifier: Apache-2.0 */
/* Words and their places. */
#include "config/scanner.h"

#include <criterion/criterion.h>

static const char *const kinds[] = {"end",   "name",    "string",     "integer",
                                    "float", "boolean", "punctuation"};

/* Every word of a text as "kind:bytes@line ". */
static char *words_of(const char *text)
{
  char *words = xstrdup("");
  struct scanner scanner;
  struct token token;
  struct error err;
  scanner_start(&scanner, text, strlen(text), "f");
  do {
    if (scanner_next(&scanner, &token, &err) < 0) {
      free(words);
      return xstrdup(err.text);
    }
    char *more = xasprintf("%s%s:%.*s@%u ", words, kinds[token.kind],
                           (int)(token.end - token.start), text + token.start, token.line);
    free(words);
    words = more;
  } while (token.kind != TOKEN_END);
  return words;
}

static void expect_words(const char *text, const char *expected)
{
  cleanup_free char *words = words_of(text);
  cr_expect_str_eq(words, expected, "%s", text);
}

Test(scanner, words_have_their_kind_bytes_and_line)
{
  expect_words("", "end:@1 ");
  expect_words("a-b_*1 = \"x\\\"y\";\n", "name:a-b_*1@1 punctuation:=@1 string:\"x\\\"y\"@1 "
                                         "punctuation:;@1 end:@2 ");
  expect_words("*:{}", "name:*@1 punctuation::@1 punctuation:{@1 punctuation:}@1 end:@1 ");
  expect_words("TRUE falsE truer", "boolean:TRUE@1 boolean:falsE@1 name:truer@1 end:@1 ");
  expect_words("\"a\" \"b\"", "string:\"a\"@1 string:\"b\"@1 end:@1 ");
}

Test(scanner, numbers_are_told_apart)
{
  expect_words("0 -1 +2 3L 4LL 0x1F 0XeL", "integer:0@1 integer:-1@1 integer:+2@1 integer:3L@1 "
                                           "integer:4LL@1 integer:0x1F@1 integer:0XeL@1 end:@1 ");
  expect_words("1.5 .5 5. -1e5 1.E-3 2e+1",
               "float:1.5@1 float:.5@1 float:5.@1 float:-1e5@1 float:1.E-3@1 float:2e+1@1 end:@1 ");
}

Test(scanner, comments_of_all_three_kinds_are_skipped)
{
  expect_words("a # b\n// c\r\n/* d\n * /* */ e //", "name:a@1 name:e@4 end:@4 ");
  expect_words("# no line end", "end:@1 ");
  expect_words("/**/x/***/", "name:x@1 end:@1 ");
}

Test(scanner, words_need_no_blanks_between_them)
{
  expect_words("a={b:1;}", "name:a@1 punctuation:=@1 punctuation:{@1 name:b@1 punctuation::@1 "
                           "integer:1@1 punctuation:;@1 punctuation:}@1 end:@1 ");
}
