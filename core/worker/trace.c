/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/trace.h"

#include "common/json.h"
#include "common/log.h"
#include "common/utf8.h"

#define TEXT_MAX 4096 /* bytes of a plugin's own words */

/* Plugins may say anything; JSON is UTF-8, and what an admin reads has no control characters. */
static struct json_object *words(const char *text)
{
  char clean[TEXT_MAX + 1] = "";
  size_t left = strnlen(text, TEXT_MAX), length = 0;
  while (length < left) {
    size_t character = utf8_length(text + length, left - length);
    if (character > 0)
      memcpy(clean + length, text + length, character);
    else
      clean[length] = '?';
    length += character > 0 ? character : 1;
  }
  log_one_line(clean);
  return json_object_new_string(clean);
}

static void add_words(struct json_object *object, const char *key, const char *text)
{
  if (text != NULL && text[0] != '\0')
    json_object_object_add(object, key, words(text));
}

static void add_boolean(struct json_object *object, const char *key, bool value)
{
  json_object_object_add(object, key, json_object_new_boolean(value));
}

static const char *state_of(const struct link *link, bool left_out)
{
  static const char *const names[] = {
      [LINK_ABSENT] = "disabled", [LINK_REFUSED] = "refused", [LINK_LOADED] = "loaded",
      [LINK_DONE] = "done",       [LINK_FAILED] = "failed",   [LINK_UNMATCHED] = "unmatched",
  };
  return link->state == LINK_ABSENT && left_out ? "left out" : names[link->state];
}

static struct json_object *describe_plugin(const struct cht_plugin *plugin)
{
  struct json_object *object = json_object_new_object();
  char interface[24];
  snprintf(interface, sizeof(interface), "%u.%u", plugin->abi >> 16, plugin->abi & 0xffffU);
  add_words(object, "name", plugin->name);
  add_words(object, "version", plugin->version);
  add_words(object, "summary", plugin->summary);
  add_words(object, "interface", interface);
  add_boolean(object, "check", plugin->check != NULL);
  add_boolean(object, "finish", plugin->finish != NULL);
  return object;
}

static struct json_object *list_edits(const struct link *link)
{
  struct json_object *list = json_object_new_array();
  for (size_t i = link->edits_start; i < link->edits_end; i++) {
    const struct cht_edit *edit = link->chain->edits.items[i];
    struct json_object *object = json_object_new_object();
    add_words(object, "op", edit->op);
    json_object_object_add(object, "pointer", words(edit->pointer)); /* "" is the whole spec */
    json_object_array_add(list, object);
  }
  return list;
}

/* Lines "NAME: text" of the notice: those of entries of one name are not told apart. */
static struct json_object *list_told(const struct link *link)
{
  struct json_object *list = NULL;
  const char *name = link->entry->name;
  size_t length = strlen(name);
  for (const char *line = link->chain->notice; *line != '\0';) {
    size_t end = strcspn(line, "\n");
    if (strncmp(line, name, length) == 0 && line[length] == ':' && end > length + 2) {
      cleanup_free char *text = xstrndup(line + length + 2, end - length - 2);
      list = list != NULL ? list : json_object_new_array();
      json_object_array_add(list, words(text));
    }
    line += end + (line[end] == '\n');
  }
  return list;
}

static struct json_object *describe(const struct link *link, bool left_out)
{
  const struct config_plugin *entry = link->entry;
  struct json_object *object = json_object_new_object();
  add_words(object, "name", entry->name);
  add_words(object, "path", entry->path);
  add_words(object, "file", entry->file);
  json_object_object_add(object, "line", json_object_new_int64(entry->line));
  add_boolean(object, "enabled", entry->enabled);
  add_boolean(object, "required", entry->required);
  add_words(object, "state", state_of(link, left_out));
  if (link->state == LINK_REFUSED || link->state == LINK_FAILED)
    add_words(object, "error", link->trouble.text);
  if (link->plugin != NULL)
    json_object_object_add(object, "plugin", describe_plugin(link->plugin));
  json_object_object_add(object, "microseconds", json_object_new_int64((int64_t)link->elapsed));
  if (link->edits_end > link->edits_start)
    json_object_object_add(object, "edits", list_edits(link));
  struct json_object *told = list_told(link);
  if (told != NULL)
    json_object_object_add(object, "told", told);
  return object;
}

struct json_object *trace_make(const struct chain *chain, uint64_t skip)
{
  struct json_object *list = json_object_new_array();
  for (size_t i = 0; i < chain->count; i++)
    json_object_array_add(list, describe(&chain->links[i], (skip >> i & 1) != 0));
  return list;
}
