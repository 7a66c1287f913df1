/* SPDX-License-Identifier: Apache-2.0 */
#include "common/document.h"

#include "common/base64.h"
#include "common/file.h"
#include "common/trust.h"

#include <fcntl.h>
#include <inttypes.h>
#include <json-c/linkhash.h>

/* --- documents ----------------------------------------------------------------------------- */

static int parse(struct document *document, struct error *err)
{
  if (json_parse(document->text, document->length, document->name, &document->tree, err) == 0)
    return 0;
  errno = EINVAL;
  return -1;
}

int document_read(const char *path, size_t limit, struct document *document, struct error *err)
{
  *document = (struct document){.path = xstrdup(path)};
  document->name = document->path;
  if (trust_read_file(path, limit, &document->text, &document->length, err) == 0 &&
      parse(document, err) == 0)
    return 0;
  document_free(document);
  return -1;
}

static int read_config(struct document *document, struct error *err)
{
  cleanup_close int fd = open(document->path, FILE_OPEN_FLAGS | O_NOFOLLOW);
  if (fd < 0)
    return error_set(err, "cannot open %s: %m", document->path);
  if (file_read(fd, document->path, DOCUMENT_CONFIG_MAX, &document->text, &document->length, err) <
      0)
    return -1;
  return parse(document, err);
}

int document_read_bundle(const char *bundle, struct document *document, struct error *err)
{
  *document = (struct document){.path = xasprintf("%s/config.json", bundle)};
  document->name = document->path;
  if (read_config(document, err) == 0)
    return 0;
  document_free(document);
  return -1;
}

void document_free(struct document *document)
{
  int saved = errno;
  free(document->path);
  free(document->text);
  json_object_put(document->tree);
  *document = (struct document){.name = NULL};
  errno = saved;
}

struct value document_root(const struct document *document)
{
  return (struct value){.document = document, .json = document->tree};
}

/* --- complaints ---------------------------------------------------------------------------- */

char *value_pointer(const struct value *value)
{
  if (value->parent == NULL)
    return xstrdup("");
  cleanup_free char *above = value_pointer(value->parent);
  return value->key != NULL ? json_pointer_key(above, value->key)
                            : json_pointer_index(above, value->index);
}

/* "NAME:LINE:COLUMN" if the text is there, otherwise "NAME". Owned by the caller. */
static char *place_of(const struct document *document, const char *pointer)
{
  struct json_place place;
  if (document->text == NULL || json_locate(document->text, document->length, pointer, &place) < 0)
    return xstrdup(document->name);
  return xasprintf("%s:%zu:%zu", document->name, place.line, place.column);
}

char *value_place(const struct value *value)
{
  cleanup_free char *pointer = value_pointer(value);
  cleanup_free char *place = place_of(value->document, pointer);
  if (value->document->text != NULL)
    return steal_pointer(&place);
  return xasprintf("%s: %s", place, pointer);
}

int value_error(const struct value *value, struct error *err, const char *format, ...)
{
  cleanup_free char *pointer = value_pointer(value);
  cleanup_free char *place = place_of(value->document, pointer);
  va_list args;
  va_start(args, format);
  cleanup_free char *cause = xvasprintf(format, args);
  va_end(args);
  error_set(err, "%s: %s ", place, pointer[0] != '\0' ? pointer : "the document");
  return error_append(err, "%s", cause);
}

int value_wrap(const struct value *value, struct error *err)
{
  cleanup_free char *pointer = value_pointer(value);
  cleanup_free char *place = place_of(value->document, pointer);
  return error_wrap(err, "%s", place);
}

int value_type(const struct value *value, enum json_type type, struct error *err)
{
  if (json_object_is_type(value->json, type))
    return 0;
  return value_error(value, err, "is %s, not %s",
                     json_type_words(json_object_get_type(value->json)), json_type_words(type));
}

static int unknown_key(const struct value *member, const char *const *keys, struct error *err)
{
  value_error(member, err, "is not known here; there may be:");
  for (; *keys != NULL; keys++)
    error_append(err, " %s", *keys);
  return -1;
}

/* --- walking ------------------------------------------------------------------------------- */

int value_object(const struct value *value, const char *const *keys, struct error *err)
{
  if (value_type(value, json_type_object, err) < 0)
    return -1;
  json_object_object_foreach (value->json, key, json) {
    if (text_listed(key, keys))
      continue;
    struct value member = {.document = value->document, .parent = value, .key = key, .json = json};
    return unknown_key(&member, keys, err);
  }
  return 0;
}

int value_array(const struct value *value, size_t max, size_t *length, struct error *err)
{
  if (value_type(value, json_type_array, err) < 0)
    return -1;
  *length = json_object_array_length(value->json);
  if (*length > max)
    return value_error(value, err, "has %zu elements; at most %zu are allowed", *length, max);
  return 0;
}

bool value_find(const struct value *object, const char *key, struct value *member)
{
  *member = (struct value){.document = object->document, .parent = object, .key = key};
  return json_object_object_get_ex(object->json, key, &member->json);
}

int value_need(const struct value *object, const char *key, struct value *member, struct error *err)
{
  return value_find(object, key, member) ? 0 : value_error(object, err, "has no \"%s\"", key);
}

struct value value_element(const struct value *array, size_t index)
{
  return (struct value){.document = array->document,
                        .parent = array,
                        .index = index,
                        .json = json_object_array_get_idx(array->json, index)};
}

int value_text(const struct value *value, const char **text, struct error *err)
{
  if (value_type(value, json_type_string, err) < 0)
    return -1;
  *text = json_object_get_string(value->json);
  return 0;
}

int value_need_text(const struct value *object, const char *key, struct value *member,
                    const char **text, struct error *err)
{
  if (value_need(object, key, member, err) < 0)
    return -1;
  return value_text(member, text, err);
}

int value_choice(const struct value *value, const char *const *names, size_t *choice,
                 struct error *err)
{
  const char *text;
  if (value_text(value, &text, err) < 0)
    return -1;
  for (*choice = 0; names[*choice] != NULL; ++*choice)
    if (text_equal(text, names[*choice]))
      return 0;
  value_error(value, err, "is not known here; there are:");
  for (; *names != NULL; names++)
    error_append(err, " %s", *names);
  return -1;
}

int value_base64(const struct value *value, char **bytes, size_t *length, struct error *err)
{
  const char *text;
  if (value_text(value, &text, err) < 0)
    return -1;
  return base64_decode(text, strlen(text), bytes, length)
             ? 0
             : value_error(value, err, "is not base64");
}

int value_boolean(const struct value *value, bool *boolean, struct error *err)
{
  if (value_type(value, json_type_boolean, err) < 0)
    return -1;
  *boolean = json_object_get_boolean(value->json);
  return 0;
}

int value_number(const struct value *value, int64_t min, int64_t max, int64_t *number,
                 struct error *err)
{
  if (value_type(value, json_type_int, err) < 0)
    return -1;
  /* json-c clamps what does not fit, to a number that is out of any smaller range too. */
  int64_t found = json_object_get_int64(value->json);
  if (found < min || found > max)
    return value_error(value, err, "is %s, not a number from %" PRId64 " to %" PRId64,
                       json_object_get_string(value->json), min, max);
  *number = found;
  return 0;
}

int value_texts(const struct value *value, size_t max, size_t room, const char ***texts,
                struct error *err)
{
  size_t length;
  if (value_array(value, max, &length, err) < 0)
    return -1;
  cleanup_free const char **list = xcalloc(room + length + 1, sizeof(*list));
  for (size_t i = 0; i < length; i++) {
    struct value element = value_element(value, i);
    if (value_text(&element, &list[room + i], err) < 0)
      return -1;
  }
  *texts = steal_pointer(&list);
  return 0;
}
