/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/config_file.h"

#include "config/schema.h"

/* etc/config.cfg as `make install` installs it, with the folders of this build. */
#ifndef DEFAULT_CONFIG
#  define DEFAULT_CONFIG "etc/config.cfg"
#endif
#define DEFAULT_SYMBOL "container_hooks_default_config"
extern const char default_config[] __asm__(DEFAULT_SYMBOL) __attribute__((visibility("hidden")));

__asm__(".pushsection .rodata\n"
        ".hidden " DEFAULT_SYMBOL "\n" DEFAULT_SYMBOL ":\n"
        ".incbin \"" DEFAULT_CONFIG "\"\n"
        ".byte 0\n"
        ".popsection\n");

const char *config_file_default(void)
{
  return default_config;
}

int config_file_read(const char *named, struct config_file_text *file, struct error *err)
{
  *file = (struct config_file_text){.path = named != NULL ? xstrdup(named) : config_path()};
  if (change_read(file->path, &file->before, err) < 0)
    return -1;
  file->text = xstrdup(file->before != NULL ? file->before : default_config);
  return 0;
}

void config_file_edit(struct config_file_text *file, char *edited)
{
  free(file->text);
  file->text = edited;
}

static enum schema_layer layer_of(const char *path)
{
  static const char folder[] = "conf.d/";
  const char *slash = strrchr(path, '/');
  size_t before = slash != NULL ? (size_t)(slash + 1 - path) : 0, length = strlen(folder);
  bool is_part = before >= length && strncmp(path + before - length, folder, length) == 0 &&
                 (before == length || path[before - length - 1] == '/');
  return is_part ? SCHEMA_CONF_D : SCHEMA_MAIN;
}

int config_file_check(const struct config_file_text *file, struct error *err)
{
  cleanup_config struct config config;
  config_defaults(&config, &(const struct config_source){.plugin_dir = "/"});
  size_t length = strlen(file->text);
  if (length > CONFIG_SIZE_MAX)
    return error_set(err, "%s is larger than %lu bytes", file->path, CONFIG_SIZE_MAX);
  return schema_apply(&config, file->text, length, file->path, layer_of(file->path), err);
}

int config_file_add(const struct config_file_text *file, struct changes *changes, struct error *err)
{
  if (config_file_check(file, err) < 0)
    return -1;
  changes_append(changes, (struct change){
                              .path = xstrdup(file->path),
                              .before = change_copy(file->before),
                              .after = xstrdup(file->text),
                          });
  return 0;
}

int config_file_write(const struct config_file_text *file, struct error *err)
{
  cleanup_changes struct changes changes = {.count = 0};
  return config_file_add(file, &changes, err) < 0 ? -1 : changes_make(&changes, err);
}

void config_file_free(struct config_file_text *file)
{
  free(file->path);
  free(file->before);
  free(file->text);
}
