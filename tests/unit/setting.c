/* SPDX-License-Identifier: Apache-2.0 */
/* KEY=VALUE, as typed, -> as config.cfg has it; and libconfig reads back what was typed. */
#include "ctk/setting.h"

#include "config/syntax.h"

#include <criterion/criterion.h>
#include <libconfig.h>

static struct error err;

static void expect_value(const char *typed, const char *expected)
{
  cleanup_free char *assignment = xasprintf("key=%s", typed);
  cleanup_free char *key = NULL;
  cleanup_free char *value = NULL;
  cr_assert_eq(setting_read(assignment, &key, &value, &err), 0, "%s", err.text);
  cr_expect_str_eq(key, "key");
  cr_expect_str_eq(value, expected);
  cleanup_free char *line = xasprintf("key = %s;\n", value);
  cr_expect_eq(syntax_check(line, strlen(line), "line", &err), 0, "%s", err.text);
}

Test(setting, booleans_and_whole_numbers_are_known)
{
  expect_value("true", "true");
  expect_value("false", "false");
  expect_value("0", "0");
  expect_value("42", "42");
  expect_value("-7", "-7");
  expect_value("2147483647", "2147483647");
  expect_value("2147483648", "2147483648L");
  expect_value("-9223372036854775808", "-9223372036854775808L");
}

Test(setting, all_else_is_a_text)
{
  expect_value("", "\"\"");
  expect_value("text", "\"text\"");
  expect_value("True", "\"True\"");
  expect_value("1.5", "\"1.5\"");
  expect_value("007", "\"007\"");
  expect_value("-", "\"-\"");
  expect_value("+1", "\"+1\"");
  expect_value("9223372036854775808", "\"9223372036854775808\"");
  expect_value("99999999999999999999999", "\"99999999999999999999999\"");
  expect_value("a=b", "\"a=b\"");
}

Test(setting, quotes_make_a_text_of_anything)
{
  expect_value("\"true\"", "\"true\"");
  expect_value("\"42\"", "\"42\"");
  expect_value("\"a,b\"", "\"a,b\"");
  expect_value("\"", "\"\\\"\"");
}

static void expect_how_typed(const char *const *typed, const char *why, const char *expected)
{
  struct option_list list = {.count = 0};
  while (typed[list.count] != NULL) {
    list.values[list.count] = typed[list.count];
    list.count++;
  }
  cleanup_free char *how = setting_how_typed(&list, why);
  cr_expect_str_eq(how, expected);
}

Test(setting, a_message_in_the_configs_words_is_told_as_it_is_typed)
{
  static const char *const typed[] = {"zone=42", "dirs=/one", "group.name=true", NULL};
  expect_how_typed(typed, "x:1: setting 'zone' must be a text in quotes",
                   " (typed: --set 'zone=\"42\"')");
  expect_how_typed(typed, "x:1: setting 'dirs' must be a list of texts: [ \"a\", \"b\" ]",
                   " (typed: --set dirs=a,b; of one element: --set dirs=a,)");
  expect_how_typed(typed, "x:1: setting 'name' must be a text in quotes",
                   " (typed: --set 'group.name=\"true\"')");
  expect_how_typed(typed, "x:1: setting 'other' must be a text in quotes", "");
  expect_how_typed(typed, "x:1: setting 'zone' is empty", "");
}

Test(setting, commas_make_an_array)
{
  expect_value("a,b", "[ \"a\", \"b\" ]");
  expect_value("a,", "[ \"a\" ]");
  expect_value(",", "[ ]");
  expect_value("1,2", "[ 1, 2 ]");
  expect_value("1,3000000000", "[ 1L, 3000000000L ]");
  expect_value("1,b", "[ \"1\", \"b\" ]");
  expect_value("true,false", "[ \"true\", \"false\" ]");
}

static void expect_survives(const char *text)
{
  config_t config;
  const char *read = NULL;
  cleanup_free char *quoted = setting_quote(text);
  cleanup_free char *line = xasprintf("key = %s;\n", quoted);
  cr_assert_eq(syntax_check(line, strlen(line), "line", &err), 0, "%s", err.text);
  config_init(&config);
  cr_assert_eq(config_read_string(&config, line), CONFIG_TRUE, "%s", line);
  cr_assert_eq(config_lookup_string(&config, "key", &read), CONFIG_TRUE);
  cr_expect_str_eq(read, text);
  config_destroy(&config);
}

Test(setting, a_quoted_text_is_read_back_as_it_was)
{
  expect_survives("");
  expect_survives("C:\\new \"folder\"");
  expect_survives("line\nline\ttab\r\f\x01\x7f");
  expect_survives("größe, 大小");
  expect_survives("\\x41 # /* */ // @include");
}

static void expect_refused(const char *assignment, const char *beginning)
{
  char *key = NULL, *value = NULL;
  cr_expect_eq(setting_read(assignment, &key, &value, &err), -1, "%s", assignment);
  cr_expect(text_starts(err.text, beginning), "%s", err.text);
}

Test(setting, a_name_is_one_that_libconfig_knows)
{
  expect_refused("key", "key is not of the form KEY=VALUE");
  expect_refused("=value", "'' is no setting's name");
  expect_refused("a.=1", "'a.' is no setting's name");
  expect_refused(".b=1", "'.b' is no setting's name");
  expect_refused("a..b=1", "'a..b' is no setting's name");
  expect_refused("a.1=1", "'a.1' is no setting's name");
  expect_refused("1a=1", "'1a' is no setting's name");
  expect_refused("a b=1", "'a b' is no setting's name");
  expect_refused("true=1", "'true' is no setting's name");
  expect_refused("a.False=1", "'a.False' is no setting's name");
}

Test(setting, a_name_can_be_that_of_one_in_a_group)
{
  cleanup_free char *key = NULL;
  cleanup_free char *value = NULL;
  cr_assert_eq(setting_read("group.in-it.key=1", &key, &value, &err), 0, "%s", err.text);
  cr_expect_str_eq(key, "group.in-it.key");
}
