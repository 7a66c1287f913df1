/* SPDX-License-Identifier: Apache-2.0 */
/* One setting changes, and everything else stays byte for byte. */
#include "ctk/config_edit.h"

#include <criterion/criterion.h>
#include <libconfig.h>

static struct error err;

/* Whatever comes out is well-formed. */
static void expect_edited(int result, char *edited, const char *before, const char *expected)
{
  cr_assert_eq(result, 0, "%s: %s", before, err.text);
  cr_expect_str_eq(edited, expected, "%s", before);
  config_t parsed;
  config_init(&parsed);
  cleanup_free char *line = xasprintf("%s\n", edited);
  cr_expect_eq(config_read_string(&parsed, line), CONFIG_TRUE, "%s", edited);
  config_destroy(&parsed);
  free(edited);
}

static const struct {
  const char *before, *key, *value, *after;
} sets[] = {
    /* what is there is replaced */
    {"a = 1;", "a", "2", "a = 2;"},
    {"# c\r\na:\"x\" /* y */ \"z\" , # d\r\nb = 1\r\n", "a", "\"v\"",
     "# c\r\na:\"v\" , # d\r\nb = 1\r\n"},
    {"g: { a = [ 1,\n 2 ]; b = 1 };", "g.a", "[ 3 ]", "g: { a = [ 3 ]; b = 1 };"},
    {"g = { h: { a = 1 } }\n", "g.h.a", "2", "g = { h: { a = 2 } }\n"},

    /* comments that stand in one column stay there, if there is room */
    {"a = 1;   # x\nbb = 22; # y\n", "a", "333", "a = 333; # x\nbb = 22; # y\n"},
    {"a = 1;   # x\nbb = 22; # y\n", "bb", "2", "a = 1;   # x\nbb = 2;  # y\n"},
    {"a = 1;   # x\nbb = 22; # y\n", "a", "55555", "a = 55555; # x\nbb = 22; # y\n"},
    {"a = 1;   # x\nbb = 22; // y\n", "a", "[ 1 ]", "a = [ 1 ]; # x\nbb = 22; // y\n"},
    {"a = 1;   # x\nb = 22; # y\n", "a", "333", "a = 333;   # x\nb = 22; # y\n"},

    /* what is not is appended to its group, in its neighbours' manner */
    {"", "a", "1", "a = 1;\n"},
    {"# only a comment", "a", "1", "# only a comment\na = 1;\n"},
    {"", "g.a", "1", "g: {\n  a = 1;\n};\n"},
    {"", "g.h.a", "1", "g: {\n  h: {\n    a = 1;\n  };\n};\n"},
    {"b = 2\n", "a", "1", "b = 2;\na = 1;\n"},
    {"b = 2; # c\n# d\n", "a", "1", "b = 2; # c\na = 1;\n# d\n"},
    {"b = 2 // c", "a", "1", "b = 2; // c\na = 1;"},
    {"b = 2;\r\n", "g.a", "1", "b = 2;\r\n\r\ng: {\r\n  a = 1;\r\n};\r\n"},
    {"g: {\n\tb = 2; # x\n\t# y\n};\n", "g.a", "1", "g: {\n\tb = 2; # x\n\ta = 1;\n\t# y\n};\n"},
    {"g: {\n  b = 2; /* x\n y */ };\n", "g.a", "1", "g: {\n  b = 2; a = 1; /* x\n y */ };\n"},
    {"g: {\n  b = 2; /* x\n y */\n};\n", "g.a", "1", "g: {\n  b = 2; /* x\n y */\n  a = 1;\n};\n"},
    {"g: { b = 2 };\n", "g.a", "1", "g: { b = 2; a = 1; };\n"},
    {"g: { b = 2; };\n", "g.h.a", "1", "g: { b = 2; h: { a = 1; }; };\n"},
    {"  g: {\n  };\n", "g.a", "1", "  g: {\n    a = 1;\n  };\n"},
    {"g: { # x\n};\n", "g.a", "1", "g: { # x\n  a = 1;\n};\n"},
    {"g: {};\n", "g.a", "1", "g: { a = 1; };\n"},
    {"g: { };\n", "g.a", "1", "g: { a = 1; };\n"},
};

Test(config_edit, a_setting_is_set_and_the_rest_stays)
{
  for (size_t i = 0; i < ARRAY_LENGTH(sets); i++) {
    char *edited = NULL;
    int result =
        config_edit_set(sets[i].before, "f", NULL, sets[i].key, sets[i].value, &edited, &err);
    expect_edited(result, edited, sets[i].before, sets[i].after);
  }
}

static const struct {
  const char *before, *key, *after;
} unsets[] = {
    {"a = 1;\n", "a", ""},
    {"# x\na = 1; # y\n# z\nb = 2;\n", "a", "# x\n# z\nb = 2;\n"},
    {"g: {\r\n  a = [ 1,\r\n 2 ];\r\n  b = 2;\r\n};\r\n", "g.a", "g: {\r\n  b = 2;\r\n};\r\n"},
    {"g: { a = 1; b = 2; c = 3 };", "g.b", "g: { a = 1; c = 3 };"},
    {"g: { a = 1; b = 2; c = 3 };", "g.c", "g: { a = 1; b = 2; };"},
    {"  a = 1; b = 2;\n", "a", "  b = 2;\n"},
    {"a = 1;\ng: {\n};", "g", "a = 1;\n"},
};

Test(config_edit, a_setting_is_taken_out_with_its_line)
{
  for (size_t i = 0; i < ARRAY_LENGTH(unsets); i++) {
    char *edited = NULL;
    int result = config_edit_unset(unsets[i].before, "f", NULL, unsets[i].key, &edited, &err);
    expect_edited(result, edited, unsets[i].before, unsets[i].after);
  }
}

static const char one_entry[] = "plugins = (\n"
                                "  {\n"
                                "    name = \"p\"; # the first\n"
                                "    enabled = false;\n"
                                "  }\n"
                                ");\n";

Test(config_edit, a_setting_of_a_plugin_is_set_in_its_entry)
{
  char *edited = NULL;
  int result = config_edit_set(one_entry, "f", "p", "settings.path", "\"/x\"", &edited, &err);
  expect_edited(result, edited, one_entry,
                "plugins = (\n"
                "  {\n"
                "    name = \"p\"; # the first\n"
                "    enabled = false;\n"
                "    settings: {\n"
                "      path = \"/x\";\n"
                "    };\n"
                "  }\n"
                ");\n");
  static const char escaped[] = "plugins = ( { name = \"\\x70\" \"\"; }, { name = \"q\" } );";
  result = config_edit_unset(escaped, "f", "p", "name", &edited, &err);
  expect_edited(result, edited, escaped, "plugins = ( { }, { name = \"q\" } );");
}

static const char *const some_settings[] = {"a=1", "b=x,y", NULL};

static const struct {
  const char *before;
  struct config_edit_entry entry;
  const char *after;
} enables[] = {
    {"", {.plugin = "p"}, "plugins = (\n  {\n    name = \"p\";\n  }\n);\n"},
    {"plugins = ( );", {.plugin = "p"}, "plugins = (\n  {\n    name = \"p\";\n  }\n);"},
    {"  plugins = ( # none\n  );\n",
     {.plugin = "p"},
     "  plugins = ( # none\n    {\n      name = \"p\";\n    }\n  );\n"},
    {"plugins = ( { name = \"a\"; } );",
     {.plugin = "p", .path = "/p.so", .required = "false", .settings = some_settings},
     "plugins = ( { name = \"a\"; }, { name = \"p\"; path = \"/p.so\"; required = false; "
     "settings: { a = 1; b = [ \"x\", \"y\" ]; }; } );"},
    {"plugins = (\n  # one\n  { name = \"a\"; } # after\n);",
     {.plugin = "p", .settings = some_settings},
     "plugins = (\n  # one\n  { name = \"a\"; }, # after\n  {\n    name = \"p\";\n    settings: {\n"
     "      a = 1;\n      b = [ \"x\", \"y\" ];\n    };\n  }\n);"},
    {"plugins = (\n  # one\n  { name = \"a\"; }, # after one\n\n  # two\n  { name = \"b\"; }\n);",
     {.plugin = "p", .position = 2},
     "plugins = (\n  # one\n  { name = \"a\"; }, # after one\n  {\n    name = \"p\";\n  },\n\n"
     "  # two\n  { name = \"b\"; }\n);"},
    {"plugins = (\n  # one\n  { name = \"a\"; }, # after one\n\n  # two\n  { name = \"b\"; }\n);",
     {.plugin = "b", .position = 1},
     "plugins = (\n\n  # two\n  { name = \"b\"; },\n  # one\n  { name = \"a\"; } # after one\n);"},
    {"plugins = ( { name = \"a\" }, # a\n { name = \"b\" }, { name = \"c\" } );",
     {.plugin = "c", .position = 2},
     "plugins = ( { name = \"a\" }, # a\n { name = \"c\" },\n { name = \"b\" } );"},
    {"plugins = ( # x\n { name = \"a\" }, { name = \"b\" } );",
     {.plugin = "b", .position = 1},
     "plugins = ( # x\n { name = \"b\" },\n { name = \"a\" } );"},
    {"plugins = ( { name = \"a\" } /* x */ , { name = \"b\" } );",
     {.plugin = "a", .position = 9},
     "plugins = ( { name = \"b\" }, { name = \"a\" } /* x */  );"},
    {one_entry,
     {.plugin = "p", .position = 1},
     "plugins = (\n  {\n    name = \"p\"; # the first\n    enabled = true;\n  }\n);\n"},
    {"plugins = ( { name = \"p\"; enabled = TRUE; } );",
     {.plugin = "p"},
     "plugins = ( { name = \"p\"; enabled = TRUE; } );"},
};

Test(config_edit, an_entry_is_enabled_added_moved)
{
  for (size_t i = 0; i < ARRAY_LENGTH(enables); i++) {
    char *edited = NULL;
    int result = config_edit_enable(enables[i].before, "f", &enables[i].entry, &edited, &err);
    expect_edited(result, edited, enables[i].before, enables[i].after);
  }
}

Test(config_edit, each_entry_of_a_name_is_disabled)
{
  static const char before[] = "plugins = ( { name = \"p\"; }, { name = \"q\" },\n"
                               " { enabled = true; name = \"p\" } );";
  char *edited = NULL;
  int result = config_edit_disable(before, "f", "p", &edited, &err);
  expect_edited(result, edited, before,
                "plugins = ( { name = \"p\"; enabled = false; }, { name = \"q\" },\n"
                " { enabled = false; name = \"p\" } );");
  cr_expect(config_edit_has_entry(before, "q"));
  cr_expect_not(config_edit_has_entry(before, "r"));
  cr_expect_not(config_edit_has_entry("plugins = ( {", "p"));
}

static void expect_refused(int result, const char *expected)
{
  cr_expect_eq(result, -1);
  cr_expect_str_eq(err.text, expected);
}

Test(config_edit, what_cannot_be_edited_is_said)
{
  char *edited;
  expect_refused(config_edit_set("\na = ", "f", NULL, "b", "1", &edited, &err),
                 "f:2: a value is missing");
  expect_refused(config_edit_set("5", "f", NULL, "b", "1", &edited, &err),
                 "f:1: a setting's name is expected here");
  expect_refused(config_edit_set("a = 1;;", "f", NULL, "b", "1", &edited, &err),
                 "f:1: a setting's name is expected here");
  expect_refused(config_edit_set("\na = 1;", "f", NULL, "a.b", "1", &edited, &err),
                 "f:2: a must be a group { }");
  expect_refused(config_edit_set("", "f", "p", "a", "1", &edited, &err),
                 "f: plugins has no entry with the name \"p\"");
  expect_refused(config_edit_unset("a = 1;", "f", NULL, "b", &edited, &err), "f: b is not set");
  expect_refused(config_edit_disable("plugins = ( 1 );", "f", "p", &edited, &err),
                 "f: plugins has no entry with the name \"p\"");
  const struct config_edit_entry entry = {.plugin = "p"};
  expect_refused(config_edit_enable("plugins = 1;", "f", &entry, &edited, &err),
                 "f:1: plugins must be a list ( { name = \"…\"; }, … )");
}

Test(config_edit, libconfig_reads_what_was_set)
{
  for (size_t i = 0; i < ARRAY_LENGTH(sets); i++) {
    char *edited = NULL;
    cr_assert_eq(config_edit_set(sets[i].before, "f", NULL, "new.text", "\"v\"", &edited, &err), 0);
    cleanup_free char *line = xasprintf("%s\n", edited);
    free(edited);
    config_t parsed;
    const char *value = NULL;
    config_init(&parsed);
    cr_expect_eq(config_read_string(&parsed, line), CONFIG_TRUE, "%s", line);
    cr_expect(config_lookup_string(&parsed, "new.text", &value) == CONFIG_TRUE && *value == 'v');
    config_destroy(&parsed);
  }
}
