/* SPDX-License-Identifier: Apache-2.0 */
#include "config/schema.h"

#include "config/syntax.h"

struct config_file {
  config_t parsed;
  char *name;
  struct config_file *next;
};

/* What is being read. */
struct reader {
  struct config *config;
  const char *file;
  enum schema_layer layer;
};

/* A key of a group. `take` checks a value and stores it at `offset` in what the group is read into:
   the config, or an entry of its plugins. */
struct key {
  const char *name;
  int (*take)(const struct reader *reader, const config_setting_t *value, void *place,
              struct error *err);
  size_t offset;
};

/* --- messages ----------------------------------------------------------------------------- */

static PRINTF_LIKE(4, 5) int fail_at(const struct reader *reader, const config_setting_t *setting,
                                     struct error *err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  error_vset(err, format, args);
  va_end(args);
  return error_wrap(err, "%s:%u", reader->file, config_setting_source_line(setting));
}

static const char *type_name(const config_setting_t *setting)
{
  switch (config_setting_type(setting)) {
  case CONFIG_TYPE_GROUP:
    return "a group { }";
  case CONFIG_TYPE_LIST:
    return "a list ( )";
  case CONFIG_TYPE_ARRAY:
    return "an array [ ]";
  case CONFIG_TYPE_STRING:
    return "a text";
  case CONFIG_TYPE_BOOL:
    return "a boolean";
  default:
    return "a number";
  }
}

/* The elements of a list have no names. */
static const char *name_of(const config_setting_t *setting)
{
  const char *name = config_setting_name(setting);
  return name != NULL ? name : config_setting_name(config_setting_parent(setting));
}

static int fail_type(const struct reader *reader, const config_setting_t *setting,
                     const char *wanted, struct error *err)
{
  const char *entry = config_setting_name(setting) == NULL ? "an entry of " : "";
  return fail_at(reader, setting, err, "%s%s must be %s, not %s", entry, name_of(setting), wanted,
                 type_name(setting));
}

static int fail_unknown(const struct reader *reader, const config_setting_t *setting,
                        const struct key *keys, struct error *err)
{
  fail_at(reader, setting, err, "unknown key '%.60s' (known: ", config_setting_name(setting));
  for (const struct key *key = keys; key->name != NULL; key++)
    error_append(err, "%s%s", key == keys ? "" : ", ", key->name);
  return error_append(err, ")");
}

/* --- values ------------------------------------------------------------------------------- */

/* Borrowed from the value; NULL after an error. */
static const char *text_of(const struct reader *reader, const config_setting_t *value,
                           struct error *err)
{
  if (config_setting_type(value) == CONFIG_TYPE_STRING)
    return config_setting_get_string(value);
  fail_type(reader, value, "a text in quotes", err);
  return NULL;
}

static int take_path(const struct reader *reader, const config_setting_t *value, void *place,
                     struct error *err)
{
  const char *text = text_of(reader, value, err);
  if (text == NULL)
    return -1;
  if (text[0] != '/')
    return fail_at(reader, value, err, "%s must be an absolute path, not '%.100s'", name_of(value),
                   text);
  *(const char **)place = text;
  return 0;
}

static int take_path_or_none(const struct reader *reader, const config_setting_t *value,
                             void *place, struct error *err)
{
  const char *text = text_of(reader, value, err);
  if (text == NULL)
    return -1;
  if (text[0] != '\0')
    return take_path(reader, value, place, err);
  *(const char **)place = text;
  return 0;
}

static int take_level(const struct reader *reader, const config_setting_t *value, void *place,
                      struct error *err)
{
  const char *text = text_of(reader, value, err);
  if (text == NULL)
    return -1;
  int level = log_level_parse(text);
  if (level < 0)
    return fail_at(reader, value, err, "%s must be error, warn, info or debug, not '%.100s'",
                   name_of(value), text);
  *(enum log_level *)place = (enum log_level)level;
  return 0;
}

static int take_seconds(const struct reader *reader, const config_setting_t *value, void *place,
                        struct error *err)
{
  int type = config_setting_type(value);
  if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
    return fail_type(reader, value, "a whole number of seconds", err);
  long long seconds = config_setting_get_int64(value);
  if (seconds < 1 || seconds > CONFIG_TIMEOUT_MAX)
    return fail_at(reader, value, err, "%s must be 1 to %d seconds, not %lld", name_of(value),
                   CONFIG_TIMEOUT_MAX, seconds);
  *(int *)place = (int)seconds;
  return 0;
}

static int take_boolean(const struct reader *reader, const config_setting_t *value, void *place,
                        struct error *err)
{
  if (config_setting_type(value) != CONFIG_TYPE_BOOL)
    return fail_type(reader, value, "true or false", err);
  *(bool *)place = config_setting_get_bool(value) != 0;
  return 0;
}

static int take_runtime(const struct reader *reader, const config_setting_t *value,
                        const char **runtime, struct error *err)
{
  const char *text = text_of(reader, value, err);
  if (text == NULL)
    return -1;
  if (text[0] == '\0' || (text[0] != '/' && strchr(text, '/') != NULL))
    return fail_at(reader, value, err, "%s must be bare names or absolute paths, not '%.100s'",
                   name_of(value), text);
  *runtime = text;
  return 0;
}

static int take_runtimes(const struct reader *reader, const config_setting_t *value, void *place,
                         struct error *err)
{
  const char **runtimes = place;
  if (!config_setting_is_list(value) && !config_setting_is_array(value))
    return fail_type(reader, value, "an array of texts", err);
  int count = config_setting_length(value);
  if (count < 1 || count > CONFIG_RUNTIMES_MAX)
    return fail_at(reader, value, err, "%s must be 1 to %d texts, not %d", name_of(value),
                   CONFIG_RUNTIMES_MAX, count);
  for (int i = 0; i < count; i++)
    if (take_runtime(reader, config_setting_get_elem(value, (unsigned)i), &runtimes[i], err) < 0)
      return -1;
  runtimes[count] = NULL;
  return 0;
}

static int take_name(const struct reader *reader, const config_setting_t *value, void *place,
                     struct error *err)
{
  const char *text = text_of(reader, value, err);
  if (text == NULL)
    return -1;
  if (!schema_name_valid(text))
    return fail_at(
        reader, value, err,
        "a plugin's name is 1 to %d letters, digits, '.', '_' and '-' and does not begin "
        "with '.', not '%.100s'",
        SCHEMA_NAME_MAX, text);
  *(const char **)place = text;
  return 0;
}

/* What is in it is read by the worker: the settings are the plugin's, the conditions the chain's.
 */
static int take_group(const struct reader *reader, const config_setting_t *value, void *place,
                      struct error *err)
{
  if (!config_setting_is_group(value))
    return fail_type(reader, value, "a group { }", err);
  *(const config_setting_t **)place = value;
  return 0;
}

/* --- groups ------------------------------------------------------------------------------- */

static const struct key *find_key(const struct key *keys, const char *name)
{
  while (keys->name != NULL && !text_equal(keys->name, name))
    keys++;
  return keys->name != NULL ? keys : NULL;
}

static int read_group(const struct reader *reader, const config_setting_t *group,
                      const struct key *keys, void *into, struct error *err)
{
  if (!config_setting_is_group(group))
    return fail_type(reader, group, "a group { }", err);
  int count = config_setting_length(group);
  for (int i = 0; i < count; i++) {
    const config_setting_t *value = config_setting_get_elem(group, (unsigned)i);
    const struct key *key = find_key(keys, config_setting_name(value));
    if (key == NULL)
      return fail_unknown(reader, value, keys, err);
    if (key->take(reader, value, (char *)into + key->offset, err) < 0)
      return -1;
  }
  return 0;
}

static const struct key plugin_keys[] = {
    {"name", take_name, offsetof(struct config_plugin, name)},
    {"path", take_path, offsetof(struct config_plugin, path)},
    {"enabled", take_boolean, offsetof(struct config_plugin, enabled)},
    {"required", take_boolean, offsetof(struct config_plugin, required)},
    {"settings", take_group, offsetof(struct config_plugin, settings)},
    {"when", take_group, offsetof(struct config_plugin, when)},
    {NULL, NULL, 0},
};

static int read_plugin(const struct reader *reader, const config_setting_t *value,
                       struct error *err)
{
  struct config *config = reader->config;
  if (config->plugin_count == CONFIG_PLUGINS_MAX)
    return fail_at(reader, value, err, "more than %d plugins", CONFIG_PLUGINS_MAX);
  struct config_plugin plugin = {
      .enabled = true,
      .required = true,
      .file = reader->file,
      .line = config_setting_source_line(value),
  };
  if (read_group(reader, value, plugin_keys, &plugin, err) < 0)
    return -1;
  if (plugin.name == NULL)
    return fail_at(reader, value, err, "a plugin without a name");
  config->plugins[config->plugin_count++] = plugin;
  return 0;
}

static int take_plugins(const struct reader *reader, const config_setting_t *value, void *place,
                        struct error *err)
{
  (void)place;
  if (!config_setting_is_list(value))
    return fail_type(reader, value, "a list ( { name = \"…\"; }, … )", err);
  if (reader->layer != SCHEMA_CONF_D)
    reader->config->plugin_count = 0;
  if (reader->layer == SCHEMA_PROFILE)
    reader->config->without_conf_d = true;
  int count = config_setting_length(value);
  for (int i = 0; i < count; i++)
    if (read_plugin(reader, config_setting_get_elem(value, (unsigned)i), err) < 0)
      return -1;
  return 0;
}

static const struct key runtime_keys[] = {
    {"debug", take_path_or_none, offsetof(struct config, log_file)},
    {"log-level", take_level, offsetof(struct config, log_level)},
    {"runtimes", take_runtimes, offsetof(struct config, runtimes)},
    {"plugin-timeout", take_seconds, offsetof(struct config, plugin_timeout)},
    {NULL, NULL, 0},
};

static int take_runtime_group(const struct reader *reader, const config_setting_t *value,
                              void *place, struct error *err)
{
  return read_group(reader, value, runtime_keys, place, err);
}

static const struct key ctk_keys[] = {
    {"path", take_path, offsetof(struct config, ctk_path)},
    {NULL, NULL, 0},
};

static int take_ctk_group(const struct reader *reader, const config_setting_t *value, void *place,
                          struct error *err)
{
  return read_group(reader, value, ctk_keys, place, err);
}

static const struct key main_keys[] = {
    {"container-hooks-runtime", take_runtime_group, 0},
    {"container-hooks-ctk", take_ctk_group, 0},
    {"plugin-dir", take_path, offsetof(struct config, plugin_dir)},
    {"plugins", take_plugins, 0},
    {NULL, NULL, 0},
};

static const struct key conf_d_keys[] = {
    {"plugins", take_plugins, 0},
    {NULL, NULL, 0},
};

/* --- files -------------------------------------------------------------------------------- */

bool schema_name_valid(const char *name)
{
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  size_t length = strlen(name);
  return length > 0 && length <= SCHEMA_NAME_MAX && name[0] != '.' &&
         strspn(name, allowed) == length;
}

/* libconfig 1.5 takes a comment that the file ends with for an error if there is no line end. */
static int parse(config_t *parsed, const char *text, size_t length, const char *name,
                 struct error *err)
{
  if (syntax_check(text, length, name, err) < 0)
    return -1;
  cleanup_free char *ended = xcalloc(length + 2, 1);
  memcpy(ended, text, length);
  ended[length] = '\n';
  if (config_read_string(parsed, ended) != CONFIG_TRUE)
    return error_set(err, "%s:%d: %s", name, config_error_line(parsed), config_error_text(parsed));
  return 0;
}

int schema_apply(struct config *config, const char *text, size_t length, const char *name,
                 enum schema_layer layer, struct error *err)
{
  struct config_file *file = xcalloc(1, sizeof(*file));
  file->name = xstrdup(name);
  file->next = config->files;
  config->files = file;
  config_init(&file->parsed);
  if (parse(&file->parsed, text, length, name, err) < 0)
    return -1;

  const struct reader reader = {.config = config, .file = file->name, .layer = layer};
  const struct key *keys = layer == SCHEMA_CONF_D ? conf_d_keys : main_keys;
  return read_group(&reader, config_root_setting(&file->parsed), keys, config, err);
}

void schema_free_files(struct config_file *files)
{
  while (files != NULL) {
    struct config_file *next = files->next;
    config_destroy(&files->parsed);
    free(files->name);
    free(files);
    files = next;
  }
}
