/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin built for interface 1.0, whose header is kept beside this file. It uses all that 1.0 has
 * and fails where it does not get what 1.0 promised. Every later runtime of major 1 must load and
 * run it; this file and the header never change.
 *
 * Settings: text, number, boolean, list, as the test below wants them; fail, a message to fail
 * with.
 */
#include <container-hooks/plugin.h>

#include <string.h>

static int data; /* what ctx->data points to */

static int same(const char *a, const char *b)
{
  return a != NULL && strcmp(a, b) == 0;
}

static int check_context(struct cht_context *ctx)
{
  if (ctx->size < sizeof(*ctx) || ctx->host->size < sizeof(*ctx->host))
    return cht_fail(ctx, "a context of %zu bytes, a host of %zu", ctx->size, ctx->host->size);
  if (!same(ctx->plugin, "abi-1.0") || ctx->settings == NULL || ctx->bundle[0] != '/')
    return cht_fail(ctx, "plugin '%s', bundle '%s'", ctx->plugin, ctx->bundle);
  if (ctx->root != NULL && ctx->root[0] == '\0')
    return cht_fail(ctx, "root is empty");
  return 0;
}

static int check_settings(struct cht_context *ctx)
{
  static const char *const known[] = {"text", "number", "boolean", "list", "fail", NULL};
  const char *text = NULL, *fail = NULL, *const *list = NULL;
  int64_t number = 0;
  bool boolean = false;
  if (cht_known_settings(ctx, known) < 0 || cht_setting_text(ctx, "text", &text) < 0 ||
      cht_setting_number(ctx, "number", -1, INT64_C(5000000000), &number) < 0 ||
      cht_setting_boolean(ctx, "boolean", &boolean) < 0 ||
      cht_setting_list(ctx, "list", &list) < 0 || cht_setting_text(ctx, "fail", &fail) < 0)
    return -1;
  if (fail != NULL)
    return cht_fail(ctx, "told to fail: %s", fail);
  if (!same(text, "words") || number != INT64_C(5000000000) || !boolean || list == NULL ||
      !same(list[0], "one") || !same(list[1], "two") || list[2] != NULL)
    return cht_fail(ctx, "the settings are others");
  return 0;
}

static int add_hooks(struct cht_context *ctx)
{
  static const char *const args[] = {"hook", "--flag", NULL};
  static const char *const env[] = {"A=1", NULL};
  const struct cht_hook full = {.path = "/bin/full", .args = args, .env = env, .timeout = 7};
  const struct cht_hook front = {.path = "/bin/front"};
  for (int stage = CHT_PRESTART; stage <= CHT_POSTSTOP; stage++)
    if (cht_add_hook(ctx, (enum cht_stage)stage, &full, CHT_HOOK_BACK) < 0)
      return -1;
  return cht_add_hook(ctx, CHT_CREATE_RUNTIME, &front, CHT_HOOK_FRONT | CHT_HOOK_PIN);
}

static int edit_env(struct cht_context *ctx)
{
  if (!same(cht_env(ctx, "PATH"), "/bin") || cht_env(ctx, "MISSING") != NULL)
    return cht_fail(ctx, "the environment is another");
  if (cht_set_env(ctx, "PATH", "/kept", false) < 0 || cht_set_env(ctx, "TZ", "UTC", true) < 0)
    return -1;
  return cht_unset_env(ctx, "OLD");
}

static int edit_rest(struct cht_context *ctx)
{
  static const char *const options[] = {"rbind", "ro", NULL};
  const struct cht_mount mount = {
      .destination = "/data", .type = "bind", .source = "/srv/data", .options = options};
  const char *command = ctx->command == CHT_CREATE    ? "create"
                        : ctx->command == CHT_RUN     ? "run"
                        : ctx->command == CHT_RESTORE ? "restore"
                                                      : "?";
  if (!same(cht_annotation(ctx, "asked"), "yes") || cht_annotation(ctx, "missing") != NULL)
    return cht_fail(ctx, "the annotations are others");
  if (cht_add_mount(ctx, &mount) < 0 || cht_set_annotation(ctx, "command", command) < 0 ||
      cht_set_annotation(ctx, "id", ctx->container_id) < 0)
    return -1;
  return cht_pin(ctx, "/root/path");
}

static int modify(struct cht_context *ctx)
{
  if (check_context(ctx) < 0 || check_settings(ctx) < 0)
    return -1;
  if (ctx->spec == NULL || ctx->data != NULL)
    return cht_fail(ctx, "no spec, or data from elsewhere");
  ctx->data = &data;
  for (int level = CHT_ERROR; level <= CHT_DEBUG; level++)
    cht_log(ctx, (enum cht_level)level, "a line of level %d", level);
  if (add_hooks(ctx) < 0 || edit_env(ctx) < 0)
    return -1;
  return edit_rest(ctx);
}

static int check(struct cht_context *ctx)
{
  if (ctx->spec != NULL)
    return cht_fail(ctx, "a spec in check");
  return check_context(ctx) < 0 ? -1 : check_settings(ctx);
}

/* Logs what it is told. */
static int finish(struct cht_context *ctx, const struct cht_outcome *outcome)
{
  if (outcome->size < sizeof(*outcome) || outcome->refused != (outcome->error != NULL))
    return cht_fail(ctx, "an outcome of %zu bytes", outcome->size);
  if (!outcome->refused && (ctx->data != &data || ctx->spec == NULL))
    return cht_fail(ctx, "finish does not find what modify has left");
  cht_log(ctx, CHT_INFO, "told: %s%s", outcome->refused ? "refused: " : "done",
          outcome->refused ? outcome->error : "");
  for (const struct cht_edit *const *edit = outcome->edits; *edit != NULL; edit++) {
    if ((*edit)->size < sizeof(**edit))
      return cht_fail(ctx, "an edit of %zu bytes", (*edit)->size);
    cht_log(ctx, CHT_INFO, "told: %s %s %s%s", (*edit)->plugin, (*edit)->op, (*edit)->pointer,
            ctx->dry_run ? " in a dry run" : "");
  }
  return 0;
}

CHT_PLUGIN(.name = "abi-1.0", .version = "1", .summary = "uses all of interface 1.0",
           .modify = modify, .check = check, .finish = finish);
