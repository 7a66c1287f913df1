/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/merge.h"

#include "common/json.h"
#include "spec/tree.h"

#include <json-c/linkhash.h>

static int replace(struct json_object **target, struct json_object *value, struct error *err)
{
  struct json_object *copy;
  if (tree_copy(value, &copy, err) < 0)
    return -1;
  json_object_put(*target);
  *target = copy;
  return 0;
}

/* The member keeps its place among the others if it is there. */
static int merge_member(struct json_object *target, const char *key, struct json_object *patch,
                        struct error *err)
{
  struct json_object *old = NULL;
  if (patch == NULL) {
    json_object_object_del(target, key);
    return 0;
  }
  json_object_object_get_ex(target, key, &old);
  cleanup_json struct json_object *member = json_object_get(old);
  if (merge_apply(&member, patch, err) < 0)
    return -1;
  if (member != old)
    json_object_object_add(target, key, steal_pointer(&member));
  return 0;
}

int merge_apply(struct json_object **target, struct json_object *patch, struct error *err)
{
  if (!json_object_is_type(patch, json_type_object))
    return replace(target, patch, err);
  if (!json_object_is_type(*target, json_type_object)) {
    json_object_put(*target);
    *target = json_object_new_object();
  }
  json_object_object_foreach (patch, key, value) {
    if (merge_member(*target, key, value, err) < 0)
      return -1;
  }
  return 0;
}
