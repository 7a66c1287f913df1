/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/when_conditions.h"

#include <ctype.h>
#include <json-c/linkhash.h>

/* --- compiling ----------------------------------------------------------------------------- */

struct when *when_new(enum when_mode mode)
{
  struct when *when = xcalloc(1, sizeof(*when));
  when->mode = mode;
  return when;
}

static void free_patterns(struct when_patterns *patterns)
{
  while (patterns->first != NULL) {
    struct when_pattern *pattern = patterns->first;
    patterns->first = pattern->next;
    regfree(&pattern->pattern);
    free(pattern);
  }
}

static void free_annotation(struct when_annotation *annotation)
{
  if (!annotation->any_key)
    regfree(&annotation->key);
  regfree(&annotation->value);
  free(annotation);
}

static void free_variable(struct when_variable *variable)
{
  free(variable->name);
  regfree(&variable->value);
  free(variable);
}

void when_free(struct when *when)
{
  if (when == NULL)
    return;
  while (when->annotations != NULL) {
    struct when_annotation *annotation = when->annotations;
    when->annotations = annotation->next;
    free_annotation(annotation);
  }
  free_patterns(&when->commands);
  free_patterns(&when->images);
  while (when->variables != NULL) {
    struct when_variable *variable = when->variables;
    when->variables = variable->next;
    free_variable(variable);
  }
  free(when);
}

bool when_is_empty(const struct when *when)
{
  return when->always == WHEN_UNSET && when->bind_mounts == WHEN_UNSET &&
         when->has_binds == WHEN_UNSET && when->sandboxes == WHEN_UNSET &&
         when->annotations == NULL && when->commands.first == NULL && when->images.first == NULL &&
         when->variables == NULL;
}

bool when_asks_image(const struct when *when)
{
  return when->images.first != NULL;
}

/* The letter or digit behind the first backslash that POSIX gives no meaning; '\0' if none. */
static char unknown_escape(const char *pattern)
{
  for (const char *c = strchr(pattern, '\\'); c != NULL && c[1] != '\0'; c = strchr(c + 2, '\\'))
    if (isalnum((unsigned char)c[1]))
      return c[1];
  return '\0';
}

static bool repeats(char c)
{
  return c == '*' || c == '+' || c == '?';
}

/* POSIX gives "a++" no meaning, and each sign more doubles the memory that regcomp(3) takes. */
static bool repeats_twice(const char *pattern)
{
  for (const char *c = pattern; *c != '\0'; c++) {
    if (*c == '\\' && c[1] != '\0')
      c++;
    else if (*c == '[') /* up to its end, before which a first ']' or '^]' is itself */
      for (c += 1 + (c[1] == '^'), c += *c == ']'; *c != '\0' && *c != ']'; c++)
        continue;
    else if (repeats(*c) && repeats(c[1]))
      return true;
    if (*c == '\0')
      break;
  }
  return false;
}

/* `value` is where the pattern stands, for errors. */
static int compile(regex_t *regex, const char *pattern, const struct value *value,
                   struct error *err)
{
  if (strlen(pattern) > WHEN_PATTERN_MAX)
    return value_error(value, err, "is a pattern of more than %d bytes", WHEN_PATTERN_MAX);
  char escape = unknown_escape(pattern);
  if (escape != '\0')
    return value_error(value, err,
                       "is the pattern \"%s\": \\%c has no meaning in a POSIX extended regular "
                       "expression; write [0-9] for \\d, [[:space:]] for \\s, [[:alnum:]_] for \\w",
                       pattern, escape);
  if (repeats_twice(pattern))
    return value_error(value, err, "is the pattern \"%s\": of *, + and ? one is enough", pattern);
  int failure = regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB);
  if (failure == 0)
    return 0;
  char cause[128];
  regerror(failure, regex, cause, sizeof(cause));
  return value_error(value, err, "is the pattern \"%s\": %s", pattern, cause);
}

static int add_flag(enum when_flag *flag, const struct value *value, struct error *err)
{
  bool boolean;
  if (value_boolean(value, &boolean, err) < 0)
    return -1;
  *flag = boolean ? WHEN_TRUE : WHEN_FALSE;
  return 0;
}

int when_add_bind_mounts(struct when *when, const struct value *boolean, struct error *err)
{
  return add_flag(&when->bind_mounts, boolean, err);
}

static int add_pattern(struct when_patterns *patterns, const struct value *value, struct error *err)
{
  const char *text;
  if (patterns->count == WHEN_PATTERNS_MAX)
    return value_error(value, err, "is one pattern too many; at most %d are allowed",
                       WHEN_PATTERNS_MAX);
  if (value_text(value, &text, err) < 0)
    return -1;
  cleanup_free struct when_pattern *pattern = xcalloc(1, sizeof(*pattern));
  if (compile(&pattern->pattern, text, value, err) < 0)
    return -1;
  pattern->next = patterns->first;
  patterns->first = steal_pointer(&pattern);
  patterns->count++;
  return 0;
}

static int add_patterns(struct when_patterns *patterns, const struct value *array,
                        struct error *err)
{
  size_t count;
  if (value_array(array, WHEN_PATTERNS_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value value = value_element(array, i);
    if (add_pattern(patterns, &value, err) < 0)
      return -1;
  }
  return 0;
}

int when_add_commands(struct when *when, const struct value *patterns, struct error *err)
{
  return add_patterns(&when->commands, patterns, err);
}

int when_add_annotation(struct when *when, const char *key, const struct value *pattern,
                        struct error *err)
{
  const char *text;
  if (when->annotation_count == WHEN_PATTERNS_MAX)
    return value_error(pattern, err, "is one pattern too many; at most %d are allowed",
                       WHEN_PATTERNS_MAX);
  if (value_text(pattern, &text, err) < 0)
    return -1;
  cleanup_free struct when_annotation *annotation = xcalloc(1, sizeof(*annotation));
  if (compile(&annotation->value, text, pattern, err) < 0)
    return -1;
  annotation->any_key = key == NULL;
  if (key != NULL && compile(&annotation->key, key, pattern, err) < 0) {
    regfree(&annotation->value);
    return -1;
  }
  annotation->next = when->annotations;
  when->annotations = steal_pointer(&annotation);
  when->annotation_count++;
  return 0;
}

static int add_variable(struct when *when, const char *name, const struct value *pattern,
                        struct error *err)
{
  const char *text;
  if (when->variable_count == WHEN_PATTERNS_MAX)
    return value_error(pattern, err, "is one pattern too many; at most %d are allowed",
                       WHEN_PATTERNS_MAX);
  if (name[0] == '\0' || strchr(name, '=') != NULL)
    return value_error(pattern, err, "is for \"%s\", which is no name of a variable", name);
  if (value_text(pattern, &text, err) < 0)
    return -1;
  cleanup_free struct when_variable *variable = xcalloc(1, sizeof(*variable));
  if (compile(&variable->value, text, pattern, err) < 0)
    return -1;
  variable->name = xstrdup(name);
  variable->next = when->variables;
  when->variables = steal_pointer(&variable);
  when->variable_count++;
  return 0;
}

/* --- objects ------------------------------------------------------------------------------- */

typedef int add_pair(struct when *when, const char *key, const struct value *pattern,
                     struct error *err);

static int add_members(struct when *when, const struct value *object, add_pair *add,
                       struct error *err)
{
  if (value_type(object, json_type_object, err) < 0)
    return -1;
  json_object_object_foreach (object->json, key, json) {
    (void)json;
    struct value pattern;
    value_find(object, key, &pattern);
    if (add(when, key, &pattern, err) < 0)
      return -1;
  }
  return 0;
}

/* An element { KEY_NAME: "…", value: "…" } of a list. */
static int add_element(struct when *when, const struct value *element, const char *key_name,
                       add_pair *add, struct error *err)
{
  const char *const keys[] = {key_name, "value", NULL};
  struct value key, pattern;
  const char *text;
  if (value_object(element, keys, err) < 0 || value_need(element, key_name, &key, err) < 0 ||
      value_text(&key, &text, err) < 0 || value_need(element, "value", &pattern, err) < 0)
    return -1;
  return add(when, text, &pattern, err);
}

static int add_pairs(struct when *when, const struct value *pairs, const char *key_name,
                     add_pair *add, struct error *err)
{
  size_t count;
  if (!json_object_is_type(pairs->json, json_type_array))
    return add_members(when, pairs, add, err);
  if (value_array(pairs, WHEN_PATTERNS_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value element = value_element(pairs, i);
    if (add_element(when, &element, key_name, add, err) < 0)
      return -1;
  }
  return 0;
}

static int add_oci_hooks(struct when *when, const struct value *object, struct error *err)
{
  static const char *const keys[] = {"always", "annotations", "commands", "hasBindMounts", NULL};
  struct value member;
  if (value_object(object, keys, err) < 0)
    return -1;
  if (json_object_object_length(object->json) == 0)
    return value_error(object, err, "has no condition; write {\"always\": true} to match all");
  if (value_find(object, "always", &member) && add_flag(&when->always, &member, err) < 0)
    return -1;
  if (value_find(object, "annotations", &member) &&
      add_members(when, &member, when_add_annotation, err) < 0)
    return -1;
  if (value_find(object, "commands", &member) && when_add_commands(when, &member, err) < 0)
    return -1;
  return value_find(object, "hasBindMounts", &member) ? when_add_bind_mounts(when, &member, err)
                                                      : 0;
}

static int add_ours(struct when *when, const struct value *object, struct error *err)
{
  static const char *const keys[] = {"annotations", "commands", "environment", "bind-mounts",
                                     "sandboxes",   "images",   NULL};
  struct value member;
  if (value_object(object, keys, err) < 0)
    return -1;
  if (value_find(object, "annotations", &member) &&
      add_pairs(when, &member, "key", when_add_annotation, err) < 0)
    return -1;
  if (value_find(object, "commands", &member) && when_add_commands(when, &member, err) < 0)
    return -1;
  if (value_find(object, "environment", &member) &&
      add_pairs(when, &member, "name", add_variable, err) < 0)
    return -1;
  if (value_find(object, "bind-mounts", &member) && add_flag(&when->has_binds, &member, err) < 0)
    return -1;
  if (value_find(object, "sandboxes", &member) && add_flag(&when->sandboxes, &member, err) < 0)
    return -1;
  if (value_find(object, "images", &member) && add_patterns(&when->images, &member, err) < 0)
    return -1;
  return when_is_empty(when)
             ? value_error(object, err, "has no condition; leave it out to match every container")
             : 0;
}

int when_add_object(struct when *when, const struct value *object, enum when_words words,
                    struct error *err)
{
  return words == WHEN_OCI_HOOKS ? add_oci_hooks(when, object, err) : add_ours(when, object, err);
}
