/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/config_insert.h"

#include "ctk/config_lines.h"

/* --- replacing ----------------------------------------------------------------------------- */

/* The place of the comment that stands behind a setting in its line; false if there is none. */
static bool find_comment(const char *text, const struct config_node *node, size_t *place)
{
  *place = node->end + strspn(text + node->end, " ");
  return text[*place] == '#' || text_starts(text + *place, "//") ||
         text_starts(text + *place, "/*");
}

static size_t column_of(const char *text, size_t place)
{
  size_t start = place;
  while (start > 0 && text[start - 1] != '\n')
    start--;
  return place - start;
}

/* Does the comment behind a child stand in one column with another child's? */
static bool is_aligned(const char *text, const struct config_node *group,
                       const struct config_node *child, size_t place)
{
  size_t other;
  for (const struct config_node *one = group->first; one != NULL; one = one->next)
    if (one != child && find_comment(text, one, &other) &&
        column_of(text, other) == column_of(text, place))
      return true;
  return false;
}

char *config_replace(const char *text, const struct config_node *group,
                     const struct config_node *child, const char *value)
{
  size_t comment, before = child->value_end - child->value_start, now = strlen(value);
  size_t start = child->value_start, end = child->value_end;
  if (!find_comment(text, child, &comment) || !is_aligned(text, group, child, comment))
    return config_lines_replace(text, start, end, value);
  size_t blanks = comment - child->end + before;
  int padding = blanks > now ? (int)(blanks - now) : 1;
  cleanup_free char *all =
      xasprintf("%s%.*s%*s", value, (int)(child->end - end), text + end, padding, "");
  return config_lines_replace(text, start, comment, all);
}

/* --- inserting ----------------------------------------------------------------------------- */

/* How new lines look. */
struct layout {
  const char *line_break;
  const char *indent; /* of the settings */
  int width;
  const char *more; /* and a step further */
};

/* KEY = VALUE; in one line or, with the groups that a key with dots needs, in several. */
static void put_setting(FILE *out, const struct layout *layout, int depth, const char *key,
                        const char *value)
{
  int length = (int)strcspn(key, ".");
  if (key[length] == '\0') {
    fprintf(out, "%s = %s;", key, value);
    return;
  }
  fprintf(out, "%.*s: {%s", length, key, layout->line_break);
  fprintf(out, "%.*s%s%*s", layout->width, layout->indent, layout->more, 2 * (depth + 1), "");
  put_setting(out, layout, depth + 1, key + length + 1, value);
  fprintf(out, "%s%.*s%s%*s};", layout->line_break, layout->width, layout->indent, layout->more,
          2 * depth, "");
}

static char *setting_in_line(const char *key, const char *value)
{
  size_t length = strcspn(key, ".");
  if (key[length] == '\0')
    return xasprintf("%s = %s;", key, value);
  cleanup_free char *rest = setting_in_line(key + length + 1, value);
  return xasprintf("%.*s: { %s };", (int)length, key, rest);
}

static char *setting_over_lines(const struct layout *layout, const char *key, const char *value)
{
  char *lines;
  size_t length;
  FILE *out = xmemstream(&lines, &length);
  fprintf(out, "%.*s%s", layout->width, layout->indent, layout->more);
  put_setting(out, layout, 0, key, value);
  xmemstream_close(out);
  return lines;
}

static const struct config_node *last_child(const struct config_node *group)
{
  const struct config_node *last = group->first;
  while (last != NULL && last->next != NULL)
    last = last->next;
  return last;
}

/* Behind the last setting of a group, which gets the ';' that it may lack. */
static char *insert_behind(const char *text, const struct config_node *last, bool is_file,
                           const char *key, const char *value)
{
  size_t end = config_lines_end(text, last->end);
  const char *mark = last->end == last->value_end ? ";" : "";
  cleanup_free char *added = NULL;
  if (end == CONFIG_LINES_NONE || (!is_file && !config_lines_is_first(text, last->start))) {
    cleanup_free char *line = setting_in_line(key, value);
    added = xasprintf("%s %s", mark, line);
    return config_lines_replace(text, last->end, last->end, added);
  }
  struct layout layout = {.line_break = config_lines_break(text), .more = ""};
  layout.indent = config_lines_indent(text, last->start, &layout.width);
  bool apart = is_file && strchr(key, '.') != NULL; /* groups stand apart */
  cleanup_free char *lines = setting_over_lines(&layout, key, value);
  added = xasprintf("%s%.*s%s%s%s", mark, (int)(end - last->end), text + last->end,
                    layout.line_break, apart ? layout.line_break : "", lines);
  return config_lines_replace(text, last->end, end, added);
}

static char *insert_in_empty_file(const char *text, const char *key, const char *value)
{
  size_t length = strlen(text);
  const struct layout layout = {
      .line_break = config_lines_break(text), .indent = "", .width = 0, .more = ""};
  bool ended = length == 0 || text[length - 1] == '\n';
  cleanup_free char *lines = setting_over_lines(&layout, key, value);
  return xasprintf("%s%s%s%s", text, ended ? "" : layout.line_break, lines, layout.line_break);
}

static char *insert_in_empty_group(const char *text, const struct config_node *group,
                                   const char *key, const char *value)
{
  size_t open = group->value_start + 1, end = config_lines_end(text, open);
  cleanup_free char *added = NULL;
  if (end == CONFIG_LINES_NONE) {
    cleanup_free char *line = setting_in_line(key, value);
    added = xasprintf(" %s%s", line, text[open] == ' ' ? "" : " ");
    return config_lines_replace(text, open, open, added);
  }
  struct layout layout = {.line_break = config_lines_break(text), .more = "  "};
  layout.indent = config_lines_indent(text, group->start, &layout.width);
  cleanup_free char *lines = setting_over_lines(&layout, key, value);
  added = xasprintf("%s%s", layout.line_break, lines);
  return config_lines_replace(text, end, end, added);
}

char *config_insert(const char *text, const struct config_node *group, bool is_file,
                    const char *key, const char *value)
{
  const struct config_node *last = last_child(group);
  if (last != NULL)
    return insert_behind(text, last, is_file, key, value);
  return is_file ? insert_in_empty_file(text, key, value)
                 : insert_in_empty_group(text, group, key, value);
}
