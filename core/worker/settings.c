/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/settings.h"

#include <json-c/linkhash.h>

/* --- as a tree ----------------------------------------------------------------------------- */

static struct json_object *group_to_json(const config_setting_t *group)
{
  struct json_object *object = json_object_new_object();
  for (int i = 0; i < config_setting_length(group); i++) {
    const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
    json_object_object_add(object, config_setting_name(member), settings_to_json(member));
  }
  return object;
}

static struct json_object *list_to_json(const config_setting_t *list)
{
  struct json_object *array = json_object_new_array();
  for (int i = 0; i < config_setting_length(list); i++)
    json_object_array_add(array, settings_to_json(config_setting_get_elem(list, (unsigned)i)));
  return array;
}

struct json_object *settings_to_json(const config_setting_t *settings)
{
  if (settings == NULL)
    return json_object_new_object();
  switch (config_setting_type(settings)) {
  case CONFIG_TYPE_GROUP:
    return group_to_json(settings);
  case CONFIG_TYPE_LIST:
  case CONFIG_TYPE_ARRAY:
    return list_to_json(settings);
  case CONFIG_TYPE_INT:
  case CONFIG_TYPE_INT64:
    return json_object_new_int64(config_setting_get_int64(settings));
  case CONFIG_TYPE_FLOAT:
    return json_object_new_double(config_setting_get_float(settings));
  case CONFIG_TYPE_BOOL:
    return json_object_new_boolean(config_setting_get_bool(settings));
  default:
    return json_object_new_string(config_setting_get_string(settings));
  }
}

/* --- one by one ---------------------------------------------------------------------------- */

static const config_setting_t *find(const struct config_plugin *entry, const char *key)
{
  return entry->settings != NULL ? config_setting_get_member(entry->settings, key) : NULL;
}

static int wrong(const struct config_plugin *entry, const config_setting_t *setting,
                 const char *wanted, struct error *err)
{
  return error_set(err, "%s:%u: setting '%s' must be %s", entry->file,
                   config_setting_source_line(setting), config_setting_name(setting), wanted);
}

int settings_known(const struct config_plugin *entry, const char *const *keys, struct error *err)
{
  int length = entry->settings != NULL ? config_setting_length(entry->settings) : 0;
  for (int i = 0; i < length; i++) {
    const config_setting_t *member = config_setting_get_elem(entry->settings, (unsigned)i);
    if (text_listed(config_setting_name(member), keys))
      continue;
    error_set(err, "%s:%u: unknown setting '%s' (known:", entry->file,
              config_setting_source_line(member), config_setting_name(member));
    for (const char *const *key = keys; *key != NULL; key++)
      error_append(err, "%s %s", key == keys ? "" : ",", *key);
    return error_append(err, ")");
  }
  return 0;
}

int settings_text(const struct config_plugin *entry, const char *key, const char **value,
                  struct error *err)
{
  const config_setting_t *setting = find(entry, key);
  if (setting == NULL)
    return 0;
  if (config_setting_type(setting) != CONFIG_TYPE_STRING)
    return wrong(entry, setting, "a text in quotes", err);
  *value = config_setting_get_string(setting);
  return 0;
}

int settings_number(const struct config_plugin *entry, const char *key, int64_t min, int64_t max,
                    int64_t *value, struct error *err)
{
  const config_setting_t *setting = find(entry, key);
  if (setting == NULL)
    return 0;
  int type = config_setting_type(setting);
  int64_t number = config_setting_get_int64(setting);
  if ((type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) || number < min || number > max) {
    cleanup_free char *wanted =
        xasprintf("a whole number from %lld to %lld", (long long)min, (long long)max);
    return wrong(entry, setting, wanted, err);
  }
  *value = number;
  return 0;
}

int settings_boolean(const struct config_plugin *entry, const char *key, bool *value,
                     struct error *err)
{
  const config_setting_t *setting = find(entry, key);
  if (setting == NULL)
    return 0;
  if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
    return wrong(entry, setting, "true or false", err);
  *value = config_setting_get_bool(setting) != 0;
  return 0;
}

int settings_list(const struct config_plugin *entry, const char *key, const char ***values,
                  struct error *err)
{
  const config_setting_t *setting = find(entry, key);
  if (setting == NULL)
    return 0;
  if (!config_setting_is_list(setting) && !config_setting_is_array(setting))
    return wrong(entry, setting, "a list of texts: [ \"a\", \"b\" ]", err);

  int length = config_setting_length(setting);
  cleanup_free const char **texts = xcalloc((size_t)length + 1, sizeof(*texts));
  for (int i = 0; i < length; i++) {
    texts[i] = config_setting_get_string_elem(setting, i);
    if (texts[i] == NULL)
      return wrong(entry, setting, "a list of texts: [ \"a\", \"b\" ]", err);
  }
  *values = steal_pointer(&texts);
  return 0;
}

/* --- conditions ---------------------------------------------------------------------------- */

/* No condition, nor a group or list with one. */
static bool is_empty(struct json_object *group)
{
  json_object_object_foreach (group, key, member) {
    (void)key;
    bool empty =
        json_object_is_type(member, json_type_object)
            ? json_object_object_length(member) == 0
            : json_object_is_type(member, json_type_array) && json_object_array_length(member) == 0;
    if (!empty)
      return false;
  }
  return true;
}

int settings_when(const struct config_plugin *entry, struct when **when, struct error *err)
{
  *when = NULL;
  if (entry->when == NULL)
    return 0;
  cleanup_free char *name =
      xasprintf("%s:%u: when", entry->file, config_setting_source_line(entry->when));
  cleanup_json struct json_object *tree = settings_to_json(entry->when);
  if (is_empty(tree))
    return error_set(err,
                     "%s of plugin '%s' has no condition; leave it out to match every container",
                     name, entry->name);
  const struct document document = {.name = name, .tree = tree};
  const struct value root = document_root(&document);
  cleanup_when struct when *read = when_new(WHEN_ALL);
  if (when_add_object(read, &root, WHEN_OURS, err) < 0)
    return -1;
  *when = steal_pointer(&read);
  return 0;
}
