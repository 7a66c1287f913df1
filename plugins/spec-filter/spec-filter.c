/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spec-filter: lets programs change config.json that read it from standard input and print the
 * changed one, so that a modifier can be written in any language.
 */
#include "filter.h"

#include <json-c/linkhash.h>

static int read_settings(struct cht_context *ctx, struct programs *programs)
{
  static const char *const known[] = {"programs", NULL};
  const struct document document = {.name = "settings", .tree = ctx->settings};
  const struct value settings = document_root(&document);
  struct value setting;
  struct error err;
  if (cht_known_settings(ctx, known) < 0)
    return -1;
  if (!value_find(&settings, "programs", &setting))
    return cht_fail(ctx, "setting 'programs' is missing: the list of the programs to run");
  return programs_read(&setting, programs, &err) < 0 ? cht_fail(ctx, "%s", err.text) : 0;
}

/* --- the environment ----------------------------------------------------------------------- */

/* The same wherever we are called from: an engine's is not the admin's at a terminal. */
struct environment {
  char *command, *id, *bundle; /* owned */
  char *list[6];
};

static void environment_free(struct environment *environment)
{
  free(environment->command);
  free(environment->id);
  free(environment->bundle);
}

static const char *command_word(enum cht_command command)
{
  switch (command) {
  case CHT_RUN:
    return "run";
  case CHT_RESTORE:
    return "restore";
  case CHT_CREATE:
    break;
  }
  return "create";
}

static void environment_make(struct environment *environment, const struct cht_context *ctx)
{
  static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  static char lang[] = "LANG=C.UTF-8";
  char *command = xasprintf("CONTAINER_HOOKS_COMMAND=%s", command_word(ctx->command));
  char *id = xasprintf("CONTAINER_HOOKS_ID=%s", ctx->container_id);
  char *bundle = xasprintf("CONTAINER_HOOKS_BUNDLE=%s", ctx->bundle);
  *environment = (struct environment){.command = command,
                                      .id = id,
                                      .bundle = bundle,
                                      .list = {path, lang, command, id, bundle, NULL}};
}

/* --- the spec ------------------------------------------------------------------------------ */

/* The tree is the host's, so its members are exchanged, not the tree. */
static int take_over(struct cht_context *ctx, struct json_object *printed)
{
  if (json_object_equal(ctx->spec, printed))
    return 0;
  json_object_object_foreach (ctx->spec, key, old) {
    (void)old;
    json_object_object_del(ctx->spec, key);
  }
  json_object_object_foreach (printed, name, value)
    if (json_object_object_add(ctx->spec, name, json_object_get(value)) < 0)
      return cht_fail(ctx, "out of memory");
  return 0;
}

static int modify(struct cht_context *ctx)
{
  cleanup_programs struct programs programs = {.count = 0};
  __attribute__((cleanup(environment_free))) struct environment environment = {.id = NULL};
  if (read_settings(ctx, &programs) < 0)
    return -1;
  environment_make(&environment, ctx);
  for (size_t i = 0; i < programs.count; i++) {
    cleanup_json struct json_object *printed =
        filter_run(ctx, &programs.list[i], environment.list, ctx->spec);
    if (printed == NULL || take_over(ctx, printed) < 0)
      return -1;
  }
  return 0;
}

/* None is run here: whoever asks tries modify as well, on a sample container. */
static int check(struct cht_context *ctx)
{
  cleanup_programs struct programs programs = {.count = 0};
  if (read_settings(ctx, &programs) < 0)
    return -1;
  for (size_t i = 0; i < programs.count; i++) {
    struct error err;
    if (program_verify(&programs.list[i], &err) < 0)
      return cht_fail(ctx, "%s", err.text);
  }
  return 0;
}

CHT_PLUGIN(.name = "spec-filter", .version = VERSION,
           .summary = "programs in any language that print the changed config.json",
           .modify = modify, .check = check);
