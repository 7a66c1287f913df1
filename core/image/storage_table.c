/* SPDX-License-Identifier: Apache-2.0 */
#include "image/storage_table.h"

#include "image/state.h"

void table_free(struct table *table)
{
  document_free(&table->documents[0]);
  document_free(&table->documents[1]);
  free(table->path);
}

int table_read(struct table *table, const char *root, const char *kind, struct error *err)
{
  *table = (struct table){.path = xasprintf("%s/overlay-%s/%s.json", root, kind, kind)};
  cleanup_free char *beside = xasprintf("%s/overlay-%s/volatile-%s.json", root, kind, kind);
  const char *const paths[] = {table->path, beside};
  for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
    if (document_read(paths[i], STATE_TABLE_MAX, &table->documents[i], err) < 0 && errno != ENOENT)
      return -1;
  return 0;
}

int table_text(const struct value *entry, const char *key, const char **text, struct error *err)
{
  struct value member;
  *text = "";
  return value_find(entry, key, &member) ? value_text(&member, text, err) : 0;
}

static int search_document(const struct document *document, const char *key, const char *wanted,
                           struct json_object **found, const struct document **where,
                           struct error *err)
{
  struct value root = document_root(document);
  size_t count;
  const char *text;
  if (document->name == NULL)
    return 0;
  if (value_array(&root, TABLE_ENTRIES_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value entry = value_element(&root, i);
    if (value_type(&entry, json_type_object, err) < 0 || table_text(&entry, key, &text, err) < 0)
      return -1;
    if (!text_equal(text, wanted))
      continue;
    if (*found != NULL)
      return value_error(&entry, err, "is the second of %s '%s'", key, wanted);
    *found = entry.json;
    *where = document;
  }
  return 0;
}

int table_find(const struct table *table, const char *key, const char *wanted, struct value *entry,
               struct error *err)
{
  struct json_object *found = NULL;
  const struct document *where = &table->documents[0];
  for (size_t i = 0; i < ARRAY_LENGTH(table->documents); i++)
    if (search_document(&table->documents[i], key, wanted, &found, &where, err) < 0)
      return -1;
  *entry = (struct value){.document = where, .json = found};
  return 0;
}
