/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/config_original.h"

#include "ctk/change.h"
#include "ctk/config_key.h"
#include "ctk/text/toml.h"

#define LOG_LEVEL "container-hooks-runtime.log-level"

/* The keys that both have. */
static const char *const known[] = {
    "container-hooks.path",
    "container-hooks-ctk.path",
    "container-hooks-runtime.debug",
    LOG_LEVEL,
    "container-hooks-runtime.runtimes",
    NULL,
};

/* The original's logger has more levels than we. */
static const struct {
  const char *theirs, *ours;
} levels[] = {{"panic", "error"}, {"fatal", "error"}, {"warning", "warn"}, {"trace", "debug"}};

/* Owned by the caller. */
static char *joined(char *const *texts, const char *between)
{
  char *all;
  size_t length;
  FILE *out = xmemstream(&all, &length);
  for (size_t i = 0; texts[i] != NULL; i++)
    fprintf(out, "%s%s", i > 0 ? between : "", texts[i]);
  xmemstream_close(out);
  return all;
}

static void free_texts(char **texts)
{
  for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
    free(texts[i]);
  free(texts);
}

/* A text, or texts as a,b; NULL for anything else. */
static char *value_of(const struct toml *toml, const struct toml_item *item)
{
  if (item->kind == TOML_STRING)
    return toml_string(toml, item);
  char **texts = toml_strings(toml, item);
  char *value = texts != NULL ? joined(texts, ",") : NULL;
  free_texts(texts);
  return value;
}

static const char *our_level(const char *level)
{
  for (size_t i = 0; i < ARRAY_LENGTH(levels); i++)
    if (text_equal(level, levels[i].theirs))
      return levels[i].ours;
  return level;
}

static int set(const char *typed, const char *value, struct config_file_text *file,
               struct error *err)
{
  cleanup_config_key struct config_key key;
  if (text_equal(typed, LOG_LEVEL))
    value = our_level(value);
  return config_key_find(typed, &key, err) < 0 ? -1 : config_key_set(&key, value, file, err);
}

static int take_over_item(const struct toml *toml, const struct toml_item *item,
                          struct config_file_text *file, struct error *err)
{
  cleanup_free char *key = joined(item->path, ".");
  if (item->kind == TOML_TABLE || item->kind == TOML_INLINE_TABLE)
    return 0;
  if (!text_listed(key, known))
    return error_set(err, "%.200s is no key of the original toolkit: take it out first", key);
  bool is_list = text_equal(key, "container-hooks-runtime.runtimes");
  cleanup_free char *value = value_of(toml, item);
  if (value == NULL || is_list != (item->kind == TOML_ARRAY))
    return error_set(err, "%s must be %s", key, is_list ? "an array of texts" : "a text");
  return set(key, value, file, err);
}

int config_original_take_over(const char *path, struct config_file_text *file, struct error *err)
{
  cleanup_free char *text = NULL;
  if (change_read(path, &text, err) < 0)
    return -1;
  if (text == NULL)
    return error_set(err, "%s does not exist", path);
  cleanup_toml struct toml toml;
  if (toml_parse(text, strlen(text), path, &toml, err) < 0)
    return -1;
  for (size_t i = 0; i < toml.count; i++) {
    int result = take_over_item(&toml, &toml.items[i], file, err);
    if (result == 0 && file->before == NULL) /* else what is wrong may be its own */
      result = config_file_check(file, err);
    if (result < 0)
      return error_wrap(err, "%s:%u", path, toml.items[i].line);
  }
  return 0;
}
