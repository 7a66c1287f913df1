/* SPDX-License-Identifier: Apache-2.0 */
#include "patch-file.h"

#include "spec/merge.h"
#include "spec/tree.h"

/* --- reading ------------------------------------------------------------------------------- */

static int read_merge(struct patch_file *file, struct error *err)
{
  if (value_type(&file->content, json_type_object, err) < 0)
    return -1;
  file->merge = file->content.json;
  return 0;
}

static int read_content(struct patch_file *file, struct error *err)
{
  struct value patch;
  bool merges = value_find(&file->root, "merge", &file->content);
  if (!value_find(&file->root, "patch", &patch))
    return merges ? read_merge(file, err)
                  : value_error(&file->root, err, "has neither \"merge\" nor \"patch\"");
  if (merges)
    return value_error(&patch, err, "stands beside \"merge\": a file has one of the two");
  file->content = patch;
  return patch_read(&file->patch, &file->content, err);
}

static int read_on_error(struct patch_file *file, const struct value *on_error, struct error *err)
{
  const char *text;
  if (value_text(on_error, &text, err) < 0)
    return -1;
  file->optional = text_equal(text, "skip");
  return file->optional || text_equal(text, "refuse")
             ? 0
             : value_error(on_error, err, "is \"%.32s\", not \"refuse\" or \"skip\"", text);
}

static int read_object(struct patch_file *file, struct error *err)
{
  static const char *const keys[] = {"description", "when", "merge", "patch", "on-error", NULL};
  const struct value *root = &file->root;
  struct value member;
  const char *ignored;
  if (value_object(root, keys, err) < 0)
    return -1;
  if (value_find(root, "description", &member) && value_text(&member, &ignored, err) < 0)
    return -1;
  if (value_find(root, "on-error", &member) && read_on_error(file, &member, err) < 0)
    return -1;
  if (value_find(root, "when", &member)) {
    file->when = when_new(WHEN_ALL);
    if (when_add_object(file->when, &member, WHEN_OURS, err) < 0)
      return -1;
  }
  return read_content(file, err);
}

/* An array is a JSON Patch as other tools write it. */
static int read_whole(struct patch_file *file, struct error *err)
{
  file->root = document_root(&file->document);
  if (!json_object_is_type(file->root.json, json_type_array))
    return read_object(file, err);
  file->content = file->root;
  return patch_read(&file->patch, &file->content, err);
}

struct patch_file *patch_file_read(const char *path, struct error *err)
{
  struct patch_file *file = xcalloc(1, sizeof(*file));
  if (document_read(path, PATCH_FILE_MAX, &file->document, err) == 0) {
    if (read_whole(file, err) == 0)
      return file;
    errno = EINVAL;
  }
  patch_file_free(file);
  return NULL;
}

void patch_file_free(struct patch_file *file)
{
  int saved = errno;
  when_free(file->when);
  patch_free(&file->patch);
  document_free(&file->document);
  free(file);
  errno = saved;
}

/* --- applying ------------------------------------------------------------------------------ */

/* Beyond these limits the next `create` on the bundle could not read config.json. */
static int check_result(const struct patch_file *file, struct json_object *spec, struct error *err)
{
  struct tree_size size = tree_measure(spec);
  if (!json_object_is_type(spec, json_type_object))
    error_set(err, "config.json would be %s, not an object",
              json_type_words(json_object_get_type(spec)));
  else if (size.bytes > PATCH_SIZE_MAX)
    error_set(err, "config.json would have more than %lu bytes", PATCH_SIZE_MAX);
  else if (size.nests > JSON_NESTS_MAX)
    error_set(err, "config.json would have more than %d arrays and objects", JSON_NESTS_MAX);
  else if (size.values > JSON_VALUES_MAX)
    error_set(err, "config.json would have more than %d values", JSON_VALUES_MAX);
  else
    return 0;
  return value_wrap(&file->content, err);
}

int patch_file_apply(const struct patch_file *file, struct json_object **spec, struct error *err)
{
  cleanup_json struct json_object *copy = NULL;
  if (tree_copy(*spec, &copy, err) < 0)
    return -1;
  int result = file->merge != NULL ? merge_apply(&copy, file->merge, err)
                                   : patch_apply(&file->patch, &copy, err);
  if (result < 0 || check_result(file, copy, err) < 0)
    return -1;
  json_object_put(*spec);
  *spec = steal_pointer(&copy);
  return 0;
}
