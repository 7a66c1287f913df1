/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include "common/listing.h"
#include "common/trust.h"
#include "config/profile.h"
#include "config/schema.h"

#ifndef SYSCONFDIR
#  define SYSCONFDIR "/etc"
#endif

#define PATH_VARIABLE "CONTAINER_HOOKS_CONFIG"

/* --- where it is -------------------------------------------------------------------------- */

static const char *variable(const char *name)
{
  const char *value = secure_getenv(name);
  return value != NULL && value[0] != '\0' ? value : NULL;
}

char *config_user_path(void)
{
  const char *folder = variable("XDG_CONFIG_HOME"), *below = "";
  if (folder == NULL || folder[0] != '/') {
    folder = variable("HOME");
    below = "/.config";
  }
  if (folder == NULL || folder[0] != '/' || !trust_rootless())
    return NULL;
  return xasprintf("%s%s/container-hooks/config.cfg", folder, below);
}

char *config_path(void)
{
  const char *named = variable(PATH_VARIABLE);
  if (named != NULL)
    return xstrdup(named);
  cleanup_free char *path = config_user_path();
  bool there = path != NULL && access(path, F_OK) == 0;
  return there ? steal_pointer(&path) : xstrdup(SYSCONFDIR "/container-hooks/config.cfg");
}

char *config_beside(const char *config_path, const char *name)
{
  const char *slash = strrchr(config_path, '/');
  int folder = slash != NULL ? (int)(slash + 1 - config_path) : 0;
  return xasprintf("%.*s%s", folder, config_path, name);
}

/* --- defaults ----------------------------------------------------------------------------- */

void config_defaults(struct config *config, const struct config_source *source)
{
  *config = (struct config){
      .log_file = "/var/log/container-hooks/runtime.log",
      .log_level = LOG_INFO,
      .runtimes = {"runc", "docker-runc", "crun"},
      .plugin_timeout = CONFIG_TIMEOUT_DEFAULT,
      .plugin_dir = source->plugin_dir,
      .ctk_path = "/usr/bin/container-hooks-ctk",
  };
}

/* What the Go original does without a config: add the hooks of hooks.json. */
static void default_plugins(struct config *config)
{
  config->plugins[config->plugin_count++] = (struct config_plugin){
      .name = "file-hooks",
      .enabled = true,
      .required = true,
      .file = "(default)",
  };
}

/* --- the files ---------------------------------------------------------------------------- */

/* Returns 1 when there is no such file. */
static int read_layer(struct config *config, const char *path, enum schema_layer layer,
                      struct error *err)
{
  cleanup_free char *text = NULL;
  size_t length;
  if (trust_read_file(path, CONFIG_SIZE_MAX, &text, &length, err) < 0)
    return trust_is_missing(path) ? 1 : -1;
  return schema_apply(config, text, length, path, layer, err);
}

static int missing_main(struct config *config, const struct config_source *source,
                        struct error *err)
{
  cleanup_free char *original = config_beside(config->path, "config.toml");
  if (access(original, F_OK) == 0)
    return error_set(err, "%s is there but %s is not: run `container-hooks-ctk config --from %s`",
                     original, config->path, original);
  if (source->path == NULL && variable(PATH_VARIABLE) != NULL)
    return error_set(err, "%s, which " PATH_VARIABLE " names, is missing", config->path);
  default_plugins(config);
  return 0;
}

static int read_main(struct config *config, const struct config_source *source, struct error *err)
{
  if (source->text != NULL)
    return schema_apply(config, source->text, strlen(source->text), config->path, SCHEMA_MAIN, err);
  if (config->path[0] != '/')
    return error_set(err, "%s%s: the config's path must be absolute",
                     source->path == NULL ? PATH_VARIABLE "=" : "", config->path);
  int result = read_layer(config, config->path, SCHEMA_MAIN, err);
  return result == 1 ? missing_main(config, source, err) : result;
}

static int read_profile(struct config *config, const char *profile, struct error *err)
{
  if (!schema_name_valid(profile))
    return error_set(err, "'%.100s' is not a profile's name", profile);
  cleanup_free char *path = profile_path(config->path, profile);
  int result = read_layer(config, path, SCHEMA_PROFILE, err);
  if (result == 1)
    return error_set(err, "%s is missing: container-hooks-runtime-%s needs it", path, profile);
  return result;
}

static int read_conf_d(struct config *config, struct error *err)
{
  cleanup_free char *folder = config_beside(config->path, "conf.d");
  cleanup_listing struct listing files;
  if (listing_read(&files, folder, ".cfg", CONFIG_FILES_MAX, err) < 0)
    return trust_is_missing(folder) ? 0 : -1;
  for (size_t i = 0; i < files.count; i++) {
    cleanup_free char *path = xasprintf("%s/%s", folder, files.names[i]);
    if (read_layer(config, path, SCHEMA_CONF_D, err) != 0)
      return -1;
  }
  return 0;
}

/* --- all of it ---------------------------------------------------------------------------- */

static int read_layers(struct config *config, const struct config_source *source, struct error *err)
{
  if (read_main(config, source, err) < 0)
    return -1;
  if (source->profile != NULL && read_profile(config, source->profile, err) < 0)
    return -1;
  if (source->with_conf_d && !config->without_conf_d)
    return read_conf_d(config, err);
  return 0;
}

/* Only now is it known where plugins lie. */
static void fill_plugin_paths(struct config *config)
{
  for (size_t i = 0; i < config->plugin_count; i++) {
    struct config_plugin *plugin = &config->plugins[i];
    if (plugin->path == NULL)
      plugin->path = plugin->default_path = xasprintf("%s/%s.so", config->plugin_dir, plugin->name);
  }
}

int config_load(struct config *config, const struct config_source *source, struct error *err)
{
  config_defaults(config, source);
  config->path = source->path != NULL ? xstrdup(source->path) : config_path();
  if (read_layers(config, source, err) == 0) {
    fill_plugin_paths(config);
    return 0;
  }
  char *path = steal_pointer(&config->path);
  config_free(config);
  config_defaults(config, source);
  config->path = path;
  return -1;
}

void config_free(struct config *config)
{
  for (size_t i = 0; i < config->plugin_count; i++)
    free(config->plugins[i].default_path);
  schema_free_files(config->files);
  free(config->path);
}
