/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/device.h"

#include "common/json.h"
#include "spec/tree.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#define PERMISSIONS 07777U

/* --- what is asked for --------------------------------------------------------------------- */

/* Takes type, numbers and, if none is given, the mode from the host's node. */
static int take_from_host(struct cht_device *device, struct error *err)
{
  const char *path = device->host_path != NULL ? device->host_path : device->path;
  struct stat status;
  if (path[0] != '/')
    return error_set(err, "a device's path on the host must be absolute, not %s", path);
  if (stat(path, &status) < 0)
    return error_set(err, "cannot look up the host's device %s: %m", path);
  if (S_ISCHR(status.st_mode))
    device->type = 'c';
  else if (S_ISBLK(status.st_mode))
    device->type = 'b';
  else
    return error_set(err, "%s is no device of the host", path);
  device->major = major(status.st_rdev);
  device->minor = minor(status.st_rdev);
  if (device->file_mode == 0)
    device->file_mode = status.st_mode & PERMISSIONS;
  return 0;
}

/* Each letter once at most, and one at least. */
static int check_access(const char *access, struct error *err)
{
  size_t length = strlen(access), known = 0;
  for (const char *letter = "rwm"; *letter != '\0'; letter++)
    known += strchr(access, *letter) != NULL;
  if (length == 0 || known != length)
    return error_set(err, "a device's access is of 'r', 'w' and 'm', not '%s'", access);
  return 0;
}

/* Fills in what the author left to us. */
static int complete(struct cht_device *device, struct error *err)
{
  if (device->path == NULL || device->path[0] != '/')
    return error_set(err, "a device's path must be absolute, not %s",
                     device->path != NULL ? device->path : "NULL");
  if (device->type == '\0') {
    if (take_from_host(device, err) < 0)
      return -1;
  } else if (device->host_path != NULL) {
    return error_set(err, "the device %s has a type and also a path on the host to take it from",
                     device->path);
  }
  if (strchr("cubp", device->type) == NULL)
    return error_set(err, "the type of the device %s is c, u, b or p, not '%c'", device->path,
                     device->type);
  if (device->file_mode > PERMISSIONS)
    return error_set(err, "the mode of the device %s is more than permissions: %o", device->path,
                     device->file_mode);
  if (device->access == NULL)
    device->access = "rwm";
  return check_access(device->access, err);
}

/* --- linux.devices ------------------------------------------------------------------------- */

static void set_number(struct json_object *object, const char *key, uint32_t number)
{
  json_object_object_add(object, key, json_object_new_int64(number));
}

static void set_type(struct json_object *object, char type)
{
  json_object_object_add(object, "type", json_object_new_string_len(&type, 1));
}

/* 0 stands for none, which to the runtimes is a mode of 0666 and root. */
static void set_attributes(struct json_object *node, const struct cht_device *device)
{
  if (device->file_mode != 0)
    set_number(node, "fileMode", device->file_mode);
  if (device->uid != 0)
    set_number(node, "uid", device->uid);
  if (device->gid != 0)
    set_number(node, "gid", device->gid);
}

static struct json_object *make_node(const struct cht_device *device)
{
  struct json_object *node = json_object_new_object();
  tree_add_text(node, "path", device->path);
  set_type(node, device->type);
  if (device->type != 'p') {
    set_number(node, "major", device->major);
    set_number(node, "minor", device->minor);
  }
  return node;
}

/* A member as text: of a string what it says, of anything else its JSON. */
static const char *member_text(struct json_object *node, const char *key)
{
  struct json_object *value = NULL;
  json_object_object_get_ex(node, key, &value);
  return value != NULL ? json_object_get_string(value) : "";
}

/* "c 10:229" or "p"; 'u' is another letter for 'c' (mknod(1)). Owned by the caller. */
static char *describe(struct json_object *node)
{
  const char *type = member_text(node, "type");
  if (text_equal(type, "p"))
    return xstrdup(type);
  return xasprintf("%s %s:%s", text_equal(type, "u") ? "c" : type, member_text(node, "major"),
                   member_text(node, "minor"));
}

static int add_node(struct json_object *devices, const struct cht_device *device, struct error *err)
{
  cleanup_json struct json_object *wanted = make_node(device);
  for (size_t i = 0; i < json_object_array_length(devices); i++) {
    struct json_object *node = json_object_array_get_idx(devices, i);
    if (!text_equal(member_text(node, "path"), device->path))
      continue;
    cleanup_free char *old = describe(node), *new = describe(wanted);
    if (!text_equal(old, new))
      return error_set(err, "config.json: /linux/devices/%zu makes %s the device %s, not %s", i,
                       device->path, old, new);
    set_attributes(node, device);
    return 0;
  }
  set_attributes(wanted, device);
  json_object_array_add(devices, steal_pointer(&wanted));
  return 0;
}

/* --- linux.resources.devices --------------------------------------------------------------- */

static struct json_object *make_rule(const struct cht_device *device)
{
  struct json_object *rule = json_object_new_object();
  json_object_object_add(rule, "allow", json_object_new_boolean(true));
  set_type(rule, device->type == 'u' ? 'c' : device->type);
  set_number(rule, "major", device->major);
  set_number(rule, "minor", device->minor);
  tree_add_text(rule, "access", device->access);
  return rule;
}

/* The rules are applied in their order, so one that forbids undoes what stands before it. */
static void add_rule(struct json_object *rules, const struct cht_device *device)
{
  cleanup_json struct json_object *wanted = make_rule(device);
  for (size_t i = json_object_array_length(rules); i > 0; i--) {
    struct json_object *rule = json_object_array_get_idx(rules, i - 1), *allow = NULL;
    if (json_object_equal(rule, wanted))
      return;
    if (!json_object_object_get_ex(rule, "allow", &allow) || !json_object_get_boolean(allow))
      break;
  }
  json_object_array_add(rules, steal_pointer(&wanted));
}

/* The array of objects at parent[key]. */
static struct json_object *need_list(struct json_object *parent, const char *key,
                                     const char *pointer, struct error *err)
{
  struct json_object *list = tree_need(parent, key, json_type_array, pointer, err);
  if (list != NULL && tree_check_elements(list, json_type_object, pointer, err) < 0)
    return NULL;
  return list;
}

int device_add(struct json_object *spec, const struct cht_device *device, struct error *err)
{
  struct cht_device full = *device;
  struct json_object *resources, *rules = NULL;
  if (complete(&full, err) < 0)
    return -1;
  struct json_object *linux_part = tree_need(spec, "linux", json_type_object, "/linux", err);
  if (linux_part == NULL)
    return -1;
  struct json_object *devices = need_list(linux_part, "devices", "/linux/devices", err);
  if (devices == NULL)
    return -1;
  if (full.type != 'p') { /* a FIFO is no device to a cgroup */
    resources = tree_need(linux_part, "resources", json_type_object, "/linux/resources", err);
    if (resources == NULL)
      return -1;
    rules = need_list(resources, "devices", "/linux/resources/devices", err);
    if (rules == NULL)
      return -1;
  }
  if (add_node(devices, &full, err) < 0)
    return -1;
  if (rules != NULL)
    add_rule(rules, &full);
  return 0;
}
