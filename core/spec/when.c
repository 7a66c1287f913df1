/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/when.h"

#include "spec/binds.h"

#include <ctype.h>
#include <json-c/linkhash.h>
#include <regex.h>

struct when_command {
  struct when_command *next;
  regex_t pattern;
};

struct when_annotation {
  struct when_annotation *next;
  bool any_key;
  regex_t key; /* unless any_key */
  regex_t value;
};

enum when_flag { WHEN_UNSET, WHEN_FALSE, WHEN_TRUE };

struct when {
  enum when_mode mode;
  enum when_flag always, bind_mounts;
  struct when_annotation *annotations;
  struct when_command *commands;
  size_t annotation_count, command_count;
};

/* --- compiling ----------------------------------------------------------------------------- */

struct when *when_new(enum when_mode mode)
{
  struct when *when = xcalloc(1, sizeof(*when));
  when->mode = mode;
  return when;
}

static void free_annotation(struct when_annotation *annotation)
{
  if (!annotation->any_key)
    regfree(&annotation->key);
  regfree(&annotation->value);
  free(annotation);
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
  while (when->commands != NULL) {
    struct when_command *command = when->commands;
    when->commands = command->next;
    regfree(&command->pattern);
    free(command);
  }
  free(when);
}

bool when_is_empty(const struct when *when)
{
  return when->always == WHEN_UNSET && when->bind_mounts == WHEN_UNSET &&
         when->annotations == NULL && when->commands == NULL;
}

/* The letter or digit behind the first backslash that POSIX gives no meaning; '\0' if none. */
static char unknown_escape(const char *pattern)
{
  for (const char *c = strchr(pattern, '\\'); c != NULL && c[1] != '\0'; c = strchr(c + 2, '\\'))
    if (isalnum((unsigned char)c[1]))
      return c[1];
  return '\0';
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

static int add_command(struct when *when, const struct value *pattern, struct error *err)
{
  const char *text;
  if (when->command_count == WHEN_PATTERNS_MAX)
    return value_error(pattern, err, "is one pattern too many; at most %d are allowed",
                       WHEN_PATTERNS_MAX);
  if (value_text(pattern, &text, err) < 0)
    return -1;
  cleanup_free struct when_command *command = xcalloc(1, sizeof(*command));
  if (compile(&command->pattern, text, pattern, err) < 0)
    return -1;
  command->next = when->commands;
  when->commands = steal_pointer(&command);
  when->command_count++;
  return 0;
}

int when_add_commands(struct when *when, const struct value *patterns, struct error *err)
{
  size_t count;
  if (value_array(patterns, WHEN_PATTERNS_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value pattern = value_element(patterns, i);
    if (add_command(when, &pattern, err) < 0)
      return -1;
  }
  return 0;
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

static int add_annotations(struct when *when, const struct value *object, struct error *err)
{
  if (value_type(object, json_type_object, err) < 0)
    return -1;
  json_object_object_foreach (object->json, key, json) {
    (void)json;
    struct value pattern;
    value_find(object, key, &pattern);
    if (when_add_annotation(when, key, &pattern, err) < 0)
      return -1;
  }
  return 0;
}

int when_add_object(struct when *when, const struct value *object, struct error *err)
{
  static const char *const keys[] = {"always", "annotations", "commands", "hasBindMounts", NULL};
  struct value member;
  if (value_object(object, keys, err) < 0)
    return -1;
  if (json_object_object_length(object->json) == 0)
    return value_error(object, err, "has no condition; write {\"always\": true} to match all");
  if (value_find(object, "always", &member) && add_flag(&when->always, &member, err) < 0)
    return -1;
  if (value_find(object, "annotations", &member) && add_annotations(when, &member, err) < 0)
    return -1;
  if (value_find(object, "commands", &member) && when_add_commands(when, &member, err) < 0)
    return -1;
  if (value_find(object, "hasBindMounts", &member))
    return when_add_bind_mounts(when, &member, err);
  return 0;
}

/* --- matching ------------------------------------------------------------------------------ */

/* Where an evaluation stands: conditions are put to it until one of them decides. */
struct verdict {
  enum when_mode mode;
  bool match;   /* the answer, if no further condition is put */
  bool decided; /* none will change it */
};

static void put(struct verdict *verdict, bool condition)
{
  verdict->match = condition;
  verdict->decided = condition == (verdict->mode == WHEN_ANY);
}

static bool finds(const regex_t *pattern, const char *text)
{
  return regexec(pattern, text, 0, NULL, 0) == 0;
}

static int put_bind_mounts(const struct when *when, const struct value *spec,
                           struct verdict *verdict, struct error *err)
{
  bool asked = false;
  if (when->bind_mounts == WHEN_TRUE && binds_asked_for(spec, &asked, err) < 0)
    return -1;
  put(verdict, asked);
  return 0;
}

static int matches_any(const struct when_annotation *wanted, const struct value *annotations,
                       bool *match, struct error *err)
{
  *match = false;
  json_object_object_foreach (annotations->json, key, json) {
    (void)json;
    struct value annotation;
    const char *text;
    if (!wanted->any_key && !finds(&wanted->key, key))
      continue;
    value_find(annotations, key, &annotation);
    if (value_text(&annotation, &text, err) < 0)
      return -1;
    *match = finds(&wanted->value, text);
    if (*match)
      break;
  }
  return 0;
}

static int put_annotations(const struct when *when, const struct value *spec,
                           struct verdict *verdict, struct error *err)
{
  struct value annotations;
  bool there = value_find(spec, "annotations", &annotations) && annotations.json != NULL;
  if (there && value_type(&annotations, json_type_object, err) < 0)
    return -1;
  const struct when_annotation *wanted = when->annotations;
  for (; wanted != NULL && !verdict->decided; wanted = wanted->next) {
    bool match = false;
    if (there && matches_any(wanted, &annotations, &match, err) < 0)
      return -1;
    put(verdict, match);
  }
  return 0;
}

static int put_commands(const struct when *when, const struct value *spec, struct verdict *verdict,
                        struct error *err)
{
  struct value process, args, first;
  size_t count;
  const char *text;
  if (!value_find(spec, "process", &process) || process.json == NULL)
    return 0;
  if (value_type(&process, json_type_object, err) < 0 ||
      value_need(&process, "args", &args, err) < 0 || value_array(&args, SIZE_MAX, &count, err) < 0)
    return -1;
  if (count == 0)
    return value_error(&args, err, "is empty: there is no command");
  first = value_element(&args, 0);
  if (value_text(&first, &text, err) < 0)
    return -1;

  bool match = false;
  for (const struct when_command *c = when->commands; c != NULL && !match; c = c->next)
    match = finds(&c->pattern, text);
  put(verdict, match);
  return 0;
}

int when_match(const struct when *when, const struct value *spec, bool *match, struct error *err)
{
  struct verdict verdict = {.mode = when->mode};
  if (when->always != WHEN_UNSET)
    put(&verdict, when->always == WHEN_TRUE);
  if (!verdict.decided && when->bind_mounts != WHEN_UNSET &&
      put_bind_mounts(when, spec, &verdict, err) < 0)
    return -1;
  if (!verdict.decided && when->annotations != NULL &&
      put_annotations(when, spec, &verdict, err) < 0)
    return -1;
  if (!verdict.decided && when->commands != NULL && put_commands(when, spec, &verdict, err) < 0)
    return -1;
  *match = verdict.match;
  return 0;
}
