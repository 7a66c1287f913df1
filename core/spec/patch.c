/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/patch.h"

#include "spec/pointer.h"
#include "spec/tree.h"

#include <json-c/linkhash.h>

/* A document that is being patched. */
struct patching {
  struct json_object **tree;
  struct tree_size copied; /* by its `copy` operations */
};

typedef int operate(struct patching *patching, const struct operation *operation,
                    struct error *err);

struct kind {
  const char *name;
  operate *operate;
  bool needs_value, needs_from;
  bool ours; /* not the RFC's */
};

struct operation {
  const struct kind *kind;
  const char *path, *from;   /* borrowed from the source */
  struct json_object *value; /* likewise; NULL: null, or none */
  bool has_value;
};

/* --- what the operations do ---------------------------------------------------------------- */

/* What the last step of a path is taken in; owned by the caller, NULL for "". */
static char *parent_path(const char *path)
{
  const char *last = strrchr(path, '/');
  return last != NULL ? xstrndup(path, (size_t)(last - path)) : NULL;
}

/* The array that has, or would have, what is at the path as an element; NULL if that is none. */
static struct json_object *array_around(struct json_object *tree, const char *path)
{
  struct error ignored;
  struct json_object *parent = NULL;
  cleanup_free char *pointer = parent_path(path);
  if (pointer == NULL || pointer_find(tree, pointer, &parent, &ignored) != 1 ||
      !json_object_is_type(parent, json_type_array))
    return NULL;
  return parent;
}

/* Is it the element that `add` would add? */
static bool is_element(struct json_object *tree, const char *path, struct json_object *value)
{
  struct error ignored;
  struct json_object *array = array_around(tree, path), *element;
  if (array == NULL)
    return false;
  if (text_equal(strrchr(path, '/'), "/-"))
    return tree_has_element(array, value);
  return pointer_find(tree, path, &element, &ignored) == 1 && json_object_equal(element, value);
}

static int do_add(struct patching *patching, const struct operation *operation, struct error *err)
{
  struct json_object *copy;
  if (is_element(*patching->tree, operation->path, operation->value))
    return 0;
  if (tree_copy(operation->value, &copy, err) < 0)
    return -1;
  return pointer_add(patching->tree, operation->path, copy, err);
}

static int do_remove(struct patching *patching, const struct operation *operation,
                     struct error *err)
{
  return pointer_remove(patching->tree, operation->path, NULL, err);
}

static int do_replace(struct patching *patching, const struct operation *operation,
                      struct error *err)
{
  struct json_object *copy;
  if (tree_copy(operation->value, &copy, err) < 0)
    return -1;
  return pointer_replace(patching->tree, operation->path, copy, err);
}

static int do_move(struct patching *patching, const struct operation *operation, struct error *err)
{
  struct json_object *moved;
  if (pointer_remove(patching->tree, operation->from, &moved, err) < 0)
    return -1;
  return pointer_add(patching->tree, operation->path, moved, err);
}

/* A few operations that copy the document into itself would fill any memory. */
static int count_copy(struct patching *patching, struct json_object *value, struct error *err)
{
  struct tree_size size = tree_measure(value);
  patching->copied.values += size.values;
  patching->copied.nests += size.nests;
  patching->copied.bytes += size.bytes;
  if (patching->copied.values > JSON_VALUES_MAX || patching->copied.nests > JSON_NESTS_MAX ||
      patching->copied.bytes > PATCH_SIZE_MAX)
    return error_set(
        err, "a patch may copy at most %lu bytes, and %d arrays and objects among %d values",
        PATCH_SIZE_MAX, JSON_NESTS_MAX, JSON_VALUES_MAX);
  return 0;
}

static int do_copy(struct patching *patching, const struct operation *operation, struct error *err)
{
  struct json_object *value, *copy;
  if (pointer_get(*patching->tree, operation->from, &value, err) < 0 ||
      count_copy(patching, value, err) < 0 || tree_copy(value, &copy, err) < 0)
    return -1;
  return pointer_add(patching->tree, operation->path, copy, err);
}

/* The value is not shown: it may be a secret of the container. */
static int do_test(struct patching *patching, const struct operation *operation, struct error *err)
{
  struct json_object *value;
  if (pointer_get(*patching->tree, operation->path, &value, err) < 0)
    return -1;
  return tree_equal(value, operation->value) ? 0 : error_set(err, "the value there is another one");
}

static int do_set(struct patching *patching, const struct operation *operation, struct error *err)
{
  struct json_object *copy;
  if (tree_copy(operation->value, &copy, err) < 0)
    return -1;
  return pointer_set(patching->tree, operation->path, copy, err);
}

static bool has_all_members(struct json_object *object, struct json_object *members)
{
  json_object_object_foreach (members, key, wanted) {
    struct json_object *member;
    if (!json_object_object_get_ex(object, key, &member) || !tree_equal(member, wanted))
      return false;
  }
  return true;
}

static bool is_meant(struct json_object *element, struct json_object *wanted)
{
  if (json_object_is_type(wanted, json_type_object))
    return json_object_is_type(element, json_type_object) && has_all_members(element, wanted);
  return tree_equal(element, wanted);
}

static int unset_elements(struct json_object *array, const struct operation *operation,
                          struct error *err)
{
  if (array == NULL)
    return 0;
  if (!json_object_is_type(array, json_type_array))
    return error_set(err, "%s is %s, not an array", operation->path,
                     json_type_words(json_object_get_type(array)));
  for (size_t i = json_object_array_length(array); i > 0; i--)
    if (is_meant(json_object_array_get_idx(array, i - 1), operation->value))
      json_object_array_del_idx(array, i - 1, 1);
  return 0;
}

static int do_unset(struct patching *patching, const struct operation *operation, struct error *err)
{
  struct json_object *value = NULL;
  int found = pointer_find(*patching->tree, operation->path, &value, err);
  if (found < 0)
    return -1;
  if (operation->has_value)
    return unset_elements(value, operation, err);
  if (array_around(*patching->tree, operation->path) != NULL)
    return error_set(err, "name the array, and as \"value\" the element: its index may be another "
                          "one the next time");
  return found ? pointer_remove(patching->tree, operation->path, NULL, err) : 0;
}

static const struct kind kinds[] = {
    {.name = "add", .operate = do_add, .needs_value = true},
    {.name = "remove", .operate = do_remove},
    {.name = "replace", .operate = do_replace, .needs_value = true},
    {.name = "move", .operate = do_move, .needs_from = true},
    {.name = "copy", .operate = do_copy, .needs_from = true},
    {.name = "test", .operate = do_test, .needs_value = true},
    {.name = "set", .operate = do_set, .needs_value = true, .ours = true},
    {.name = "unset", .operate = do_unset, .ours = true},
};

/* --- reading ------------------------------------------------------------------------------- */

static int read_kind(struct operation *operation, const struct value *source, struct error *err)
{
  struct value op;
  const char *name;
  if (value_need(source, "op", &op, err) < 0 || value_text(&op, &name, err) < 0)
    return -1;
  for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
    if (text_equal(name, kinds[i].name))
      operation->kind = &kinds[i];
  if (operation->kind != NULL)
    return 0;
  value_error(&op, err, "is \"%.32s\"; there are:", name);
  for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
    error_append(err, " %s", kinds[i].name);
  return -1;
}

static int read_pointer(const struct value *source, const char *key, const char **pointer,
                        struct error *err)
{
  struct value member;
  if (value_need(source, key, &member, err) < 0 || value_text(&member, pointer, err) < 0)
    return -1;
  if (strlen(*pointer) > PATCH_POINTER_MAX)
    return value_error(&member, err, "has more than %d bytes", PATCH_POINTER_MAX);
  return pointer_check(*pointer, err) < 0 ? value_wrap(&member, err) : 0;
}

static int read_value(struct operation *operation, const struct value *source, struct error *err)
{
  struct value value;
  operation->has_value = value_find(source, "value", &value);
  if (!operation->has_value)
    return operation->kind->needs_value ? value_need(source, "value", &value, err) : 0;
  operation->value = value.json;
  return 0;
}

static int check_move(const struct operation *operation, const struct value *source,
                      struct error *err)
{
  size_t length = strlen(operation->from);
  if (text_starts(operation->path, operation->from) && operation->path[length] == '/')
    return value_error(source, err, "moves %s into itself",
                       length > 0 ? operation->from : "the document");
  return 0;
}

/* {} is in every object: who means all writes `set` and []. */
static int check_unset(const struct operation *operation, const struct value *source,
                       struct error *err)
{
  if (json_object_is_type(operation->value, json_type_object) &&
      json_object_object_length(operation->value) == 0)
    return value_error(source, err, "has {} as \"value\", which any object would be equal to");
  return 0;
}

static int read_operation(struct operation *operation, const struct value *source,
                          struct error *err)
{
  static const char *const our_keys[] = {"op", "path", "value", NULL};
  if (value_type(source, json_type_object, err) < 0 || read_kind(operation, source, err) < 0 ||
      read_pointer(source, "path", &operation->path, err) < 0)
    return -1;
  const struct kind *kind = operation->kind;
  if (kind->ours && value_object(source, our_keys, err) < 0)
    return -1;
  if (kind->needs_from && read_pointer(source, "from", &operation->from, err) < 0)
    return -1;
  if ((kind->needs_value || kind->ours) && read_value(operation, source, err) < 0)
    return -1;
  if (kind->operate == do_move)
    return check_move(operation, source, err);
  return kind->operate == do_unset ? check_unset(operation, source, err) : 0;
}

int patch_read(struct patch *patch, const struct value *source, struct error *err)
{
  size_t count;
  *patch = (struct patch){.source = source};
  if (value_array(source, PATCH_OPERATIONS_MAX, &count, err) < 0)
    return -1;
  patch->list = xcalloc(count + 1, sizeof(*patch->list));
  for (; patch->count < count; patch->count++) {
    const struct value element = value_element(source, patch->count);
    if (read_operation(&patch->list[patch->count], &element, err) == 0)
      continue;
    patch_free(patch);
    return -1;
  }
  return 0;
}

void patch_free(struct patch *patch)
{
  free(patch->list);
  *patch = (struct patch){.source = NULL};
}

/* --- applying ------------------------------------------------------------------------------ */

static const char *shown(const char *path)
{
  return path[0] != '\0' ? path : "\"\"";
}

static int name_operation(const struct patch *patch, size_t index, struct error *err)
{
  const struct operation *operation = &patch->list[index];
  const struct value source = value_element(patch->source, index);
  const char *name = operation->kind->name, *path = shown(operation->path);
  if (operation->from != NULL)
    error_wrap(err, "operation %zu (%s %s to %s)", index + 1, name, shown(operation->from), path);
  else
    error_wrap(err, "operation %zu (%s %s)", index + 1, name, path);
  return value_wrap(&source, err);
}

int patch_apply(const struct patch *patch, struct json_object **tree, struct error *err)
{
  struct patching patching = {.tree = tree};
  for (size_t i = 0; i < patch->count; i++)
    if (patch->list[i].kind->operate(&patching, &patch->list[i], err) < 0)
      return name_operation(patch, i, err);
  return 0;
}
