/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/json_way.h"

#include "common/json_reader.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* --- members ---------------------------------------------------------------------------------- */

const char *json_body(const char *text)
{
  return text_starts(text, BYTE_ORDER_MARK) ? text + strlen(BYTE_ORDER_MARK) : text;
}

const char *json_skip_space(const char *at)
{
  return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at)
{
  for (at++; *at != '"'; at++)
    if (*at == '\\')
      at++;
  return at + 1;
}

const char *json_skip_value(const char *at)
{
  int depth = 0;
  do {
    if (*at == '"') {
      at = skip_string(at);
      continue;
    }
    if (*at == '{' || *at == '[')
      depth++;
    else if (*at == '}' || *at == ']')
      depth--;
    else if (depth == 0)
      return at + strcspn(at, ",]} \t\r\n");
    at++;
  } while (depth > 0);
  return at;
}

/* Reads the member behind a bracket or comma; false if there is none. */
static bool read_member(const char *lead, bool object, struct json_member *member)
{
  *member = (struct json_member){.lead = lead};
  member->key = member->key_end = member->value = json_skip_space(lead);
  if (*member->key == '}' || *member->key == ']')
    return false;
  if (object) {
    member->key_end = skip_string(member->key);
    member->value = json_skip_space(json_skip_space(member->key_end) + 1);
  }
  member->value_end = json_skip_value(member->value);
  member->next = json_skip_space(member->value_end);
  return true;
}

bool json_first_member(const char *container, struct json_member *member)
{
  return read_member(container + 1, *container == '{', member);
}

bool json_next_member(const char *container, struct json_member *member)
{
  return *member->next == ',' && read_member(member->next + 1, *container == '{', member);
}

/* --- pointers --------------------------------------------------------------------------------- */

char *json_take_step(const char **pointer)
{
  const char *from = *pointer + 1;
  size_t length = strcspn(from, "/"), used = 0;
  char *step = xcalloc(length + 1, 1);
  for (size_t i = 0; i < length; i++) {
    if (from[i] == '~' && i + 1 < length)
      step[used++] = from[++i] == '1' ? '/' : '~';
    else
      step[used++] = from[i];
  }
  *pointer = from + length;
  return step;
}

static bool has_key(const struct json_member *member, const char *wanted)
{
  struct error ignored;
  struct json_reader reader;
  const char *key;
  size_t length;
  json_reader_start(&reader, member->key, (size_t)(member->key_end - member->key), "", &ignored);
  bool same = json_reader_string(&reader, &key, &length) == 0 && length == strlen(wanted) &&
              memcmp(key, wanted, length) == 0;
  json_reader_end(&reader);
  return same;
}

static bool has_index(size_t index, const char *wanted)
{
  char text[24];
  snprintf(text, sizeof(text), "%zu", index);
  return text_equal(text, wanted);
}

static bool find_member(const char *container, const char *step, struct json_member *member)
{
  size_t index = 0;
  bool object = *container == '{';
  if (!object && *container != '[')
    return false;
  for (bool more = json_first_member(container, member); more;
       more = json_next_member(container, member)) {
    if (object ? has_key(member, step) : has_index(index, step))
      return true;
    index++;
  }
  return false;
}

void json_way_free(struct json_way *way)
{
  free(way->step);
}

void json_way_follow(struct json_way *way, const char *text, const char *pointer)
{
  *way = (struct json_way){.container = json_skip_space(json_body(text)), .rest = pointer};
  while (*way->rest != '\0') {
    free(way->step);
    way->step = json_take_step(&way->rest);
    way->found = find_member(way->container, way->step, &way->member);
    if (!way->found || *way->rest == '\0')
      return;
    if (*way->member.value != '{' && *way->member.value != '[')
      return;
    way->parent = way->member;
    way->container = way->member.value;
  }
}
