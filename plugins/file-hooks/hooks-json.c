/* SPDX-License-Identifier: Apache-2.0 */
#include "hooks-json.h"

#include "common/trust.h"

#include <json-c/linkhash.h>

static int read_stage(const char *name, const struct value *hooks, struct rules *rules,
                      struct error *err)
{
  size_t count;
  struct rule stage = {.stages = 0};
  if (rule_set_stage(&stage, name, hooks, err) < 0 ||
      value_array(hooks, HOOKS_JSON_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value hook = value_element(hooks, i);
    struct rule *rule = rules_add(rules, hooks->document->name);
    rule->stages = stage.stages;
    if (rule_read_hook(rule, &hook, err) < 0)
      return -1;
  }
  return 0;
}

static int read_stages(const struct document *document, struct rules *rules, struct error *err)
{
  struct value root = document_root(document);
  if (value_type(&root, json_type_object, err) < 0)
    return -1;
  json_object_object_foreach (root.json, name, json) {
    (void)json;
    struct value hooks;
    value_find(&root, name, &hooks);
    if (read_stage(name, &hooks, rules, err) < 0)
      return -1;
  }
  return 0;
}

int hooks_json_read(struct cht_context *ctx, const char *path, struct rules *rules)
{
  cleanup_document struct document document = {.name = NULL};
  struct error err;
  if (document_read(path, RULE_FILE_MAX, &document, &err) < 0) {
    if (!trust_is_missing(path))
      return cht_fail(ctx, "%s", err.text);
    cht_log(ctx, CHT_INFO, "there is no %s: it adds no hooks", path);
    return 0;
  }
  if (read_stages(&document, rules, &err) < 0)
    return cht_fail(ctx, "%s", err.text);
  rules_keep(rules, &document);
  return 0;
}
