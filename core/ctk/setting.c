/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/setting.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* --- texts --------------------------------------------------------------------------------- */

static void put_quoted(FILE *out, const char *text, size_t length)
{
  putc('"', out);
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\')
      fprintf(out, "\\%c", c);
    else if (c == '\n')
      fputs("\\n", out);
    else if (c < ' ' || c == 0x7f)
      fprintf(out, "\\x%02x", c);
    else
      putc(c, out);
  }
  putc('"', out);
}

char *setting_quote(const char *text)
{
  char *quoted;
  size_t length;
  FILE *out = xmemstream(&quoted, &length);
  put_quoted(out, text, strlen(text));
  xmemstream_close(out);
  return quoted;
}

/* --- numbers ------------------------------------------------------------------------------- */

/* A whole number that every libconfig reads alike: no leading zero, not beyond 64 bits. */
static bool is_number(const char *text, size_t length)
{
  const char *digits = text + (text[0] == '-');
  size_t count = length - (size_t)(digits - text);
  if (count == 0 || count > 19 || strspn(digits, DIGITS) < count || (digits[0] == '0' && count > 1))
    return false;
  errno = 0;
  strtoll(text, NULL, 10);
  return errno == 0;
}

static bool needs_64_bits(const char *number)
{
  long long value = strtoll(number, NULL, 10);
  return value < INT32_MIN || value > INT32_MAX;
}

/* --- lists --------------------------------------------------------------------------------- */

/* Calls for each element of a,b or a,b, until one says false. */
static bool each_element(const char *list,
                         bool (*call)(void *data, const char *text, size_t length), void *data)
{
  while (*list != '\0') {
    size_t length = strcspn(list, ",");
    if (length > 0 && !call(data, list, length))
      return false;
    list += length + (list[length] == ',');
  }
  return true;
}

static bool element_is_number(void *data, const char *text, size_t length)
{
  bool *large = data;
  *large = *large || (is_number(text, length) && needs_64_bits(text));
  return is_number(text, length);
}

/* How the elements are written. */
struct array {
  FILE *out;
  bool numbers, large; /* an array's numbers must all be of one kind */
  const char *before;
};

static bool put_element(void *data, const char *text, size_t length)
{
  struct array *array = data;
  fputs(array->before, array->out);
  array->before = ", ";
  if (array->numbers)
    fprintf(array->out, "%.*s%s", (int)length, text, array->large ? "L" : "");
  else
    put_quoted(array->out, text, length);
  return true;
}

static char *array_value(const char *list)
{
  char *value;
  size_t length;
  struct array array = {.out = xmemstream(&value, &length), .before = " "};
  array.numbers = each_element(list, element_is_number, &array.large);
  putc('[', array.out);
  each_element(list, put_element, &array);
  fputs(" ]", array.out);
  xmemstream_close(array.out);
  return value;
}

/* --- all of it ----------------------------------------------------------------------------- */

static char *value_of(const char *typed)
{
  size_t length = strlen(typed);
  if (text_equal(typed, "true") || text_equal(typed, "false"))
    return xstrdup(typed);
  if (is_number(typed, length))
    return xasprintf("%s%s", typed, needs_64_bits(typed) ? "L" : "");
  if (length >= 2 && typed[0] == '"' && typed[length - 1] == '"') {
    cleanup_free char *between = xstrndup(typed + 1, length - 2);
    return setting_quote(between);
  }
  return strchr(typed, ',') != NULL ? array_value(typed) : setting_quote(typed);
}

/* To libconfig these are values, in capital letters too. */
static bool is_boolean(const char *name, size_t length)
{
  return (length == 4 && strncasecmp(name, "true", length) == 0) ||
         (length == 5 && strncasecmp(name, "false", length) == 0);
}

bool setting_name_valid(const char *name, size_t length)
{
  const char *end = name + length;
  for (;;) {
    size_t part = strspn(name, LETTERS DIGITS "*-_");
    if (part == 0 || strchr(LETTERS "*", name[0]) == NULL || name + part > end ||
        is_boolean(name, part))
      return false;
    name += part;
    if (name == end || *name != '.')
      return name == end;
    name++;
  }
}

int setting_read(const char *assignment, char **key, char **value, struct error *err)
{
  size_t length = strcspn(assignment, "=");
  if (assignment[length] == '\0')
    return error_set(err, "%s is not of the form KEY=VALUE", assignment);
  if (!setting_name_valid(assignment, length))
    return error_set(err,
                     "'%.*s' is no setting's name: letters, digits, '-' and '_', beginning with a "
                     "letter; of one in a group GROUP.KEY",
                     (int)length, assignment);
  *key = xstrndup(assignment, length);
  *value = value_of(assignment + length + 1);
  return 0;
}

int setting_check_all(const struct ctk_command *self, const struct option_list *typed,
                      struct error *err)
{
  for (size_t i = 0; i < typed->count; i++) {
    cleanup_free char *key = NULL;
    cleanup_free char *value = NULL;
    struct error cause;
    if (setting_read(typed->values[i], &key, &value, &cause) < 0)
      return command_usage(self, err, "--set: %s", cause.text);
  }
  return 0;
}

/* --- what was meant ------------------------------------------------------------------------ */

/* Messages name the last part of a setting in a group. */
static bool is_about(const char *why, const char *key, const char *wanted)
{
  const char *dot = strrchr(key, '.');
  cleanup_free char *words =
      xasprintf("setting '%s' must be %s", dot != NULL ? dot + 1 : key, wanted);
  return strstr(why, words) != NULL;
}

char *setting_how_typed(const struct option_list *typed, const char *why)
{
  for (size_t i = 0; i < typed->count; i++) {
    const char *assignment = typed->values[i], *value = strchr(assignment, '=');
    if (value == NULL)
      continue;
    cleanup_free char *key = xstrndup(assignment, (size_t)(value - assignment));
    if (is_about(why, key, "a text"))
      return xasprintf(" (typed: --set '%s=\"%s\"')", key, value + 1);
    if (is_about(why, key, "a list"))
      return xasprintf(" (typed: --set %s=a,b; of one element: --set %s=a,)", key, key);
  }
  return xstrdup("");
}
