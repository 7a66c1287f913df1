/* SPDX-License-Identifier: Apache-2.0 */
/* @NAME@: sets a variable in every container. Put what your plugin does in its place. */
#include <container-hooks/plugin.h>

#include <optional>

namespace {

struct settings {
  const char *variable = nullptr;
  const char *value = "yes";
};

std::optional<settings> read_settings(cht_context *ctx)
{
  static const char *const known[] = {"variable", "value", nullptr};
  settings read;
  if (cht_known_settings(ctx, known) < 0 || cht_setting_text(ctx, "variable", &read.variable) < 0 ||
      cht_setting_text(ctx, "value", &read.value) < 0)
    return std::nullopt;
  if (read.variable == nullptr) {
    cht_fail(ctx, "the setting 'variable' is missing: it names what is to be set");
    return std::nullopt;
  }
  return read;
}

/* What calls these is C: no exception may leave them. */
int modify(cht_context *ctx) noexcept
{
  const auto settings = read_settings(ctx);
  if (!settings)
    return -1;
  cht_log(ctx, CHT_DEBUG, "sets %s", settings->variable);
  return cht_set_env(ctx, settings->variable, settings->value, true);
}

/* Asked before the plugin is enabled: there is no container, and no spec. */
int check(cht_context *ctx) noexcept
{
  return read_settings(ctx) ? 0 : -1;
}

}

CHT_PLUGIN(.name = "@NAME@", .version = "0.1", .summary = "set a variable in every container",
           .modify = modify, .check = check);
