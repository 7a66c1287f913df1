/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/edit.h"

#include "common/json.h"
#include "spec/tree.h"

/* --- hooks --------------------------------------------------------------------------------- */

static const char *const stage_names[] = {
    [CHT_PRESTART] = "prestart",
    [CHT_CREATE_RUNTIME] = "createRuntime",
    [CHT_CREATE_CONTAINER] = "createContainer",
    [CHT_START_CONTAINER] = "startContainer",
    [CHT_POSTSTART] = "poststart",
    [CHT_POSTSTOP] = "poststop",
};

const char *edit_stage_name(enum cht_stage stage)
{
  return (size_t)stage < ARRAY_LENGTH(stage_names) ? stage_names[stage] : NULL;
}

static struct json_object *hook_to_json(const struct cht_hook *hook)
{
  struct json_object *object = json_object_new_object();
  tree_add_text(object, "path", hook->path);
  tree_add_texts(object, "args", hook->args);
  tree_add_texts(object, "env", hook->env);
  if (hook->timeout > 0)
    json_object_object_add(object, "timeout", json_object_new_int(hook->timeout));
  return object;
}

/* Absent, null, [] and 0 say the same in a hook. */
static struct json_object *hook_member(struct json_object *hook, const char *key)
{
  struct json_object *value = NULL;
  json_object_object_get_ex(hook, key, &value);
  if (json_object_is_type(value, json_type_array) && json_object_array_length(value) == 0)
    return NULL;
  if (json_object_is_type(value, json_type_int) && json_object_get_int64(value) == 0)
    return NULL;
  return value;
}

static bool hooks_equal(struct json_object *a, struct json_object *b)
{
  static const char *const members[] = {"path", "args", "env", "timeout"};
  for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
    if (!json_object_equal(hook_member(a, members[i]), hook_member(b, members[i])))
      return false;
  return true;
}

static struct json_object *find_hook(struct json_object *stage, struct json_object *hook)
{
  for (size_t i = 0; i < json_object_array_length(stage); i++) {
    struct json_object *other = json_object_array_get_idx(stage, i);
    if (json_object_is_type(other, json_type_object) && hooks_equal(other, hook))
      return other;
  }
  return NULL;
}

int edit_add_hook(struct json_object *spec, enum cht_stage stage, const struct cht_hook *hook,
                  bool front, struct json_object **added, struct error *err)
{
  const char *name = edit_stage_name(stage);
  if (name == NULL)
    return error_set(err, "%d is no stage of hooks", (int)stage);
  if (hook->path == NULL || hook->path[0] != '/')
    return error_set(err, "a hook's path must be absolute, not %s",
                     hook->path != NULL ? hook->path : "NULL");
  if (hook->timeout < 0)
    return error_set(err, "a hook's timeout must be above 0, not %d", hook->timeout);

  char pointer[32];
  snprintf(pointer, sizeof(pointer), "/hooks/%s", name);
  struct json_object *hooks = tree_need(spec, "hooks", json_type_object, "/hooks", err);
  if (hooks == NULL)
    return -1;
  struct json_object *list = tree_need(hooks, name, json_type_array, pointer, err);
  if (list == NULL || tree_check_elements(list, json_type_object, pointer, err) < 0)
    return -1;

  cleanup_json struct json_object *wanted = hook_to_json(hook);
  struct json_object *found = find_hook(list, wanted);
  if (found == NULL) {
    found = steal_pointer(&wanted);
    if (front)
      tree_insert(list, 0, found);
    else
      json_object_array_add(list, found);
  }
  if (added != NULL)
    *added = found;
  return 0;
}

bool edit_has_hook(struct json_object *spec, enum cht_stage stage, struct json_object *hook)
{
  struct json_object *hooks = tree_get(spec, "hooks", json_type_object);
  struct json_object *list = tree_get(hooks, edit_stage_name(stage), json_type_array);
  return list != NULL && find_hook(list, hook) != NULL;
}

/* --- environment --------------------------------------------------------------------------- */

/* The value if the entry sets this variable, else NULL. */
static const char *env_value(struct json_object *entry, const char *name)
{
  const char *text = json_object_get_string(entry);
  size_t length = strlen(name);
  bool same = text != NULL && strncmp(text, name, length) == 0 && text[length] == '=';
  return same ? text + length + 1 : NULL;
}

static int check_env_name(const char *name, struct error *err)
{
  if (name[0] == '\0' || strchr(name, '=') != NULL)
    return error_set(err, "'%s' is no name of an environment variable", name);
  return 0;
}

static struct json_object *need_env(struct json_object *spec, struct error *err)
{
  struct json_object *process = NULL;
  if (!json_object_object_get_ex(spec, "process", &process) || process == NULL) {
    error_set(err, "config.json: /process is missing, so there is no environment to edit");
    return NULL;
  }
  if (!json_object_is_type(process, json_type_object)) {
    tree_wrong_type("/process", process, json_type_object, err);
    return NULL;
  }
  struct json_object *env = tree_need(process, "env", json_type_array, "/process/env", err);
  if (env == NULL || tree_check_elements(env, json_type_string, "/process/env", err) < 0)
    return NULL;
  return env;
}

const char *edit_env(struct json_object *spec, const char *name)
{
  struct json_object *process = tree_get(spec, "process", json_type_object);
  struct json_object *env = tree_get(process, "env", json_type_array);
  const char *value = NULL;
  for (size_t i = env != NULL ? json_object_array_length(env) : 0; i > 0 && value == NULL; i--) {
    struct json_object *entry = json_object_array_get_idx(env, i - 1);
    if (json_object_is_type(entry, json_type_string))
      value = env_value(entry, name);
  }
  return value;
}

/* Removes the entries of a variable from index `from` on. */
static void remove_env(struct json_object *env, const char *name, size_t from)
{
  for (size_t i = json_object_array_length(env); i > from; i--)
    if (env_value(json_object_array_get_idx(env, i - 1), name) != NULL)
      json_object_array_del_idx(env, i - 1, 1);
}

/* The first entry of the variable takes the value and the others go: which of two counts is the
   runtime's choice, which is why only one may be left. */
int edit_set_env(struct json_object *spec, const char *name, const char *value, bool overwrite,
                 struct error *err)
{
  if (check_env_name(name, err) < 0)
    return -1;
  struct json_object *env = need_env(spec, err);
  if (env == NULL)
    return -1;

  size_t length = json_object_array_length(env), first = 0;
  const char *old = NULL;
  while (first < length && (old = env_value(json_object_array_get_idx(env, first), name)) == NULL)
    first++;
  if (old != NULL && !overwrite)
    return 0;
  if (old == NULL || !text_equal(old, value)) {
    cleanup_free char *entry = xasprintf("%s=%s", name, value);
    json_object_array_put_idx(env, first, json_object_new_string(entry));
  }
  remove_env(env, name, first + 1);
  return 0;
}

int edit_unset_env(struct json_object *spec, const char *name, struct error *err)
{
  if (check_env_name(name, err) < 0)
    return -1;
  struct json_object *process = tree_get(spec, "process", json_type_object);
  if (process != NULL && !json_object_object_get_ex(process, "env", NULL))
    return 0; /* nothing to remove, and nothing to make for it */
  struct json_object *env = need_env(spec, err);
  if (env == NULL)
    return -1;
  remove_env(env, name, 0);
  return 0;
}

/* --- mounts -------------------------------------------------------------------------------- */

static struct json_object *mount_to_json(const struct cht_mount *mount)
{
  struct json_object *object = json_object_new_object();
  tree_add_text(object, "destination", mount->destination);
  tree_add_text(object, "type", mount->type);
  tree_add_text(object, "source", mount->source);
  tree_add_texts(object, "options", mount->options);
  return object;
}

int edit_add_mount(struct json_object *spec, const struct cht_mount *mount, struct error *err)
{
  if (mount->destination == NULL || mount->destination[0] != '/')
    return error_set(err, "a mount's destination must be absolute, not %s",
                     mount->destination != NULL ? mount->destination : "NULL");
  struct json_object *mounts = tree_need(spec, "mounts", json_type_array, "/mounts", err);
  if (mounts == NULL || tree_check_elements(mounts, json_type_object, "/mounts", err) < 0)
    return -1;

  cleanup_json struct json_object *wanted = mount_to_json(mount);
  if (!tree_has_element(mounts, wanted))
    json_object_array_add(mounts, steal_pointer(&wanted));
  return 0;
}

/* --- annotations --------------------------------------------------------------------------- */

const char *edit_annotation(struct json_object *spec, const char *key)
{
  struct json_object *annotations = tree_get(spec, "annotations", json_type_object);
  struct json_object *value = tree_get(annotations, key, json_type_string);
  return value != NULL ? json_object_get_string(value) : NULL;
}

int edit_set_annotation(struct json_object *spec, const char *key, const char *value,
                        struct error *err)
{
  struct json_object *annotations =
      tree_need(spec, "annotations", json_type_object, "/annotations", err);
  if (annotations == NULL)
    return -1;
  struct json_object *old = NULL;
  json_object_object_get_ex(annotations, key, &old);
  if (old != NULL && !json_object_is_type(old, json_type_string)) {
    cleanup_free char *pointer = json_pointer_key("/annotations", key);
    return tree_wrong_type(pointer, old, json_type_string, err);
  }
  if (old == NULL || !text_equal(json_object_get_string(old), value))
    json_object_object_add(annotations, key, json_object_new_string(value));
  return 0;
}
