/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever TOML is edited stays TOML: a key that is set has its value, one that is taken out is
 * gone, and a block goes without a trace.
 *
 * Covers: core/ctk/text/toml_block.c core/ctk/text/toml_edit.c core/ctk/text/toml_list.c
 * Covers: core/ctk/text/toml_names.c
 */
#include "fuzz.h"

#include "ctk/text/toml_edit.h"

static bool is_toml(const char *text)
{
  struct error ignored;
  cleanup_toml struct toml toml = {.count = 0};
  return toml_parse(text, strlen(text), "", &toml, &ignored) == 0;
}

static bool is_below(const struct toml_item *item, const char *const *path)
{
  size_t depth = 0;
  for (; path[depth] != NULL; depth++)
    if (depth >= item->depth || !text_equal(item->path[depth], path[depth]))
      return false;
  return true;
}

static void expect_gone(const char *text, const char *const *path)
{
  struct error err;
  cleanup_toml struct toml toml = {.count = 0};
  must(toml_parse(text, strlen(text), "", &toml, &err) == 0);
  for (size_t i = 0; i < toml.count; i++)
    must(!is_below(&toml.items[i], path));
}

static void edit_key(const char *text, const char *const *path)
{
  struct error err;
  cleanup_free char *set = NULL;
  cleanup_free char *removed = NULL;
  if (toml_edit_set(text, "fuzz", path, "\"value\"", &set, &err) == 0) {
    cleanup_free char *raw = toml_edit_raw(set, path);
    must(raw != NULL && text_equal(raw, "\"value\""));
    cleanup_free char *string = toml_edit_string(set, path);
    must(string != NULL && text_equal(string, "value"));
  }
  if (toml_edit_remove(text, "fuzz", path, &removed, &err) == 0)
    expect_gone(removed, path);
}

/* A header that can be opened makes TOML with the key below it. */
static void open_table(const char *text, const char *const *path, const char *header)
{
  struct error err;
  if (toml_edit_can_open(text, "fuzz", path, &err) < 0)
    return;
  cleanup_free char *opened = xasprintf("%s\n%s\nkey = 1\n", text, header);
  must(is_toml(opened));
}

static void edit_list(const char *text, const char *const *path)
{
  struct error err;
  cleanup_free char *longer = NULL;
  cleanup_free char *shorter = NULL;
  if (toml_edit_list_add(text, "fuzz", path, "element", &longer, &err) < 0)
    return;
  must(is_toml(longer));
  char **list = toml_edit_list(longer, path);
  must(list != NULL && text_listed("element", (const char *const *)list));
  toml_edit_list_free(list);
  cleanup_free char *twice = NULL;
  must(toml_edit_list_add(longer, "fuzz", path, "element", &twice, &err) == 0);
  must(text_equal(twice, longer));
  must(toml_edit_list_remove(longer, "fuzz", path, "element", &shorter, &err) == 0);
  must(strstr(text, "element") != NULL || text_equal(shorter, text));
}

static bool is_named(const struct toml_item *item, const void *name)
{
  return item->kind == TOML_TABLE || text_equal(item->path[item->depth - 1], name);
}

/* Blocks that somebody has edited since. */
static void edit_old_block(const char *text)
{
  struct error err;
  cleanup_free char *removed = NULL, *opened = NULL;
  int result = toml_block_remove(text, "fuzz", "old", &removed, &err);
  must(toml_block_open(text, "fuzz", "old", &opened, &err) == result);
  toml_block_all(text, "old", is_named, "x");
  if (result == 0)
    must(strlen(removed) <= strlen(opened) && strlen(opened) <= strlen(text));
}

static void edit_block(const char *text)
{
  struct error err;
  cleanup_free char *with = toml_block_append(text, "fuzz", "[fuzz-1.fuzz-2]\nx = 1\n");
  cleanup_free char *without = NULL, *opened = NULL;
  if (strstr(text, "fuzz") != NULL || !is_toml(with))
    return;
  must(toml_block_is_last(with, "fuzz"));
  must(!toml_block_all(with, "fuzz", is_named, "no name") &&
       toml_block_all(with, "fuzz", is_named, "x"));
  must(toml_block_open(with, "fuzz", "fuzz", &opened, &err) == 0 && is_toml(opened));
  must(strstr(opened, "fuzz: made by") == NULL && strstr(opened, "[fuzz-1.fuzz-2]") != NULL);
  must(toml_block_remove(with, "fuzz", "fuzz", &without, &err) == 0);
  must(strncmp(without, text, strlen(text)) == 0 && strlen(without) <= strlen(text) + 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  static const char *const paths[][4] = {{"a"}, {"a", "b"}, {"a", "b", "c"}};
  static const char *const headers[] = {"[a]", "[a.b]", "[a.b.c]"};
  cleanup_free char *text = fuzz_text(bytes, length);
  if (strlen(text) != length || !is_toml(text))
    return 0;
  for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
    edit_key(text, paths[i]);
    edit_list(text, paths[i]);
    open_table(text, paths[i], headers[i]);
  }
  edit_block(text);
  edit_old_block(text);
  return 0;
}
