/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as TOML: items or an error, never a crash; each item's bytes lie in the text, in order,
 * and a statement that is cut out is TOML by itself.
 *
 * Covers: core/ctk/text/toml.c core/ctk/text/toml_reader.c core/ctk/text/toml_scalar.c
 */
#include "fuzz.h"

#include "ctk/text/toml.h"

static void check_statement(const struct toml *toml, const struct toml_item *item)
{
  struct error err;
  cleanup_toml struct toml alone;
  must(toml_parse(toml->text + item->start, item->end - item->start, "f", &alone, &err) == 0);
  must(alone.count > 0 && alone.items[0].kind == item->kind);
}

static void check_item(const struct toml *toml, const struct toml_item *item)
{
  must(item->start <= item->value_start && item->value_start < item->value_end);
  must(item->value_end == item->end && item->end <= toml->length);
  must(item->depth <= TOML_DEPTH_MAX && item->path[item->depth] == NULL);
  if (toml->length < 1000)
    check_statement(toml, item);

  cleanup_free char *string = toml_string(toml, item);
  must((string != NULL) == (item->kind == TOML_STRING));
  char **strings = toml_strings(toml, item);
  for (size_t i = 0; strings != NULL && strings[i] != NULL; i++)
    free(strings[i]);
  free(strings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct error err = {.text = ""};
  cleanup_toml struct toml toml;
  if (toml_parse((const char *)data, size, "f", &toml, &err) < 0) {
    must(text_starts(err.text, "f:"));
    return 0;
  }
  for (size_t i = 0; i < toml.count; i++) {
    check_item(&toml, &toml.items[i]);
    must(i == 0 || toml.items[i].start > toml.items[i - 1].start);
  }
  return 0;
}
