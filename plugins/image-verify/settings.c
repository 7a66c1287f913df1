/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include "common/journal.h"
#include "policy/verify.h"
#include "rootfs/state_folder.h"

#include <limits.h>

#define PROGRAM "verify-rootfs"
#define PLANS "/run/container-hooks/verify"
#define DEFAULT_LOG "/var/log/container-hooks/runtime.log" /* the runtime's own, by default */
#define DEFAULT_UPPER "empty-on-first-start"

/* verify-rootfs lies beside the worker, whose process this is. "" if that cannot be told. Lives as
   long as the process. */
static const char *find_program(void)
{
  static char path[PATH_MAX + sizeof(PROGRAM)];
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
  path[length > 0 && length < PATH_MAX ? length : 0] = '\0';
  char *slash = strrchr(path, '/');
  if (slash == NULL)
    return "";
  memcpy(slash + 1, PROGRAM, sizeof(PROGRAM));
  return path;
}

/* --- reading ------------------------------------------------------------------------------- */

static int read_mode(struct cht_context *ctx, struct settings *settings)
{
  const char *name = mode_name(settings->mode);
  if (cht_setting_text(ctx, "mode", &name) < 0)
    return -1;
  return mode_parse(name, &settings->mode)
             ? 0
             : cht_fail(ctx, "setting 'mode' is '%s', not off, audit, warn or enforce", name);
}

static int read_scopes(struct cht_context *ctx, struct settings *settings)
{
  const struct document document = {.name = "settings", .tree = ctx->settings};
  const struct value root = document_root(&document);
  struct value scopes;
  struct error err;
  if (!value_find(&root, "scopes", &scopes))
    return 0;
  return mode_scopes_read(&scopes, &settings->scopes, &err) < 0 ? cht_fail(ctx, "%s", err.text) : 0;
}

static int read_values(struct cht_context *ctx, struct settings *settings)
{
  const char *const *roots = NULL;
  if (cht_setting_boolean(ctx, "allow-restore", &settings->allow_restore) < 0 ||
      cht_setting_text(ctx, "policy", &settings->policy) < 0 ||
      cht_setting_text(ctx, "store", &settings->store) < 0 ||
      cht_setting_text(ctx, "registries", &settings->registries) < 0 ||
      cht_setting_list(ctx, "roots", &roots) < 0 ||
      cht_setting_boolean(ctx, "stderr", &settings->to_stderr) < 0 ||
      cht_setting_boolean(ctx, "journal", &settings->journal) < 0 ||
      cht_setting_text(ctx, "journal-socket", &settings->journal_socket) < 0 ||
      cht_setting_boolean(ctx, "files", &settings->files) < 0 ||
      cht_setting_text(ctx, "plans", &settings->plans) < 0 ||
      cht_setting_text(ctx, "upper", &settings->upper) < 0 ||
      cht_setting_text(ctx, "cache", &settings->cache) < 0 ||
      cht_setting_text(ctx, "state", &settings->state) < 0 ||
      cht_setting_text(ctx, "log", &settings->log) < 0)
    return -1;
  if (roots != NULL) {
    settings->roots = roots;
    settings->roots_given = true;
  }
  return 0;
}

/* --- are they sane? ------------------------------------------------------------------------ */

static int check_path(struct cht_context *ctx, const char *key, const char *path, bool may_be_empty)
{
  if (path[0] == '/' || (may_be_empty && path[0] == '\0'))
    return 0;
  return cht_fail(ctx, "setting '%s': '%s' is not an absolute path", key, path);
}

static int check_roots(struct cht_context *ctx, const struct settings *settings)
{
  if (settings->roots[0] == NULL)
    return cht_fail(ctx, "setting 'roots' is empty: no container could be verified");
  for (size_t i = 0; settings->roots[i] != NULL; i++)
    if (check_path(ctx, "roots", settings->roots[i], false) < 0)
      return -1;
  return 0;
}

static int check_values(struct cht_context *ctx, const struct settings *settings)
{
  static const char *const upper_rules[] = {DEFAULT_UPPER, "no-shadow", "ignore", NULL};
  if (check_path(ctx, "policy", settings->policy, false) < 0 ||
      check_path(ctx, "store", settings->store, true) < 0 ||
      check_path(ctx, "registries", settings->registries, true) < 0 ||
      check_path(ctx, "journal-socket", settings->journal_socket, false) < 0 ||
      check_path(ctx, "plans", settings->plans, false) < 0 ||
      check_path(ctx, "state", settings->state, false) < 0 ||
      check_path(ctx, "log", settings->log, true) < 0 || check_roots(ctx, settings) < 0)
    return -1;
  if (!text_listed(settings->upper, upper_rules))
    return cht_fail(ctx,
                    "setting 'upper' is '%s', not empty-on-first-start, no-shadow or "
                    "ignore",
                    settings->upper);
  if (!text_equal(settings->cache, "off") && !text_equal(settings->cache, "metadata"))
    return cht_fail(ctx, "setting 'cache' is '%s', not off or metadata", settings->cache);
  return 0;
}

int settings_read(struct cht_context *ctx, struct settings *settings)
{
  static const char *const known[] = {
      "mode",  "scopes",  "allow-restore",  "policy", "store", "registries",
      "roots", "journal", "journal-socket", "stderr", "files", "plans",
      "upper", "cache",   "state",          "log",    NULL};
  *settings = (struct settings){
      .mode = MODE_ENFORCE,
      .policy = POLICY_DEFAULT,
      .store = STORE_DEFAULT,
      .registries = REGISTRIES_DEFAULT,
      .roots = image_default_roots,
      .journal = true,
      .journal_socket = JOURNAL_SOCKET,
      .files = true,
      .program = find_program(),
      .plans = PLANS,
      .upper = DEFAULT_UPPER,
      .cache = "off",
      .state = STATE_FOLDER,
      .log = DEFAULT_LOG,
  };
  if (cht_known_settings(ctx, known) < 0 || read_mode(ctx, settings) < 0 ||
      read_scopes(ctx, settings) < 0 || read_values(ctx, settings) < 0)
    return -1;
  return check_values(ctx, settings);
}

void settings_free(struct settings *settings)
{
  mode_scopes_free(&settings->scopes);
}
