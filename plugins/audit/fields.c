/* SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"

#include "spec/origin.h"

#include <time.h>

/* --- reading config.json ------------------------------------------------------------------- */
/* It is taken as it is: an auditor that stumbled over a wrong type would not tell of it. */

/* A member of an object; NULL if it is not there or of another type. */
static struct json_object *member(struct json_object *object, const char *key, enum json_type type)
{
  struct json_object *found;
  if (!json_object_object_get_ex(object, key, &found) || !json_object_is_type(found, type))
    return NULL;
  return found;
}

static struct json_object *process_member(const struct record *record, const char *key,
                                          enum json_type type)
{
  return member(member(record->spec.json, "process", json_type_object), key, type);
}

/* NULL if it is not a text. */
static const char *text_of(struct json_object *value)
{
  return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static const char *member_text(struct json_object *object, const char *key)
{
  return text_of(member(object, key, json_type_string));
}

static size_t length_of(struct json_object *array)
{
  return array != NULL ? json_object_array_length(array) : 0;
}

static const char *element_text(struct json_object *array, size_t index)
{
  return text_of(json_object_array_get_idx(array, index));
}

/* --- writing a field ----------------------------------------------------------------------- */

static struct json_object *text(struct record *record, const char *value)
{
  return value != NULL ? bounded_text(value, &record->cut) : NULL;
}

/* Adds a text to an object that is small; nothing if there is none. */
static void add_text(struct record *record, struct json_object *object, const char *key,
                     const char *value)
{
  if (value != NULL)
    json_object_object_add(object, key, text(record, value));
}

/* A field that is a list, and how much of it is missing. */
static struct json_object *whole(struct record *record, const char *name, struct bounded_list list)
{
  if (list.left_out > 0)
    bounded_add(&record->more, name, json_object_new_int64((int64_t)list.left_out));
  return list.json;
}

/* --- the call ------------------------------------------------------------------------------ */

static struct json_object *make_time(struct record *record)
{
  (void)record;
  struct timespec now;
  struct tm utc;
  char when[sizeof("2026-11-23T23:04:05")] = "";
  clock_gettime(CLOCK_REALTIME, &now);
  if (gmtime_r(&now.tv_sec, &utc) != NULL)
    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &utc);
  cleanup_free char *text = xasprintf("%s.%03ldZ", when, now.tv_nsec / 1000000);
  return json_object_new_string(text);
}

static struct json_object *make_id(struct record *record)
{
  return text(record, record->ctx->container_id);
}

static struct json_object *make_action(struct record *record)
{
  switch (record->ctx->command) {
  case CHT_RUN:
    return json_object_new_string("run");
  case CHT_RESTORE:
    return json_object_new_string("restore");
  case CHT_CREATE:
  default:
    return json_object_new_string("create");
  }
}

static struct json_object *make_bundle(struct record *record)
{
  return text(record, record->ctx->bundle);
}

/* --- the outcome --------------------------------------------------------------------------- */

static struct json_object *make_outcome(struct record *record)
{
  return json_object_new_string(record->outcome->refused ? "refused" : "created");
}

static struct json_object *make_error(struct record *record)
{
  return text(record, record->outcome->error);
}

static struct json_object *make_edits(struct record *record)
{
  struct bounded_list edits = bounded_array();
  for (const struct cht_edit *const *edit = record->outcome->edits; *edit != NULL; edit++) {
    struct json_object *entry = json_object_new_object();
    add_text(record, entry, "plugin", (*edit)->plugin);
    add_text(record, entry, "op", (*edit)->op);
    add_text(record, entry, "pointer", (*edit)->pointer);
    bounded_add(&edits, NULL, entry);
  }
  return whole(record, "edits", edits);
}

/* --- who wants it -------------------------------------------------------------------------- */

/* Which engine it is cannot be told by the bundle's place alone. */
static struct json_object *make_engine(struct record *record)
{
  if (record->spec.json == NULL)
    return NULL;
  return json_object_new_string(origin_name(origin_of(&record->spec, record->ctx->bundle)));
}

static struct json_object *make_sandbox(struct record *record)
{
  if (record->spec.json == NULL)
    return NULL;
  return json_object_new_boolean(origin_is_sandbox(&record->spec, record->ctx->bundle));
}

/* The engines of Kubernetes note it in an annotation; but not for sandboxes, where only the pod's
   author can have written one of that name. The other engines do not tell. */
static struct json_object *make_image(struct record *record)
{
  static const char *const keys[] = {
      [ORIGIN_CRI] = "io.kubernetes.cri.image-name",
      [ORIGIN_CRIO] = "io.kubernetes.cri-o.ImageName",
      [ORIGIN_BUILDAH] = NULL,
  };
  const char *bundle = record->ctx->bundle, *key = keys[origin_of(&record->spec, bundle)];
  if (key == NULL || origin_is_sandbox(&record->spec, bundle))
    return NULL;
  return text(record, member_text(member(record->spec.json, "annotations", json_type_object), key));
}

/* What a plugin has found out by itself, image-verify for one. */
static struct json_object *make_identity(struct record *record)
{
  const struct cht_image *image = cht_get_image(record->ctx);
  if (image == NULL)
    return NULL;
  struct json_object *object = json_object_new_object();
  add_text(record, object, "name", image->name);
  add_text(record, object, "id", image->id);
  add_text(record, object, "signed", image->signed_digest);
  json_object_object_add(object, "accepted", json_object_new_boolean(image->accepted));
  return object;
}

/* --- the process --------------------------------------------------------------------------- */

/* Arguments may hold secrets; the program's name rarely does. */
static struct json_object *make_command(struct record *record)
{
  struct json_object *args = process_member(record, "args", json_type_array);
  return length_of(args) > 0 ? text(record, element_text(args, 0)) : NULL;
}

static struct json_object *make_argc(struct record *record)
{
  struct json_object *args = process_member(record, "args", json_type_array);
  return args != NULL ? json_object_new_int64((int64_t)length_of(args)) : NULL;
}

static struct json_object *make_args(struct record *record)
{
  struct json_object *args = process_member(record, "args", json_type_array);
  if (args == NULL)
    return NULL;
  struct bounded_list texts = bounded_array();
  for (size_t i = 0; i < length_of(args); i++) {
    const char *argument = element_text(args, i);
    bounded_add(&texts, NULL, text(record, argument != NULL ? argument : ""));
  }
  return whole(record, "args", texts);
}

static struct json_object *make_cwd(struct record *record)
{
  return text(record, text_of(process_member(record, "cwd", json_type_string)));
}

static struct json_object *make_user(struct record *record)
{
  static const char *const numbers[] = {"uid", "gid"};
  struct json_object *user = process_member(record, "user", json_type_object);
  if (user == NULL)
    return NULL;
  struct json_object *object = json_object_new_object();
  for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
    struct json_object *number = member(user, numbers[i], json_type_int);
    if (number != NULL)
      json_object_object_add(object, numbers[i], json_object_get(number));
  }
  add_text(record, object, "username", member_text(user, "username"));
  return object;
}

/* Adds those that are not in the list yet. */
static void add_set(struct record *record, struct json_object *set, struct json_object *seen,
                    struct bounded_list *names)
{
  for (size_t i = 0; i < length_of(set); i++) {
    const char *name = element_text(set, i);
    if (name == NULL || json_object_object_get_ex(seen, name, NULL))
      continue;
    json_object_object_add(seen, name, NULL);
    bounded_add(names, NULL, text(record, name));
  }
}

/* All that the process can come to have: what is in any of the sets. */
static struct json_object *make_capabilities(struct record *record)
{
  static const char *const sets[] = {"bounding", "effective", "permitted", "inheritable",
                                     "ambient"};
  struct json_object *capabilities = process_member(record, "capabilities", json_type_object);
  if (capabilities == NULL)
    return NULL;
  cleanup_json struct json_object *seen = json_object_new_object();
  struct bounded_list names = bounded_array();
  for (size_t i = 0; i < ARRAY_LENGTH(sets); i++)
    add_set(record, member(capabilities, sets[i], json_type_array), seen, &names);
  return whole(record, "capabilities", names);
}

/* --- what is around it --------------------------------------------------------------------- */

static struct json_object *make_hostname(struct record *record)
{
  return text(record, member_text(record->spec.json, "hostname"));
}

/* A relative path starts from the bundle. */
static struct json_object *make_rootfs(struct record *record)
{
  struct json_object *root = member(record->spec.json, "root", json_type_object);
  const char *path = member_text(root, "path");
  if (path == NULL || path[0] == '/')
    return text(record, path);
  cleanup_free char *absolute = xasprintf("%s/%s", record->ctx->bundle, path);
  return text(record, absolute);
}

/* A type that is not there is the host's. */
static struct json_object *make_namespaces(struct record *record)
{
  struct json_object *namespaces =
      member(member(record->spec.json, "linux", json_type_object), "namespaces", json_type_array);
  if (namespaces == NULL)
    return NULL;
  struct bounded_list types = bounded_object();
  for (size_t i = 0; i < length_of(namespaces); i++) {
    struct json_object *namespace = json_object_array_get_idx(namespaces, i);
    const char *type = member_text(namespace, "type"), *path = member_text(namespace, "path");
    if (type != NULL)
      bounded_add(&types, type, text(record, path != NULL && path[0] != '\0' ? path : "new"));
  }
  return whole(record, "namespaces", types);
}

static bool is_bind(struct json_object *mount)
{
  const char *type = member_text(mount, "type");
  if (type != NULL && text_equal(type, "bind"))
    return true;
  struct json_object *options = member(mount, "options", json_type_array);
  for (size_t i = 0; i < length_of(options); i++) {
    const char *option = element_text(options, i);
    if (option != NULL && (text_equal(option, "bind") || text_equal(option, "rbind")))
      return true;
  }
  return false;
}

/* What the container sees of the host; those that the engine makes by itself too. */
static struct json_object *make_mounts(struct record *record)
{
  struct json_object *mounts = member(record->spec.json, "mounts", json_type_array);
  if (mounts == NULL)
    return NULL;
  struct bounded_list binds = bounded_array();
  for (size_t i = 0; i < length_of(mounts); i++) {
    struct json_object *mount = json_object_array_get_idx(mounts, i);
    if (!is_bind(mount))
      continue;
    struct json_object *entry = json_object_new_object();
    add_text(record, entry, "source", member_text(mount, "source"));
    add_text(record, entry, "destination", member_text(mount, "destination"));
    bounded_add(&binds, NULL, entry);
  }
  return whole(record, "mounts", binds);
}

/* --- what was chosen ----------------------------------------------------------------------- */

/* Those of `names` that the container has, by the function that looks them up. */
static struct json_object *chosen(struct record *record, const char *field,
                                  const char *const *names,
                                  const char *(*find_value)(struct cht_context *, const char *))
{
  if (names[0] == NULL || record->spec.json == NULL)
    return NULL;
  struct bounded_list values = bounded_object();
  for (; *names != NULL; names++) {
    const char *value = find_value(record->ctx, *names);
    if (value != NULL)
      bounded_add(&values, *names, text(record, value));
  }
  return whole(record, field, values);
}

static struct json_object *make_annotations(struct record *record)
{
  return chosen(record, "annotations", record->settings->annotations, cht_annotation);
}

static struct json_object *make_environment(struct record *record)
{
  return chosen(record, "environment", record->settings->environment, cht_env);
}

/* --- all of them --------------------------------------------------------------------------- */

const struct field all_fields[] = {
    {"time", true, make_time},
    {"id", true, make_id},
    {"action", true, make_action},
    {"outcome", true, make_outcome},
    {"error", true, make_error},
    {"engine", true, make_engine},
    {"sandbox", true, make_sandbox},
    {"image", true, make_image},
    {"identity", true, make_identity},
    {"bundle", true, make_bundle},
    {"rootfs", false, make_rootfs},
    {"command", true, make_command},
    {"argc", true, make_argc},
    {"args", false, make_args},
    {"user", true, make_user},
    {"cwd", false, make_cwd},
    {"hostname", false, make_hostname},
    {"capabilities", true, make_capabilities},
    {"namespaces", false, make_namespaces},
    {"mounts", false, make_mounts},
    {"annotations", true, make_annotations},
    {"environment", true, make_environment},
    {"edits", true, make_edits},
    {NULL, false, NULL},
};

const struct field *field_find(const char *name)
{
  for (const struct field *field = all_fields; field->name != NULL; field++)
    if (text_equal(field->name, name))
      return field;
  return NULL;
}

char *field_names(void)
{
  char *names;
  size_t length;
  FILE *stream = xmemstream(&names, &length);
  for (const struct field *field = all_fields; field->name != NULL; field++)
    fprintf(stream, " %s", field->name);
  xmemstream_close(stream);
  return names;
}
