/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin's settings: as a tree, and one by one with file and line. */
#include "worker/settings.h"

#include "common/json.h"

#include <criterion/criterion.h>

static config_t parsed;
static struct config_plugin entry;
static struct error err;

static void take(const char *text)
{
  config_init(&parsed);
  cr_assert_eq(config_read_string(&parsed, text), CONFIG_TRUE, "%s", config_error_text(&parsed));
  entry = (struct config_plugin){
      .name = "p", .settings = config_lookup(&parsed, "settings"), .file = "/etc/c.cfg"};
}

static void drop(void)
{
  config_destroy(&parsed);
}

TestSuite(settings, .fini = drop);

static void expect_error(int result, const char *expected)
{
  cr_expect_eq(result, -1);
  cr_expect_str_eq(err.text, expected);
}

/* --- as a tree ----------------------------------------------------------------------------- */

Test(settings, every_type_has_its_place_in_the_tree)
{
  take("settings: { text = \"a\\\"b\"; int = -5; big = 9223372036854775807L; bool = true; "
       "real = 0.5; list = ( 1, \"two\", { three = 3; } ); array = [ 1, 2 ]; group: { }; };");
  cleanup_json struct json_object *tree = settings_to_json(entry.settings);
  size_t length;
  cr_expect_str_eq(json_text(tree, &length),
                   "{\"text\":\"a\\\"b\",\"int\":-5,\"big\":9223372036854775807,\"bool\":true,"
                   "\"real\":0.5,\"list\":[1,\"two\",{\"three\":3}],\"array\":[1,2],\"group\":{}}");
}

Test(settings, none_are_an_empty_object)
{
  take("");
  cleanup_json struct json_object *tree = settings_to_json(entry.settings);
  size_t length;
  cr_expect_str_eq(json_text(tree, &length), "{}");
}

/* --- one by one ---------------------------------------------------------------------------- */

static const char *text;
static int64_t number;
static bool boolean;
static const char **list;

Test(settings, what_is_there_is_taken)
{
  take("settings: { text = \"t\"; number = 5; big = 5000000000L; boolean = true; "
       "list = ( \"a\", \"b\" ); array = [ \"c\" ]; none = ( ); };");
  cr_expect_eq(settings_text(&entry, "text", &text, &err), 0);
  cr_expect_str_eq(text, "t");
  cr_expect_eq(settings_number(&entry, "number", 5, 5, &number, &err), 0);
  cr_expect_eq(number, 5);
  cr_expect_eq(settings_number(&entry, "big", INT64_MIN, INT64_MAX, &number, &err), 0);
  cr_expect_eq(number, INT64_C(5000000000));
  cr_expect_eq(settings_boolean(&entry, "boolean", &boolean, &err), 0);
  cr_expect(boolean);
  static const char *const keys[] = {"list", "array", "none"}, *const firsts[] = {"a", "c", NULL};
  for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
    cr_assert_eq(settings_list(&entry, keys[i], &list, &err), 0, "%s", err.text);
    cr_expect(firsts[i] != NULL ? text_equal(list[0], firsts[i]) : list[0] == NULL);
    free(list);
  }
}

Test(settings, what_is_absent_leaves_the_default)
{
  static const char *const texts[] = {"", "settings: { };", "settings: { other = 1; };"};
  for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
    take(texts[i]);
    text = "default";
    number = 7;
    boolean = true;
    list = NULL;
    cr_expect_eq(settings_text(&entry, "key", &text, &err), 0);
    cr_expect_eq(settings_number(&entry, "key", 0, 1, &number, &err), 0);
    cr_expect_eq(settings_boolean(&entry, "key", &boolean, &err), 0);
    cr_expect_eq(settings_list(&entry, "key", &list, &err), 0);
    cr_expect_str_eq(text, "default");
    cr_expect_eq(number, 7);
    cr_expect(boolean);
    cr_expect_null(list);
    if (i + 1 < ARRAY_LENGTH(texts))
      drop();
  }
}

Test(settings, another_type_is_an_error_with_file_and_line)
{
  take("settings: {\n  text = 5;\n  number = \"5\";\n  boolean = 1;\n  list = \"a\";\n"
       "  mixed = ( \"a\", 1 );\n  real = 1.0;\n};");
  expect_error(settings_text(&entry, "text", &text, &err),
               "/etc/c.cfg:2: setting 'text' must be a text in quotes");
  expect_error(settings_number(&entry, "number", 0, 9, &number, &err),
               "/etc/c.cfg:3: setting 'number' must be a whole number from 0 to 9");
  expect_error(settings_boolean(&entry, "boolean", &boolean, &err),
               "/etc/c.cfg:4: setting 'boolean' must be true or false");
  expect_error(settings_list(&entry, "list", &list, &err),
               "/etc/c.cfg:5: setting 'list' must be a list of texts: [ \"a\", \"b\" ]");
  expect_error(settings_list(&entry, "mixed", &list, &err),
               "/etc/c.cfg:6: setting 'mixed' must be a list of texts: [ \"a\", \"b\" ]");
  expect_error(settings_number(&entry, "real", 0, 9, &number, &err),
               "/etc/c.cfg:7: setting 'real' must be a whole number from 0 to 9");
}

Test(settings, a_number_out_of_its_range_is_an_error)
{
  take("settings: { low = -1; high = 10; };");
  expect_error(settings_number(&entry, "low", 0, 9, &number, &err),
               "/etc/c.cfg:1: setting 'low' must be a whole number from 0 to 9");
  expect_error(settings_number(&entry, "high", 0, 9, &number, &err),
               "/etc/c.cfg:1: setting 'high' must be a whole number from 0 to 9");
}

Test(settings, a_misspelt_one_is_not_ignored)
{
  static const char *const keys[] = {"path", "mode", NULL};
  take("settings: {\n  path = \"\";\n  moed = 1;\n};");
  expect_error(settings_known(&entry, keys, &err),
               "/etc/c.cfg:3: unknown setting 'moed' (known: path, mode)");
  drop();
  take("settings: { mode = 1; };");
  cr_expect_eq(settings_known(&entry, keys, &err), 0);
  drop();
  take("");
  cr_expect_eq(settings_known(&entry, keys, &err), 0);
}
