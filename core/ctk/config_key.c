/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/config_key.h"

#include "common/json.h"
#include "ctk/config_edit.h"
#include "ctk/setting.h"
#include "ctk/text/distance.h"
#include "front/place.h"
#include "worker/settings.h"

#include <libconfig.h>

#define FILE_HOOKS "file-hooks"
#define PLUGINS "plugins."

/* --- keys ---------------------------------------------------------------------------------- */

/* `key` is NULL where it is the name itself. */
static const struct {
  const char *name;
  enum config_key_kind kind;
  const char *plugin, *key;
} keys[] = {
    {"container-hooks.path", KEY_PATH, FILE_HOOKS, "settings.path"},
    {"container-hooks-ctk.path", KEY_PATH, NULL, NULL},
    {"container-hooks-runtime.debug", KEY_TEXT, NULL, NULL},
    {"container-hooks-runtime.log-level", KEY_TEXT, NULL, NULL},
    {"container-hooks-runtime.runtimes", KEY_LIST, NULL, NULL},
    {"container-hooks-runtime.plugin-timeout", KEY_NUMBER, NULL, NULL},
    {"plugin-dir", KEY_PATH, NULL, NULL},
};

/* Of an entry. */
static const struct {
  const char *name;
  enum config_key_kind kind;
} entry_keys[] = {
    {"enabled", KEY_BOOLEAN},
    {"required", KEY_BOOLEAN},
    {"path", KEY_PATH},
};

static const char *last_part(const char *key)
{
  const char *dot = strrchr(key, '.');
  return dot != NULL ? dot + 1 : key;
}

/* The key that may have been meant, with or without its group; NULL if none is near, or several
   are. */
static const char *nearest_key(const char *typed)
{
  const char *found = NULL;
  size_t least = DISTANCE_NEAR + 1;
  for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
    size_t distance = text_distance(last_part(typed), last_part(keys[i].name));
    if (distance == least)
      found = NULL;
    if (distance >= least)
      continue;
    least = distance;
    found = keys[i].name;
  }
  return found;
}

static int unknown_key(const char *typed, struct error *err)
{
  error_set(err, "unknown key %.100s (known:", typed);
  for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
    error_append(err, " %s", keys[i].name);
  error_append(err, "; of a plugin:");
  for (size_t i = 0; i < ARRAY_LENGTH(entry_keys); i++)
    error_append(err, " " PLUGINS "NAME.%s", entry_keys[i].name);
  error_append(err, " " PLUGINS "NAME.settings.KEY)");
  const char *meant = nearest_key(typed);
  return meant != NULL ? error_append(err, ": did you mean %s?", meant) : -1;
}

/* plugins.NAME.KEY; a NAME can have dots, too. */
static bool find_entry_key(const char *typed, struct config_key *key)
{
  const char *name = typed + strlen(PLUGINS), *dot = strstr(name, ".settings.");
  bool setting = dot != NULL;
  if (dot == NULL)
    dot = strrchr(name, '.');
  if (dot == NULL || dot == name)
    return false;
  *key = (struct config_key){.typed = typed, .kind = KEY_SETTING, .key = dot + 1};
  const char *own = setting ? dot + strlen(".settings.") : NULL;
  bool known = setting && setting_name_valid(own, strlen(own));
  for (size_t i = 0; i < ARRAY_LENGTH(entry_keys) && !setting; i++)
    if (text_equal(key->key, entry_keys[i].name)) {
      key->kind = entry_keys[i].kind;
      known = true;
    }
  if (known)
    key->plugin = xstrndup(name, (size_t)(dot - name));
  return known;
}

int config_key_find(const char *typed, struct config_key *key, struct error *err)
{
  *key = (struct config_key){.typed = typed};
  for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
    if (text_equal(typed, keys[i].name)) {
      key->kind = keys[i].kind;
      key->key = keys[i].key != NULL ? keys[i].key : typed;
      key->plugin = keys[i].plugin != NULL ? xstrdup(keys[i].plugin) : NULL;
      return 0;
    }
  if (text_starts(typed, PLUGINS) && find_entry_key(typed, key))
    return 0;
  return unknown_key(typed, err);
}

void config_key_free(struct config_key *key)
{
  free(key->plugin);
}

/* --- values -------------------------------------------------------------------------------- */

static int wrong_value(const struct config_key *key, const char *wanted, const char *value,
                       struct error *err)
{
  return error_set(err, "%s must be %s, not '%.100s'", key->typed, wanted, value);
}

static char *list_value(const char *list)
{
  char *value;
  size_t length;
  const char *before = " ";
  FILE *out = xmemstream(&value, &length);
  putc('[', out);
  while (*list != '\0') {
    list += strspn(list, " ,");
    size_t size = strcspn(list, ",");
    const char *next = list + size;
    while (size > 0 && list[size - 1] == ' ')
      size--;
    if (size > 0) {
      cleanup_free char *element = xstrndup(list, size);
      cleanup_free char *quoted = setting_quote(element);
      fprintf(out, "%s%s", before, quoted);
      before = ", ";
    }
    list = next;
  }
  fputs(" ]", out);
  xmemstream_close(out);
  return value;
}

static int number_value(const struct config_key *key, const char *typed, char **value,
                        struct error *err)
{
  char *end;
  errno = 0;
  long number = strtol(typed, &end, 10);
  if (end == typed || *end != '\0' || errno != 0 || number < INT32_MIN || number > INT32_MAX)
    return wrong_value(key, "a whole number", typed, err);
  *value = xasprintf("%ld", number);
  return 0;
}

static int setting_value(const struct config_key *key, const char *typed, char **value,
                         struct error *err)
{
  cleanup_free char *name = NULL;
  cleanup_free char *assignment = xasprintf("%s=%s", strrchr(key->key, '.') + 1, typed);
  return setting_read(assignment, &name, value, err);
}

/* What was typed, in libconfig's words. */
static int value_of(const struct config_key *key, const char *typed, char **value,
                    struct error *err)
{
  switch (key->kind) {
  case KEY_PATH:
    if (typed[0] != '/')
      return wrong_value(key, "an absolute path", typed, err);
    *value = setting_quote(typed);
    return 0;
  case KEY_TEXT:
    *value = setting_quote(typed);
    return 0;
  case KEY_LIST:
    *value = list_value(typed);
    return 0;
  case KEY_NUMBER:
    return number_value(key, typed, value, err);
  case KEY_BOOLEAN:
    if (!text_equal(typed, "true") && !text_equal(typed, "false"))
      return wrong_value(key, "true or false", typed, err);
    *value = xstrdup(typed);
    return 0;
  case KEY_SETTING:
    return setting_value(key, typed, value, err);
  }
  abort(); /* there is no other kind */
}

/* --- setting ------------------------------------------------------------------------------- */

static int add_file_hooks(struct config_file_text *file, struct error *err)
{
  char *edited;
  const struct config_edit_entry entry = {.plugin = FILE_HOOKS, .position = 1};
  if (config_edit_enable(file->text, file->path, &entry, &edited, err) < 0)
    return -1;
  config_file_edit(file, edited);
  return 0;
}

int config_key_set(const struct config_key *key, const char *value, struct config_file_text *file,
                   struct error *err)
{
  cleanup_free char *words = NULL;
  char *edited;
  if (value_of(key, value, &words, err) < 0)
    return -1;
  bool absent = key->plugin != NULL && !config_edit_has_entry(file->text, key->plugin);
  if (absent && !text_starts(key->typed, PLUGINS) && add_file_hooks(file, err) < 0)
    return -1;
  if (config_edit_set(file->text, file->path, key->plugin, key->key, words, &edited, err) < 0)
    return absent ? error_append(err, " (container-hooks-ctk plugin enable finds or makes it)")
                  : -1;
  config_file_edit(file, edited);
  return 0;
}

/* --- getting ------------------------------------------------------------------------------- */

static void cleanup_parsedp(config_t *parsed)
{
  config_destroy(parsed);
}

/* The group that the key counts from; NULL if there is no such entry. */
static config_setting_t *group_of(const config_t *parsed, const struct config_key *key)
{
  config_setting_t *root = config_root_setting(parsed);
  if (key->plugin == NULL)
    return root;
  config_setting_t *plugins = config_setting_get_member(root, "plugins");
  for (int i = 0; plugins != NULL && i < config_setting_length(plugins); i++) {
    config_setting_t *entry = config_setting_get_elem(plugins, (unsigned)i);
    const char *name;
    if (config_setting_lookup_string(entry, "name", &name) && text_equal(name, key->plugin))
      return entry;
  }
  return NULL;
}

/* Is it an array, or a list that could be one? */
static bool is_flat(const config_setting_t *list)
{
  bool flat = config_setting_type(list) != CONFIG_TYPE_GROUP;
  for (int i = 0; flat && i < config_setting_length(list); i++)
    flat = !config_setting_is_aggregate(config_setting_get_elem(list, (unsigned)i));
  return flat;
}

static void put_tree(FILE *out, const config_setting_t *value)
{
  cleanup_json struct json_object *tree = settings_to_json(value);
  fputs(json_object_to_json_string_ext(tree, JSON_C_TO_STRING_NOSLASHESCAPE), out);
}

/* As it would be typed; what cannot be typed as JSON. */
static void put_value(FILE *out, const config_setting_t *value)
{
  switch (config_setting_type(value)) {
  case CONFIG_TYPE_STRING:
    fputs(config_setting_get_string(value), out);
    break;
  case CONFIG_TYPE_BOOL:
    fputs(config_setting_get_bool(value) ? "true" : "false", out);
    break;
  case CONFIG_TYPE_INT:
  case CONFIG_TYPE_INT64:
    fprintf(out, "%lld", config_setting_get_int64(value));
    break;
  case CONFIG_TYPE_FLOAT:
    fprintf(out, "%.17g", config_setting_get_float(value));
    break;
  default:
    if (!is_flat(value)) {
      put_tree(out, value);
      break;
    }
    for (int i = 0; i < config_setting_length(value); i++) {
      fputs(i > 0 ? "," : "", out);
      put_value(out, config_setting_get_elem(value, (unsigned)i));
    }
  }
}

/* Of a text that was checked. Stores whether there is the group that the key is in. NULL if there
   is no value. */
static char *value_in(const char *text, const struct config_key *key, bool *has_group)
{
  __attribute__((cleanup(cleanup_parsedp))) config_t parsed;
  char *value;
  size_t length;
  cleanup_free char *ended = xasprintf("%s\n", text); /* libconfig 1.5 wants it */
  config_init(&parsed);
  *has_group = false;
  if (config_read_string(&parsed, ended) != CONFIG_TRUE)
    return NULL;
  config_setting_t *group = group_of(&parsed, key);
  const config_setting_t *found = group != NULL ? config_setting_lookup(group, key->key) : NULL;
  *has_group = group != NULL;
  if (found == NULL)
    return NULL;
  FILE *out = xmemstream(&value, &length);
  put_value(out, found);
  xmemstream_close(out);
  return value;
}

/* Where plugins lie is the one default that is not in etc/config.cfg. */
static int default_plugin_dir(char **value, struct error *err)
{
  struct place place;
  if (place_find(&place, err) < 0)
    return -1;
  *value = xstrdup(place.plugin_dir);
  return 0;
}

int config_key_get(const struct config_key *key, const struct config_file_text *file, char **value,
                   struct error *err)
{
  bool has_group, has_default;
  if (config_file_check(file, err) < 0)
    return -1;
  *value = value_in(file->text, key, &has_group);
  if (*value == NULL && has_group)
    *value = value_in(config_file_default(), key, &has_default);
  if (*value == NULL && has_group && key->kind == KEY_BOOLEAN)
    *value = xstrdup("true"); /* what an entry is that does not say */
  if (*value != NULL)
    return 0;
  if (key->plugin != NULL)
    return error_set(err, "%s: %s is not set", file->path, key->typed);
  return default_plugin_dir(value, err);
}
