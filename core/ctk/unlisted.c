/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/unlisted.h"

#include "config/schema.h"
#include "ctk/config_edit.h"
#include "ctk/setting.h"

static const char *last_part(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

static bool has_ending(const char *name)
{
  size_t length = strlen(name);
  return length > 3 && text_equal(name + length - 3, ".so");
}

bool unlisted_is_file(const char *word)
{
  return strchr(word, '/') != NULL || has_ending(word);
}

char *unlisted_plugin(const char *path)
{
  const char *file = last_part(path);
  return xstrndup(file, strlen(file) - (has_ending(file) ? 3 : 0));
}

static int put_entry(FILE *out, const char *named, struct error *err)
{
  cleanup_free char *path = realpath(named, NULL);
  if (path == NULL)
    return error_set(err, "cannot find %s: %m", named);
  cleanup_free char *name = unlisted_plugin(path);
  if (!schema_name_valid(name))
    return error_set(err, "%s is not named like a plugin", path);
  cleanup_free char *quoted = setting_quote(path);
  fprintf(out, "{ name = \"%s\"; path = %s; }", name, quoted);
  return 0;
}

int unlisted_config(const char *const *paths, char **text, struct error *err)
{
  size_t length;
  FILE *out = xmemstream(text, &length);
  int result = 0;
  fputs("plugins = (", out);
  for (const char *const *path = paths; *path != NULL && result == 0; path++) {
    fputs(path == paths ? " " : ", ", out);
    result = put_entry(out, *path, err);
  }
  fputs(" );\n", out);
  xmemstream_close(out);
  return result;
}

int unlisted_with_settings(const char *path, const char *const *settings, char **text,
                           struct error *err)
{
  const char *const paths[] = {path, NULL};
  cleanup_free char *config = NULL;
  cleanup_free char *file = realpath(path, NULL);
  if (unlisted_config(paths, &config, err) < 0)
    return -1;
  cleanup_free char *name = unlisted_plugin(file);
  const struct config_edit_entry entry = {.plugin = name, .settings = settings};
  return config_edit_enable(config, UNLISTED_NAME, &entry, text, err);
}
