/* SPDX-License-Identifier: Apache-2.0 */
/* A key, an element, a table or a block of a TOML text changes, and every other byte stays. */
#include "ctk/text/toml_edit.h"

#include <criterion/criterion.h>

#define PATH(...) ((const char *const[]){__VA_ARGS__, NULL})

static void expect_set(const char *text, const char *const *path, const char *wanted)
{
  struct error err;
  cleanup_free char *edited = NULL;
  cr_assert_eq(toml_edit_set(text, "F", path, "1", &edited, &err), 0, "%s", err.text);
  cr_expect_str_eq(edited, wanted);
}

static void expect_removed(const char *text, const char *const *path, const char *wanted)
{
  struct error err;
  cleanup_free char *edited = NULL;
  cr_assert_eq(toml_edit_remove(text, "F", path, &edited, &err), 0, "%s", err.text);
  cr_expect_str_eq(edited, wanted);
}

static void expect_refused(const char *text, const char *const *path, const char *message)
{
  struct error err = {.text = ""};
  char *edited = NULL;
  cr_expect_eq(toml_edit_set(text, "F", path, "1", &edited, &err), -1);
  cr_expect_not_null(strstr(err.text, message), "%s", err.text);
}

Test(toml_edit, a_value_is_replaced_and_its_comment_stays)
{
  expect_set("[a]\n b = 'x'  # y\n", PATH("a", "b"), "[a]\n b = 1  # y\n");
  expect_set("a.b=\"\"\"x\ny\"\"\"", PATH("a", "b"), "a.b=1");
  expect_set("a = { b = 2, c = 3 }", PATH("a", "c"), "a = { b = 2, c = 1 }");
}

Test(toml_edit, a_new_key_stands_in_its_table)
{
  expect_set("[a]\n  c = 2\n[b]\n", PATH("a", "b"), "[a]\n  b = 1\n  c = 2\n[b]\n");
  expect_set("[a] # x\r\n[b]\r\n", PATH("a", "b"), "[a] # x\r\nb = 1\r\n[b]\r\n");
  expect_set("[a]", PATH("a", "b"), "[a]\nb = 1");
  expect_set("# c\nx = 2\ny = 3\n", PATH("b"), "# c\nx = 2\nb = 1\ny = 3\n");
  expect_set("[x]\n", PATH("b"), "b = 1\n[x]\n");
  expect_set("", PATH("b"), "b = 1\n");
}

Test(toml_edit, a_table_that_is_written_with_dots_gets_one_more)
{
  expect_set("[a]\nb.c = 2\nd = 3\n", PATH("a", "b", "e"), "[a]\nb.c = 2\nb.e = 1\nd = 3\n");
  expect_set("a.'b c'.d = 2\n", PATH("a", "b c", "e"), "a.'b c'.d = 2\na.\"b c\".e = 1\n");
}

Test(toml_edit, a_table_that_is_nowhere_is_told)
{
  struct error err;
  char *edited = NULL;
  cr_expect_eq(toml_edit_set("[a.b.c]\n", "F", PATH("a", "b", "d"), "1", &edited, &err), 1);
  cr_expect_eq(toml_edit_set("x = 1\n", "F", PATH("a", "d"), "1", &edited, &err), 1);
  cr_expect_null(edited);
  cr_expect_eq(toml_edit_can_open("[a.b.c]\n", "F", PATH("a", "b"), &err), 0);
}

Test(toml_edit, forms_that_cannot_be_edited_safely_are_refused)
{
  struct error err;
  expect_refused("x = 1\na = { b = 2 }", PATH("a", "c"), "F:2: a is an inline table");
  expect_refused("[[a]]\nb = 2\n", PATH("a", "c"), "F:1: a is an array of tables");
  expect_refused("a = 1", PATH("a", "c"), "F:1: a is no table");
  expect_refused("[a.c]\n", PATH("a", "c"), "F:1: a.c is a table");
  expect_refused("[a\n", PATH("a"), "F:1:3:");
  cr_expect_eq(toml_edit_can_open("[a]\n", "F", PATH("a"), &err), -1);
  cr_expect_eq(toml_edit_can_open("a.b.c = 1\n", "F", PATH("a", "b"), &err), -1);
  cr_expect_not_null(strstr(err.text, "F:1: a.b is defined there already"));
}

Test(toml_edit, a_key_goes_with_its_line)
{
  expect_removed("a = 1\nb = [\n 2,\n] # x\nc = 3\n", PATH("b"), "a = 1\nc = 3\n");
  expect_removed("a = 1\nb = 2", PATH("b"), "a = 1");
  expect_removed("a = 1\n", PATH("b"), "a = 1\n");
}

Test(toml_edit, a_table_goes_with_all_below_it_and_leaves_the_comments_of_the_next)
{
  expect_removed("[a]\nx = 1\n\n[a.b]\ny = 2\n[a.b.c]\nz = 3\n\n# of d\n[d]\na = 1\n",
                 PATH("a", "b"), "[a]\nx = 1\n\n\n# of d\n[d]\na = 1\n");
  expect_removed("[a.b.c]\n[x]\n[a.b]\nb = 1\n", PATH("a", "b"), "[x]\n");
  expect_removed("[a]\nb.c = 1\nb.d = 2\ne = 3\n", PATH("a", "b"), "[a]\ne = 3\n");
}

static void expect_list(const char *text, const char *added, const char *removed)
{
  struct error err;
  cleanup_free char *longer = NULL;
  cleanup_free char *shorter = NULL;
  cr_assert_eq(toml_edit_list_add(text, "F", PATH("a"), "x", &longer, &err), 0, "%s", err.text);
  cr_expect_str_eq(longer, added);
  cr_assert_eq(toml_edit_list_remove(longer, "F", PATH("a"), "x", &shorter, &err), 0);
  cr_expect_str_eq(shorter, removed);
}

Test(toml_edit, a_list_gets_one_more_and_loses_it_again)
{
  expect_list("a = []\n", "a = [\"x\"]\n", "a = []\n");
  expect_list("a = [ 'b' ]\n", "a = [ 'b', \"x\" ]\n", "a = [ 'b' ]\n");
  expect_list("a = [\"b\", ]", "a = [\"b\", \"x\", ]", "a = [\"b\", ]");
  expect_list("a = [ ] # b", "a = [\"x\" ] # b", "a = [ ] # b");
  expect_list("a = [\"b\", {append = true}]", "a = [\"b\", \"x\", {append = true}]",
              "a = [\"b\", {append = true}]");
  expect_list("a = ['x']", "a = ['x']", "a = []");
  expect_list("a = ['y', '''z,\n]''']", "a = ['y', '''z,\n]''', \"x\"]", "a = ['y', '''z,\n]''']");
}

/* What a text looks like again once it has lost what it got. */
static void expect_list_again(const char *text, const char *added)
{
  expect_list(text, added, text);
}

Test(toml_edit, comments_in_a_list_stay_beside_what_they_are_about)
{
  expect_list_again("a = [\n  \"b\", # c\n  'd' # e\n]\n",
                    "a = [\n  \"b\", # c\n  'd', # e\n  \"x\"\n]\n");
  expect_list_again("a = [\r\n  'd' , # e, f\r\n]\r\n",
                    "a = [\r\n  'd' , # e, f\r\n  \"x\",\r\n]\r\n");
  expect_list_again("a = [ # b\n]", "a = [\"x\" # b\n]");
  expect_list_again("a = [ {b = 1} # c\n]", "a = [\"x\",  {b = 1} # c\n]");
  expect_list_again("a = [\n 'b' # c\n , # d\n]", "a = [\n 'b', # c\n \"x\"\n , # d\n]");
  expect_list("a = [ 'x' # b\n , 'c' ]", "a = [ 'x' # b\n , 'c' ]", "a = [ 'c' ]");
  expect_list("a = [ 'x', # b\n 'c' ]", "a = [ 'x', # b\n 'c' ]", "a = [ # b\n 'c' ]");
}

Test(toml_edit, a_list_is_read)
{
  char **list = toml_edit_list("a = [\"b\\u0041\", # x\n {append=true}, '''c''',]", PATH("a"));
  cr_assert_not_null(list);
  cr_expect_str_eq(list[0], "bA");
  cr_expect_str_eq(list[1], "c");
  cr_expect_null(list[2]);
  toml_edit_list_free(list);
  cr_expect_null(toml_edit_list("a = 1", PATH("a")));
}

static void expect_block(const char *text, const char *with)
{
  struct error err;
  cleanup_free char *longer = toml_block_append(text, "me", "[x]\ny = 1\n");
  cleanup_free char *again = NULL;
  cr_expect_str_eq(longer, with);
  cr_expect(toml_block_is_last(longer, "me"));
  cr_assert_eq(toml_block_remove(longer, "F", "me", &again, &err), 0, "%s", err.text);
  cr_expect_eq(strncmp(again, text, strlen(text)), 0);
  cr_expect_leq(strlen(again), strlen(text) + 2, "at most a line end more");
}

#define BEGIN "# --- me: made by container-hooks-ctk runtime configure"
#define END "# --- end of me"

Test(toml_edit, a_block_stands_at_the_end_and_goes_again)
{
  expect_block("", BEGIN "\n[x]\ny = 1\n" END "\n");
  expect_block("a = 1\n", "a = 1\n\n" BEGIN "\n[x]\ny = 1\n" END "\n");
  expect_block("a = 1", "a = 1\n\n" BEGIN "\n[x]\ny = 1\n" END "\n");
  expect_block("a = 1\r\n", "a = 1\r\n\r\n" BEGIN "\r\n[x]\r\ny = 1\r\n" END "\r\n");
}

Test(toml_edit, what_only_looks_like_our_block_stays)
{
  struct error err;
  cleanup_free char *same = NULL;
  const char *text = "a = '''\n" BEGIN "\n" END "\n'''\n";
  cr_assert_eq(toml_block_remove(text, "F", "me", &same, &err), 0);
  cr_expect_str_eq(same, text);
  char *none = NULL;
  cr_expect_eq(toml_block_remove(BEGIN "\n[x]\n", "F", "me", &none, &err), -1);
  cr_expect_not_null(strstr(err.text, "'" END "' is missing"));
}
