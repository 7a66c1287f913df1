/* SPDX-License-Identifier: Apache-2.0 */
/* What stands where in a TOML text, and all that TOML forbids. tests/e2e/toml.sh asks another
   parser what it makes of the same. */
#include "ctk/text/toml.h"

#include <criterion/criterion.h>

static const char *const kinds[] = {"table",   "array-table", "string", "integer", "float",
                                    "boolean", "datetime",    "array",  "inline"};

/* A text's items, a line each: "path kind value line", then #index and + inside inline tables. */
static char *items_of(const char *text)
{
  char *all = NULL;
  size_t size;
  FILE *stream = open_memstream(&all, &size);
  struct error err = {.text = ""};
  cleanup_toml struct toml toml;
  if (toml_parse(text, strlen(text), "f", &toml, &err) < 0)
    fputs(err.text, stream);
  for (size_t i = 0; i < toml.count; i++) {
    const struct toml_item *item = &toml.items[i];
    for (size_t j = 0; j < item->depth; j++)
      fprintf(stream, "%s%s", j > 0 ? "/" : "", item->path[j]);
    cr_expect_null(item->path[item->depth]);
    cr_expect_eq(item->end, item->value_end);
    fprintf(stream, " %s %.*s %u", kinds[item->kind], (int)(item->value_end - item->value_start),
            text + item->value_start, item->line);
    if (item->array_index > 0)
      fprintf(stream, " #%zu", item->array_index);
    fputs(item->in_inline_table ? " +\n" : "\n", stream);
  }
  fclose(stream);
  return all;
}

static void expect_items(const char *text, const char *expected)
{
  cleanup_free char *items = items_of(text);
  cr_expect_str_eq(items, expected, "%s", text);
}

Test(toml, items_have_their_path_kind_bytes_and_line)
{
  expect_items("", "");
  expect_items("# only a comment", "");
  expect_items("\xef\xbb\xbf"
               "a = 1",
               "a integer 1 1\n");
  expect_items("a = 1 # one\r\n\r\n[ b . \"c d\" ]# two\r\n'e' . f=[ 1,\r\n]\r\ng = true",
               "a integer 1 1\nb/c d table [ b . \"c d\" ] 3\nb/c d/e/f array [ 1,\r\n] 4\n"
               "b/c d/g boolean true 6\n");
  expect_items(
      "[a]\n[[a.b]]\nc=1\n[a.b.d]\n[[a.b]]\nc=2\n[e]\nf=3",
      "a table [a] 1\na/b array-table [[a.b]] 2\na/b/c integer 1 3\na/b/d table [a.b.d] 4\n"
      "a/b array-table [[a.b]] 5 #1\na/b/c integer 2 6 #1\ne table [e] 7\n"
      "e/f integer 3 8\n");
  expect_items("a = { b = [\n{ x = 1 }\n], c.d = \"\", e = {} }\nf = 1.5",
               "a inline { b = [\n{ x = 1 }\n], c.d = \"\", e = {} } 1\n"
               "a/b array [\n{ x = 1 }\n] 1 +\na/c/d string \"\" 3 +\na/e inline {} 3 +\n"
               "f float 1.5 4\n");
  expect_items("\"\" = 1\n1.2 = 3\ntrue = false\n\"\\u00e9.\" = 4",
               " integer 1 1\n1/2 integer 3 2\ntrue boolean false 3\né. integer 4 4\n");
}

static const struct {
  const char *value, *kind;
} scalars[] = {
    {"0", "integer"},
    {"+1", "integer"},
    {"-0", "integer"},
    {"1_000", "integer"},
    {"-9223372036854775808", "integer"},
    {"0x7fffFFFF_ffffffff", "integer"},
    {"0o0755", "integer"},
    {"0b1_01", "integer"},
    {"1.0", "float"},
    {"-0.0_1", "float"},
    {"1e6", "float"},
    {"1_0.5_0E-0_7", "float"},
    {"+inf", "float"},
    {"nan", "float"},
    {"true", "boolean"},
    {"1979-05-27T07:32:00Z", "datetime"},
    {"1979-05-27 07:32:00.999999-07:00", "datetime"},
    {"1979-05-27t07:32:00", "datetime"},
    {"2024-02-29", "datetime"},
    {"23:59:60.5", "datetime"},
};

Test(toml, a_scalar_is_known_by_its_form)
{
  for (size_t i = 0; i < ARRAY_LENGTH(scalars); i++) {
    cleanup_free char *text = xasprintf("a=%s# it", scalars[i].value);
    cleanup_free char *expected = xasprintf("a %s %s 1\n", scalars[i].kind, scalars[i].value);
    expect_items(text, expected);
  }
}

static const struct {
  const char *text, *error;
} refused[] = {
    {"a", "f:1:2: the text ends where '=' is expected"},
    {"a = ", "f:1:5: the text ends where a value is expected"},
    {"a = \n", "f:1:5: the line ends where a value is expected"},
    {"= 1", "f:1:1: '=' where a key is expected"},
    {"a. = 1", "f:1:4: '=' where a key is expected"},
    {"\xc3\xa9 = 1", "f:1:1: byte 0xc3 where a key is expected"},
    {"\"\"\"a\"\"\" = 1", "f:1:3: '\"' where '=' is expected"},
    {"\"a\nb\" = 1", "f:1:3: the line ends where a string's closing quote is expected"},
    {"a = 1 b = 2", "f:1:7: 'b' where the line's end is expected"},
    {"[a] b = 1", "f:1:5: 'b' where the line's end is expected"},
    {"[a", "f:1:3: the text ends where ']' is expected"},
    {"[]", "f:1:2: ']' where a key is expected"},
    {"[[a]", "f:1:4: ']' where ']]' is expected"},
    {"[ [a]]", "f:1:3: '[' where a key is expected"},

    {"a = yes", "f:1:5: yes is no value: texts stand in quotes"},
    {"a = 'x", "f:1:7: the text ends where a string's closing quote is expected"},
    {"a = \"\"\"x\"\"", "f:1:5: the string that begins here has no end"},
    {"a = '''x''''''", "f:1:14: ''' where the line's end is expected"},
    {"a = \"\\e\"", "f:1:7: 'e' where one of btnfr\"\\uU (behind a backslash) is expected"},
    {"a = \"\"\"\\ x\"\"\"",
     "f:1:9: ' ' where one of btnfr\"\\uU (behind a backslash) is expected"},
    {"a = \"\\u00g0\"",
     "f:1:10: 'g' where a hexadecimal digit (\\u has four, \\U eight) is expected"},
    {"a = \"\\ud800\"", "f:1:6: \\ud800 is no character"},
    {"a = \"\\U00110000\"", "f:1:6: \\U00110000 is no character"},
    {"a = \"\\u0000\"", "f:1:6: a NUL, which no text in an engine's config can hold"},
    {"a = 1 # \x01", "f:1:9: control character 0x01"},
    {"a = \"\x7f\"", "f:1:6: control character 0x7f"},
    {"a = 1\rb = 2", "f:1:6: a carriage return without a line feed"},
    {"a = '\xff'", "f:1:6: byte 0xff is not UTF-8"},

    {"a = 01", "f:1:5: 01 is no value: texts stand in quotes"},
    {"a = 1__0", "f:1:5: 1__0 is no value: texts stand in quotes"},
    {"a = _1", "f:1:5: _1 is no value: texts stand in quotes"},
    {"a = 1_", "f:1:5: 1_ is no value: texts stand in quotes"},
    {"a = +0x1", "f:1:5: +0x1 is no value: texts stand in quotes"},
    {"a = 0X1", "f:1:5: 0X1 is no value: texts stand in quotes"},
    {"a = 0b2", "f:1:5: 0b2 is no value: texts stand in quotes"},
    {"a = 0x", "f:1:5: 0x is no value: texts stand in quotes"},
    {"a = 9223372036854775808", "f:1:5: 9223372036854775808 does not fit 64 bits"},
    {"a = -9223372036854775809", "f:1:5: -9223372036854775809 does not fit 64 bits"},
    {"a = 0xffff_ffff_ffff_ffff_ffff", "f:1:5: 0xffff_ffff_ffff_ffff_ffff does not fit 64 bits"},
    {"a = .5", "f:1:5: .5 is no value: texts stand in quotes"},
    {"a = 5.", "f:1:5: 5. is no value: texts stand in quotes"},
    {"a = 1.e5", "f:1:5: 1.e5 is no value: texts stand in quotes"},
    {"a = 1e5.0", "f:1:5: 1e5.0 is no value: texts stand in quotes"},
    {"a = 00.1", "f:1:5: 00.1 is no value: texts stand in quotes"},
    {"a = Inf", "f:1:5: Inf is no value: texts stand in quotes"},
    {"a = 2023-02-29", "f:1:5: 2023-02-29 is no value: texts stand in quotes"},
    {"a = 1979-5-27", "f:1:5: 1979-5-27 is no value: texts stand in quotes"},
    {"a = 1979-05-27T07:32", "f:1:5: 1979-05-27T07:32 is no value: texts stand in quotes"},
    {"a = 1979-05-27T24:00:00", "f:1:5: 1979-05-27T24:00:00 is no value: texts stand in quotes"},
    {"a = 07:32:00Z", "f:1:5: 07:32:00Z is no value: texts stand in quotes"},
    {"a = 1979-05-27  07:32:00", "f:1:17: '0' where the line's end is expected"},

    {"a = [1 2]", "f:1:8: '2' where ',' or ']' is expected"},
    {"a = [,]", "f:1:6: ',' where a value is expected"},
    {"a = [1,,2]", "f:1:8: ',' where a value is expected"},
    {"a = [1", "f:1:7: the text ends where ',' or ']' is expected"},
    {"a = { b = 1, }", "f:1:14: '}' where a key is expected"},
    {"a = { b = 1\n}", "f:1:12: the line ends where ',' or '}' (inline tables end in their line) "
                       "is expected"},
    {"a = { # x\n}", "f:1:7: '#' where a key is expected"},
    {"a = {,}", "f:1:6: ',' where a key is expected"},

    {"a = 1\na = 2", "f:2:1: a is defined twice (see line 1)"},
    {"a = 1\n'a' = 2", "f:2:1: a is defined twice (see line 1)"},
    {"[a]\n\n[a]", "f:3:2: a is defined twice (see line 1)"},
    {"[a]\nb = 1\n[a.b]", "f:3:4: b is defined twice (see line 2)"},
    {"a = 1\n[a.b]", "f:2:2: a is a value, not a table (see line 1)"},
    {"a = 1\na.b = 2", "f:2:1: a is a value, not a table (see line 1)"},
    {"a.b = 1\na.b.c = 2", "f:2:3: b is a value, not a table (see line 1)"},
    {"a.b = 1\na = 2", "f:2:1: a is defined twice (see line 1)"},
    {"[a.b]\n[a]\nb = 1", "f:3:1: b is defined twice (see line 1)"},
    {"[a]\nb.c = 1\n[a.b]", "f:3:4: b is defined twice (see line 2)"},
    {"[a.b]\nc = 1\n[a]\nb.d = 2",
     "f:4:1: b is a table that was defined elsewhere, to which dotted "
     "keys cannot add (see line 1)"},
    {"a.b = 1\n[a]", "f:2:2: a is defined twice (see line 1)"},
    {"a = {}\na.b = 1", "f:2:1: a is an inline table, to which nothing can be added (see line 1)"},
    {"a = {}\n[a.b]", "f:2:2: a is an inline table, to which nothing can be added (see line 1)"},
    {"a = { b.c = 1 }\n[a.b.d]",
     "f:2:2: a is an inline table, to which nothing can be added (see line 1)"},
    {"a = { b = {}, b.c = 1 }",
     "f:1:15: b is an inline table, to which nothing can be added (see line 1)"},
    {"a = [ { b = 1, b = 2 } ]", "f:1:16: b is defined twice (see line 1)"},
    {"a = []\n[[a]]", "f:2:3: a is defined already, and not as an array of tables (see line 1)"},
    {"[a.b]\n[[a]]", "f:2:3: a is defined already, and not as an array of tables (see line 1)"},
    {"[[a]]\n[a]", "f:2:2: a is defined twice (see line 1)"},
    {"[[a.b]]\n[a]\nb.c = 1",
     "f:3:1: b is an array of tables, to which dotted keys cannot add (see line 1)"},
};

Test(toml, what_toml_forbids_has_a_place_and_a_cause)
{
  for (size_t i = 0; i < ARRAY_LENGTH(refused); i++)
    expect_items(refused[i].text, refused[i].error);
}

Test(toml, tables_can_be_defined_in_any_order_and_once)
{
  static const char *const allowed[] = {
      "[a.b.c]\n[a]\n[a.b]",       "a.b = 1\na.c = 2",         "a.b.c = 1\na.d = 2\n[a.b.e]",
      "[a]\nb.c = 1\n[a.b.d]",     "[[a]]\n[[a]]\n[a.b]",      "[[a]]\n[a.b]\n[[a]]\n[a.b]",
      "[[a.b]]\n[[a.b.c]]\n[a.d]", "a = { b.c = 1, b.d = 2 }", "[a.b]\nc = 1\n[b]\nc = 1",
      "a = [ {b = 1}, {b = 2} ]",  "[a.b.c]\n[a]\nb.d = 1",
  };
  for (size_t i = 0; i < ARRAY_LENGTH(allowed); i++) {
    struct error err = {.text = ""};
    cleanup_toml struct toml toml;
    cr_expect_eq(toml_parse(allowed[i], strlen(allowed[i]), "f", &toml, &err), 0, "%s: %s",
                 allowed[i], err.text);
  }
}

static const struct {
  const char *value, *string;
} strings[] = {
    {"\"\"", ""},
    {"\"a\\tb\\\"\\\\\\u00e9\\U0001f600\"", "a\tb\"\\é\xf0\x9f\x98\x80"},
    {"'C:\\x'", "C:\\x"},
    {"\"\"\"\r\na\r\nb\"\"\"", "a\nb"},
    {"\"\"\"a \\\n\n  b\\  \n\"\"\"", "a b"},
    {"\"\"\"\"\"a\"\"\"\"\"", "\"\"a\"\""},
    {"'''\n'a\\''''", "'a\\'"},
    {"\"\"\"\\\"\"\"\"", "\""},
};

Test(toml, a_string_is_unescaped)
{
  for (size_t i = 0; i < ARRAY_LENGTH(strings); i++) {
    cleanup_free char *text = xasprintf("x = 1\na = %s", strings[i].value);
    struct error err = {.text = ""};
    cleanup_toml struct toml toml;
    cr_assert_eq(toml_parse(text, strlen(text), "f", &toml, &err), 0, "%s", err.text);
    cleanup_free char *string = toml_string(&toml, &toml.items[1]);
    cr_expect_str_eq(string, strings[i].string);
    cr_expect_null(toml_string(&toml, &toml.items[0]));
  }
}

Test(toml, the_strings_of_an_array_are_listed_if_it_has_no_others)
{
  static const char text[] = "a = [ # x\n 'b', \"c\" # y\n , ]\nd = []\ne = ['b', 1]\nf = 'b'";
  struct error err;
  cleanup_toml struct toml toml;
  cr_assert_eq(toml_parse(text, strlen(text), "f", &toml, &err), 0, "%s", err.text);

  char **list = toml_strings(&toml, &toml.items[0]), **none = toml_strings(&toml, &toml.items[1]);
  cr_expect_str_eq(list[0], "b");
  cr_expect_str_eq(list[1], "c");
  cr_expect_null(list[2]);
  cr_expect_null(none[0]);
  cr_expect_null(toml_strings(&toml, &toml.items[2]));
  cr_expect_null(toml_strings(&toml, &toml.items[3]));
  free(list[0]);
  free(list[1]);
  free(list);
  free(none);
}

Test(toml, items_are_found_by_path)
{
  static const char text[] = "[a.b]\n'c d' = 1\n[[e]]\n[e.f]\ng = { h.i = 1 }\nj = [{k = {}}]";
  struct error err;
  cleanup_toml struct toml toml;
  cr_assert_eq(toml_parse(text, strlen(text), "f", &toml, &err), 0, "%s", err.text);

  const struct toml_item *item = toml_find(&toml, (const char *[]){"a", "b", "c d", NULL});
  cr_expect(item != NULL && item->line == 2);
  cr_expect_null(toml_find(&toml, (const char *[]){"a", NULL}));
  cr_expect_null(toml_find(&toml, (const char *[]){"c d", NULL}));
}

/* Owned by the caller. */
static char *repeated(const char *text, size_t count)
{
  size_t length = strlen(text);
  char *all = xcalloc(count * length + 1, 1);
  for (size_t i = 0; i < count; i++)
    memcpy(all + i * length, text, length);
  return all;
}

static int parse_nested(const char *start, const char *open, size_t count, const char *middle,
                        const char *close, struct error *err)
{
  cleanup_free char *opening = repeated(open, count), *closing = repeated(close, count);
  cleanup_free char *text = xasprintf("%s%s%s%s", start, opening, middle, closing);
  cleanup_toml struct toml toml;
  return toml_parse(text, strlen(text), "f", &toml, err);
}

Test(toml, depth_is_bounded)
{
  struct error err = {.text = ""};
  cr_expect_eq(parse_nested("a=", "[", TOML_DEPTH_MAX, "", "]", &err), 0, "%s", err.text);
  cr_expect_eq(parse_nested("a=", "[", TOML_DEPTH_MAX + 1, "", "]", &err), -1);
  cr_expect_str_eq(err.text, "f:1:67: nested deeper than 64");
  cr_expect_eq(parse_nested("", "a.", TOML_DEPTH_MAX - 1, "a=1", "", &err), 0);
  cr_expect_eq(parse_nested("", "a.", TOML_DEPTH_MAX, "a=1", "", &err), -1);
  cr_expect_str_eq(err.text, "f:1:129: more than 64 names within each other");
  cr_expect_eq(parse_nested("b=", "[", 4 * 1000 * 1000, "", "", &err), -1);
  cr_expect_eq(parse_nested("b=", "{a=", 1000 * 1000, "", "", &err), -1);
  cr_expect_eq(parse_nested("", "#", TOML_SIZE_MAX + 1, "", "", &err), -1);
  cr_expect_str_eq(err.text, "f is larger than 4194304 bytes");
}

/* What would take minutes if anything were quadratic. */
Test(toml, a_text_takes_time_in_proportion_to_its_length, .timeout = 20)
{
  struct error err = {.text = ""};
  cr_expect_eq(parse_nested("", "[[a]]\n", 600 * 1000, "", "", &err), 0, "%s", err.text);
  cr_expect_eq(parse_nested("a = [", "{ b = 1 },", 400 * 1000, "]", "", &err), 0, "%s", err.text);
  cr_expect_eq(parse_nested("a = \"", "\\u00e9", 600 * 1000, "\"", "", &err), 0, "%s", err.text);

  cleanup_free char *text = xcalloc(TOML_SIZE_MAX, 1);
  char *to = text;
  to += sprintf(to, "a = { k = 0");
  for (int i = 0; i < 300 * 1000; i++)
    to += sprintf(to, ",k%d=1", i);
  sprintf(to, "}");
  cr_expect_eq(parse_nested("", text, 1, "", "", &err), 0, "%s", err.text);
}

Test(toml, keys_are_bare_where_they_can_be)
{
  static const struct {
    const char *component, *key;
  } keys[] = {
      {"a-B_1", "a-B_1"},
      {"", "\"\""},
      {"a.b", "\"a.b\""},
      {"a b", "\"a b\""},
      {"a\"\\", "\"a\\\"\\\\\""},
      {"a\n\x01\x7f", "\"a\\n\\u0001\\u007f\""},
      {"é", "\"é\""},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
    cleanup_free char *key = toml_key(keys[i].component);
    cr_expect_str_eq(key, keys[i].key);
  }
  cleanup_free char *quoted = toml_quote("a");
  cr_expect_str_eq(quoted, "\"a\"");
}
