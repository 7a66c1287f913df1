/* SPDX-License-Identifier: Apache-2.0 */
#include "rule.h"

#include "spec/edit.h"

#include <limits.h>

/* --- rules --------------------------------------------------------------------------------- */

void rules_free(struct rules *rules)
{
  for (size_t i = 0; i < rules->count; i++) {
    free(rules->list[i].args);
    free(rules->list[i].env);
    when_free(rules->list[i].when);
  }
  free(rules->list);
  for (size_t i = 0; i < rules->document_count; i++)
    document_free(&rules->documents[i]);
  free(rules->documents);
}

struct rule *rules_add(struct rules *rules, const char *file)
{
  rules->list = xrealloc_array(rules->list, rules->count + 1, sizeof(*rules->list));
  struct rule *rule = &rules->list[rules->count++];
  *rule = (struct rule){.file = file};
  return rule;
}

void rules_keep(struct rules *rules, struct document *document)
{
  rules->documents =
      xrealloc_array(rules->documents, rules->document_count + 1, sizeof(*rules->documents));
  rules->documents[rules->document_count++] = *document;
  *document = (struct document){.name = NULL};
}

/* --- a rule -------------------------------------------------------------------------------- */

int rule_read_path(struct rule *rule, const struct value *path, struct error *err)
{
  if (value_text(path, &rule->hook.path, err) < 0)
    return -1;
  if (rule->hook.path[0] != '/')
    return value_error(path, err, "is \"%s\", not an absolute path", rule->hook.path);
  return 0;
}

static int check_variables(const struct value *env, const char *const *variables, struct error *err)
{
  for (size_t i = 0; variables[i] != NULL; i++) {
    const char *equals = strchr(variables[i], '=');
    if (equals != NULL && equals != variables[i])
      continue;
    struct value variable = value_element(env, i);
    return value_error(&variable, err, "is \"%s\", not NAME=value", variables[i]);
  }
  return 0;
}

static int read_timeout(struct rule *rule, const struct value *timeout, struct error *err)
{
  int64_t seconds;
  if (value_number(timeout, 1, INT_MAX, &seconds, err) < 0)
    return -1;
  rule->hook.timeout = (int)seconds;
  return 0;
}

int rule_read_hook(struct rule *rule, const struct value *object, struct error *err)
{
  static const char *const keys[] = {"path", "args", "env", "timeout", NULL};
  struct value member;
  if (value_object(object, keys, err) < 0 || value_need(object, "path", &member, err) < 0 ||
      rule_read_path(rule, &member, err) < 0)
    return -1;
  if (value_find(object, "args", &member) &&
      value_texts(&member, RULE_TEXTS_MAX, 0, &rule->args, err) < 0)
    return -1;
  if (value_find(object, "env", &member) &&
      (value_texts(&member, RULE_TEXTS_MAX, 0, &rule->env, err) < 0 ||
       check_variables(&member, rule->env, err) < 0))
    return -1;
  rule->hook.args = rule->args;
  rule->hook.env = rule->env;
  return value_find(object, "timeout", &member) ? read_timeout(rule, &member, err) : 0;
}

int rule_set_stage(struct rule *rule, const char *name, const struct value *value,
                   struct error *err)
{
  const char *known;
  for (unsigned stage = 0; (known = edit_stage_name(stage)) != NULL; stage++) {
    if (!text_equal(name, known))
      continue;
    rule->stages |= 1u << stage;
    return 0;
  }
  value_error(value, err, "is not the name of a stage; there are:");
  for (unsigned stage = 0; (known = edit_stage_name(stage)) != NULL; stage++)
    error_append(err, " %s", known);
  return -1;
}

int rule_read_stages(struct rule *rule, const struct value *names, struct error *err)
{
  size_t count;
  if (value_array(names, 64, &count, err) < 0)
    return -1;
  if (count == 0)
    return value_error(names, err, "is empty: the hook would never run");
  for (size_t i = 0; i < count; i++) {
    struct value element = value_element(names, i);
    const char *name;
    if (value_text(&element, &name, err) < 0 || rule_set_stage(rule, name, &element, err) < 0)
      return -1;
  }
  return 0;
}
