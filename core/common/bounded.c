/* SPDX-License-Identifier: Apache-2.0 */
#include "common/bounded.h"

#include "common/utf8.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
static const char ellipsis[] = "…";

/* The next character of a text: itself, or what stands for a byte that is none. */
static size_t next_character(const char *text, size_t left, const char **shown,
                             size_t *shown_length)
{
  size_t length = utf8_length(text, left);
  *shown = length > 0 ? text : replacement;
  *shown_length = length > 0 ? length : strlen(replacement);
  return length > 0 ? length : 1;
}

struct json_object *bounded_text(const char *text, bool *cut)
{
  char copy[BOUNDED_TEXT_MAX + sizeof(ellipsis)];
  size_t used = 0;
  for (size_t left = strlen(text); left > 0;) {
    const char *shown;
    size_t shown_length, length = next_character(text, left, &shown, &shown_length);
    if (used + shown_length > BOUNDED_TEXT_MAX) {
      memcpy(copy + used, ellipsis, strlen(ellipsis));
      used += strlen(ellipsis);
      *cut = true;
      break;
    }
    memcpy(copy + used, shown, shown_length);
    used += shown_length;
    text += length;
    left -= length;
  }
  return json_object_new_string_len(copy, (int)used);
}

struct bounded_list bounded_array(void)
{
  return (struct bounded_list){.json = json_object_new_array()};
}

struct bounded_list bounded_object(void)
{
  return (struct bounded_list){.json = json_object_new_object()};
}

/* json-c escapes what JSON demands. DEL and U+0080 to U+009F, which some terminals obey, may stand
   in it as they are; but only within texts, where an escape means the same. */
static size_t terminal_control(const char *text)
{
  const unsigned char *bytes = (const unsigned char *)text;
  if (bytes[0] == 0x7f)
    return 1;
  return bytes[0] == 0xc2 && bytes[1] >= 0x80 && bytes[1] < 0xa0 ? 2 : 0;
}

/* With the comma or colon behind it. */
static size_t written_length(struct json_object *value)
{
  size_t length, written = 1;
  const char *text = json_text(value, &length);
  while (*text != '\0') {
    size_t control = terminal_control(text);
    written += control > 0 ? strlen("\\u0000") : 1;
    text += control > 0 ? control : 1;
  }
  return written;
}

void bounded_add(struct bounded_list *list, const char *key, struct json_object *member)
{
  bool ignored;
  cleanup_json struct json_object *name = key != NULL ? bounded_text(key, &ignored) : NULL;
  size_t length = written_length(member) + (name != NULL ? written_length(name) : 0);
  if (list->left_out > 0 || list->length + length > BOUNDED_LIST_MAX) {
    list->left_out++;
    json_object_put(member);
    return;
  }
  list->length += length;
  if (name != NULL)
    json_object_object_add(list->json, json_object_get_string(name), member);
  else
    json_object_array_add(list->json, member);
}

char *bounded_line(struct json_object *tree)
{
  size_t length, line_length;
  char *line;
  const char *text = json_text(tree, &length);
  FILE *stream = xmemstream(&line, &line_length);
  while (*text != '\0') {
    size_t control = terminal_control(text);
    if (control > 0)
      fprintf(stream, "\\u%04x", (unsigned char)text[control - 1]);
    else
      fputc(*text, stream);
    text += control > 0 ? control : 1;
  }
  xmemstream_close(stream);
  return line;
}
