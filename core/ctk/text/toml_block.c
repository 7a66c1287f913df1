/* SPDX-License-Identifier: Apache-2.0 */
/* Lines at the end of a TOML text that are ours, between two comments. */
#include "ctk/text/toml_edit.h"

#define BEGIN "# --- %s: made by container-hooks-ctk runtime configure"
#define END "# --- end of %s"

static const char *newline_of(const char *text)
{
  return strstr(text, "\r\n") != NULL ? "\r\n" : "\n";
}

/* The lines with the line ends that are wanted; owned by the caller. */
static char *with_newlines(const char *lines, const char *newline)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL)
    return xstrdup(lines);
  for (; *lines != '\0'; lines++) {
    if (*lines == '\n')
      fputs(newline, out);
    else if (*lines != '\r' || lines[1] != '\n') /* values can come from another file */
      fputc(*lines, out);
  }
  fclose(out);
  return text;
}

char *toml_block_append(const char *text, const char *owner, const char *lines)
{
  size_t length = strlen(text);
  bool open = length > 0 && text[length - 1] != '\n';
  cleanup_free char *block = xasprintf("%s%s" BEGIN "\n%s" END "\n", open ? "\n" : "",
                                       length > 0 ? "\n" : "", owner, lines, owner);
  cleanup_free char *ended = with_newlines(block, newline_of(text));
  return xasprintf("%s%s", text, ended);
}

/* --- finding it again ---------------------------------------------------------------------- */

/* A line within a string of several lines is no comment. */
static bool in_value(const struct toml *toml, size_t at)
{
  for (size_t i = 0; i < toml->count; i++)
    if (toml->items[i].start <= at && at < toml->items[i].end)
      return true;
  return false;
}

/* The start of the line that is just this, from `from` on; the text's length if there is none. */
static size_t find_line(const struct toml *toml, size_t from, const char *line)
{
  const char *text = toml->text;
  size_t length = strlen(line);
  for (size_t at = from; at < toml->length; at += strcspn(text + at, "\n") + 1) {
    size_t end = at + length;
    if (strncmp(text + at, line, length) == 0 && strchr("\r\n", text[end]) != NULL &&
        !in_value(toml, at))
      return at;
  }
  return toml->length;
}

static size_t skip_line(const char *text, size_t at)
{
  at += strcspn(text + at, "\n");
  return at + (text[at] == '\n');
}

/* The empty line that was added before the block. */
static size_t include_empty_line(const char *text, size_t at)
{
  if (at < 2 || text[at - 1] != '\n')
    return at;
  size_t end = at - 1;
  if (end > 0 && text[end - 1] == '\r')
    end--;
  return end > 0 && text[end - 1] == '\n' ? end : at;
}

bool toml_block_is_last(const char *text, const char *owner)
{
  cleanup_free char *line = xasprintf("\n" END "\n", owner);
  cleanup_free char *ended = with_newlines(line, newline_of(text));
  size_t length = strlen(text), end = strlen(ended);
  return length >= end && text_equal(text + length - end, ended);
}

/* Where a block's two comments begin; the text's length if there is none. */
struct block {
  size_t begin, end;
};

static int find_block(const struct toml *toml, const char *name, const char *owner,
                      struct block *block, struct error *err)
{
  cleanup_free char *begin_line = xasprintf(BEGIN, owner);
  cleanup_free char *end_line = xasprintf(END, owner);
  block->begin = find_line(toml, 0, begin_line);
  block->end = find_line(toml, block->begin, end_line);
  if (block->begin < toml->length && block->end == toml->length)
    return error_set(err,
                     "%s: the line '%s' is missing, so nobody can tell where our part ends: "
                     "take it out by hand",
                     name, end_line);
  return 0;
}

int toml_block_remove(const char *text, const char *name, const char *owner, char **edited,
                      struct error *err)
{
  struct block block;
  cleanup_toml struct toml toml = {.count = 0};
  if (toml_parse(text, strlen(text), name, &toml, err) < 0 ||
      find_block(&toml, name, owner, &block, err) < 0)
    return -1;
  if (block.begin == toml.length)
    *edited = xstrdup(text);
  else
    *edited = xasprintf("%.*s%s", (int)include_empty_line(text, block.begin), text,
                        text + skip_line(text, block.end));
  return 0;
}

int toml_block_open(const char *text, const char *name, const char *owner, char **edited,
                    struct error *err)
{
  struct block block;
  cleanup_toml struct toml toml = {.count = 0};
  if (toml_parse(text, strlen(text), name, &toml, err) < 0 ||
      find_block(&toml, name, owner, &block, err) < 0)
    return -1;
  size_t inner = skip_line(text, block.begin);
  if (block.begin == toml.length)
    *edited = xstrdup(text);
  else
    *edited = xasprintf("%.*s%.*s%s", (int)block.begin, text, (int)(block.end - inner),
                        text + inner, text + skip_line(text, block.end));
  return 0;
}

bool toml_block_all(const char *text, const char *owner, toml_block_condition *condition,
                    const void *data)
{
  struct error ignored;
  struct block block;
  cleanup_toml struct toml toml = {.count = 0};
  if (toml_parse(text, strlen(text), "", &toml, &ignored) < 0 ||
      find_block(&toml, "", owner, &block, &ignored) < 0)
    return true;
  for (size_t i = 0; i < toml.count; i++) {
    const struct toml_item *item = &toml.items[i];
    if (item->start > block.begin && item->start < block.end && !condition(item, data))
      return false;
  }
  return true;
}
