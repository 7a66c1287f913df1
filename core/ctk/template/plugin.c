/* SPDX-License-Identifier: Apache-2.0 */
/* @NAME@: sets a variable in every container. Put what your plugin does in its place. */
#include <container-hooks/plugin.h>

struct settings {
  const char *variable, *value;
};

static int read_settings(struct cht_context *ctx, struct settings *settings)
{
  static const char *const known[] = {"variable", "value", NULL};
  *settings = (struct settings){.variable = NULL, .value = "yes"};
  if (cht_known_settings(ctx, known) < 0 ||
      cht_setting_text(ctx, "variable", &settings->variable) < 0 ||
      cht_setting_text(ctx, "value", &settings->value) < 0)
    return -1;
  if (settings->variable == NULL)
    return cht_fail(ctx, "the setting 'variable' is missing: it names what is to be set");
  return 0;
}

static int modify(struct cht_context *ctx)
{
  struct settings settings;
  if (read_settings(ctx, &settings) < 0)
    return -1;
  cht_log(ctx, CHT_DEBUG, "sets %s", settings.variable);
  return cht_set_env(ctx, settings.variable, settings.value, true);
}

/* Asked before the plugin is enabled: there is no container, and no spec. */
static int check(struct cht_context *ctx)
{
  struct settings settings;
  return read_settings(ctx, &settings);
}

CHT_PLUGIN(.name = "@NAME@", .version = "0.1", .summary = "set a variable in every container",
           .modify = modify, .check = check);
