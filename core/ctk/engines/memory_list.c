/* SPDX-License-Identifier: Apache-2.0 */
/* All that is remembered: for which engine, name and config file. */
#include "common/document.h"
#include "ctk/engines/memory.h"

#include <dirent.h>

static const char *text_of(struct json_object *tree, const char *key)
{
  struct json_object *value = NULL;
  bool found =
      json_object_object_get_ex(tree, key, &value) && json_object_is_type(value, json_type_string);
  return found ? json_object_get_string(value) : NULL;
}

static void tell(const char *path, memory_visitor *visit, void *data)
{
  struct error ignored;
  cleanup_document struct document document = {.name = NULL};
  if (document_read(path, MEMORY_SIZE_MAX, &document, &ignored) < 0 ||
      !json_object_is_type(document.tree, json_type_object))
    return;
  const char *engine = text_of(document.tree, "engine");
  const char *name = text_of(document.tree, "name");
  const char *anchor = text_of(document.tree, "file");
  if (engine != NULL && name != NULL && anchor != NULL)
    visit(data, engine, name, anchor);
}

static int is_memory(const struct dirent *entry)
{
  size_t length = strlen(entry->d_name);
  return entry->d_name[0] != '.' && length > 5 && text_equal(entry->d_name + length - 5, ".json");
}

void memory_each(memory_visitor *visit, void *data)
{
  struct dirent **found = NULL;
  cleanup_free char *folder = memory_folder();
  int count = scandir(folder, &found, is_memory, alphasort);
  for (int i = 0; i < count; i++) {
    cleanup_free char *path = xasprintf("%s/%s", folder, found[i]->d_name);
    tell(path, visit, data);
    free(found[i]);
  }
  free(found);
}
