/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/binds.h"
#include "spec/edit.h"
#include "spec/origin.h"
#include "spec/when_conditions.h"

#include <json-c/linkhash.h>

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

/* glibc's regexec() says "no match" as well when it has no memory left, of which it takes many
   times the text's length: a text as long as somebody likes must not take a container out of a
   plugin. */
static int check_length(const char *what, const char *name, const char *text, struct error *err)
{
  if (strlen(text) <= WHEN_TEXT_MAX)
    return 0;
  return error_set(err, "the %s '%.100s' has more than %lu bytes: no pattern is tried on it", what,
                   name, WHEN_TEXT_MAX);
}

static bool finds(const regex_t *pattern, const char *text)
{
  return regexec(pattern, text, 0, NULL, 0) == 0;
}

static bool finds_any(const struct when_patterns *patterns, const char *text)
{
  for (const struct when_pattern *p = patterns->first; p != NULL; p = p->next)
    if (finds(&p->pattern, text))
      return true;
  return false;
}

static int put_bind_mounts(const struct when *when, const struct value *spec,
                           struct verdict *verdict, struct error *err)
{
  bool asked = false;
  if (when->bind_mounts != WHEN_FALSE && binds_asked_for(spec, &asked, err) < 0)
    return -1;
  put(verdict, when->has_binds == WHEN_UNSET ? asked : asked == (when->has_binds == WHEN_TRUE));
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
    if (check_length("annotation's name", key, key, err) < 0)
      return -1;
    if (!wanted->any_key && !finds(&wanted->key, key))
      continue;
    value_find(annotations, key, &annotation);
    if (value_text(&annotation, &text, err) < 0 || check_length("annotation", key, text, err) < 0)
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
  if (value_text(&first, &text, err) < 0 || check_length("command", text, text, err) < 0)
    return -1;

  put(verdict, finds_any(&when->commands, text));
  return 0;
}

static int put_environment(const struct when *when, const struct value *spec,
                           struct verdict *verdict, struct error *err)
{
  const struct when_variable *wanted = when->variables;
  for (; wanted != NULL && !verdict->decided; wanted = wanted->next) {
    const char *value = edit_env(spec->json, wanted->name);
    if (value != NULL && check_length("variable", wanted->name, value, err) < 0)
      return -1;
    put(verdict, value != NULL && finds(&wanted->value, value));
  }
  return 0;
}

static int put_patterns(const struct when *when, const struct value *spec, struct verdict *verdict,
                        struct error *err)
{
  if (!verdict->decided && when->annotations != NULL &&
      put_annotations(when, spec, verdict, err) < 0)
    return -1;
  if (!verdict->decided && when->commands.first != NULL &&
      put_commands(when, spec, verdict, err) < 0)
    return -1;
  return put_environment(when, spec, verdict, err);
}

/* Patterns on a name that nobody knows would take a container out of a plugin, or into it, by
   chance. */
static int put_images(const struct when *when, const struct cht_image *image,
                      struct verdict *verdict, struct error *err)
{
  if (image == NULL)
    return error_set(err,
                     "nobody has told which image this container is, which the condition `images` "
                     "asks for: list image-verify before, required, for all containers and not in "
                     "mode off; if it is, the log says why it cannot tell");
  const char *name = image->name;
  if (name != NULL && check_length("image's name", name, name, err) < 0)
    return -1;
  put(verdict, name != NULL && finds_any(&when->images, name));
  return 0;
}

int when_match(const struct when *when, const struct when_container *container, bool *match,
               struct error *err)
{
  struct verdict verdict = {.mode = when->mode};
  const struct value *spec = container->spec;
  bool asks_binds = when->bind_mounts != WHEN_UNSET || when->has_binds != WHEN_UNSET;
  if (when->always != WHEN_UNSET)
    put(&verdict, when->always == WHEN_TRUE);
  if (!verdict.decided && asks_binds && put_bind_mounts(when, spec, &verdict, err) < 0)
    return -1;
  if (put_patterns(when, spec, &verdict, err) < 0)
    return -1;
  if (!verdict.decided && when->sandboxes != WHEN_UNSET)
    put(&verdict, origin_is_sandbox(spec, container->bundle) == (when->sandboxes == WHEN_TRUE));
  if (!verdict.decided && when->images.first != NULL &&
      put_images(when, container->image, &verdict, err) < 0)
    return -1;
  *match = verdict.match;
  return 0;
}
