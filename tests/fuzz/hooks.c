/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hooks file, of either kind, is refused with its name, or every hook of it can be added to a
 * spec: the runtime would accept it, and adding it twice is adding it once.
 *
 * Covers: plugins/file-hooks/hooks-json.c plugins/file-hooks/oci-hooks.c
 * Covers: plugins/file-hooks/rule.c
 */
#include "folder.h"

#include "../../plugins/file-hooks/hooks-json.h"
#include "../../plugins/file-hooks/oci-hooks.h"

#include "worker/chain.h"
#include "worker/host.h"

#define SPEC                                                                                   \
  "{\"process\": {\"args\": [\"/bin/app\", \"word\"]}, \"annotations\": {\"key\": \"value\"}," \
  "\"mounts\": [{\"destination\": \"/d\", \"source\": \"/s\", \"options\": [\"bind\"]}]}"

static void expect_sane(const struct rule *rule)
{
  must(rule->hook.path != NULL && rule->hook.path[0] == '/');
  must(rule->stages != 0 && rule->hook.timeout >= 0);
}

/* Does each rule match? An error is only that of the spec, which is none here. */
static void add_all(struct cht_context *ctx, const struct rules *rules)
{
  struct error err;
  const struct document config = {.name = "config.json", .tree = ctx->spec};
  const struct value spec = document_root(&config);
  const struct when_container container = {.spec = &spec, .bundle = ctx->bundle};
  for (size_t i = 0; i < rules->count; i++) {
    const struct rule *rule = &rules->list[i];
    bool match;
    expect_sane(rule);
    must(rule->when == NULL || when_match(rule->when, &container, &match, &err) == 0);
    for (unsigned stage = 0; rule->stages >> stage != 0; stage++)
      if (rule->stages >> stage & 1)
        must(cht_add_hook(ctx, stage, &rule->hook, CHT_HOOK_BACK) == 0);
  }
}

static void expect_once(struct cht_context *ctx, const struct rules *rules)
{
  struct error err;
  size_t length;
  cleanup_json struct json_object *once = NULL;
  add_all(ctx, rules);
  const char *text = json_text(ctx->spec, &length);
  must(json_parse(text, length, "once", &once, &err) == 0);
  add_all(ctx, rules);
  must(json_object_equal(once, ctx->spec));
}

static void try_file(int (*read)(struct cht_context *, struct rules *), const char *name)
{
  struct error err;
  struct link link = {.context = {.host = &host_functions, .plugin = "file-hooks", .bundle = "/b"}};
  struct cht_context *ctx = &link.context;
  cleanup_rules struct rules rules = {.list = NULL};
  cleanup_json struct json_object *spec = NULL;
  cleanup_free char *path = fuzz_path(name);
  must(json_parse(SPEC, strlen(SPEC), "spec", &spec, &err) == 0);
  ctx->spec = spec;
  if (read(ctx, &rules) == 0)
    expect_once(ctx, &rules);
  else
    must(link.failed && text_starts(link.failure.text, path));
}

static int read_hooks_json(struct cht_context *ctx, struct rules *rules)
{
  cleanup_free char *path = fuzz_path("a/hooks.json"), *none = fuzz_path("none");
  must(hooks_json_read(ctx, none, rules) == 0 && rules->count == 0);
  return hooks_json_read(ctx, path, rules);
}

/* The file in the second folder masks that in the first. */
static int read_oci_hooks(struct cht_context *ctx, struct rules *rules)
{
  cleanup_free char *first = fuzz_path("a"), *second = fuzz_path("b"), *none = fuzz_path("none");
  const char *const folders[] = {first, second, none, NULL};
  int result = oci_hooks_read(ctx, folders, rules);
  must(rules->count <= 1);
  return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  fuzz_make_folder();
  must(fuzz_write("a/hooks.json", bytes, length) && fuzz_write("b/hooks.json", bytes, length));
  try_file(read_hooks_json, "a/hooks.json");
  try_file(read_oci_hooks, "b/hooks.json");
  return 0;
}
