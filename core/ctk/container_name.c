/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/container_name.h"

#include "image/state.h"
#include "image/storage_table.h"

#include <dirent.h>

#define RECORD "config.v2.json"

/* --- docker -------------------------------------------------------------------------------- */

static int is_container(const struct dirent *entry)
{
  return state_is_hex(entry->d_name);
}

/* docker writes a name with a slash in front, as of old it had links below. */
static bool is_called(const char *folder, const char *id, const char *name)
{
  struct error unreadable;
  cleanup_document struct document document = {.name = NULL};
  cleanup_free char *path = xasprintf("%s/%s/" RECORD, folder, id);
  const char *text;
  struct value member;
  if (document_read(path, STATE_RECORD_MAX, &document, &unreadable) < 0)
    return false;
  struct value root = document_root(&document);
  return value_type(&root, json_type_object, &unreadable) == 0 &&
         value_need_text(&root, "Name", &member, &text, &unreadable) == 0 &&
         text_equal(text + (text[0] == '/'), name);
}

static int docker_named(const char *root, const char *name, char **id, struct error *err)
{
  cleanup_free char *folder = xasprintf("%s/containers", root);
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, is_container, alphasort);
  if (count < 0)
    return errno == ENOENT ? 0 : error_set(err, "cannot read %s: %m", folder);
  for (int i = 0; i < count; i++) {
    if (*id == NULL && is_called(folder, entries[i]->d_name, name))
      *id = xstrdup(entries[i]->d_name);
    free(entries[i]);
  }
  free(entries);
  return 0;
}

/* --- containers/storage -------------------------------------------------------------------- */

static int entry_id(const struct value *entry, const char *name, char **id, struct error *err)
{
  struct value names;
  cleanup_free const char **texts = NULL;
  const char *text;
  if (value_type(entry, json_type_object, err) < 0)
    return -1;
  if (!value_find(entry, "names", &names) || names.json == NULL)
    return 0;
  if (value_texts(&names, TABLE_ENTRIES_MAX, 0, &texts, err) < 0 ||
      table_text(entry, "id", &text, err) < 0)
    return -1;
  if (*id == NULL && text_listed(name, texts))
    *id = xstrdup(text);
  return 0;
}

static int storage_named(const char *root, const char *name, char **id, struct error *err)
{
  cleanup_table struct table table = {.path = NULL};
  if (table_read(&table, root, "containers", err) < 0)
    return -1;
  for (size_t i = 0; i < ARRAY_LENGTH(table.documents); i++) {
    struct value all = document_root(&table.documents[i]);
    size_t count = 0;
    if (table.documents[i].name != NULL && value_array(&all, TABLE_ENTRIES_MAX, &count, err) < 0)
      return -1;
    for (size_t j = 0; j < count; j++) {
      struct value entry = value_element(&all, j);
      if (entry_id(&entry, name, id, err) < 0)
        return -1;
    }
  }
  return 0;
}

/* --- both ---------------------------------------------------------------------------------- */

int container_named(enum image_engine engine, const char *root, const char *name, char **id,
                    struct error *err)
{
  *id = NULL;
  switch (engine) {
  case IMAGE_DOCKER:
    return docker_named(root, name, id, err);
  case IMAGE_STORAGE:
    return storage_named(root, name, id, err);
  case IMAGE_CONTAINERD:
  case IMAGE_LAYOUT:
    break;
  }
  return 0;
}
