/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/golden_parts.h"

#include "ctk/change.h"
#include "ctk/setting.h"
#include "ctk/text/fill.h"
#include "ctk/unlisted.h"

#define SPEC "config.json"

void parts_free(struct parts *parts)
{
  free(parts->spec);
  free(parts->settings);
  free(parts->config);
  free(parts->expected);
  free(parts->expected_error);
  free(parts->expected_log);
}

static int read_part(const struct golden *golden, const char *name, char **text, struct error *err)
{
  const struct text_mark marks[] = {
      {"@CASE@", golden->copy}, {"@PLUGIN@", golden->plugin}, {NULL, NULL}};
  cleanup_free char *path = xasprintf("%s/%s", golden->copy, name);
  cleanup_free char *raw = NULL;
  if (change_read(path, &raw, err) < 0)
    return -1;
  *text = raw != NULL ? text_fill(raw, marks) : NULL;
  return 0;
}

static int check_parts(const struct golden *golden, const struct parts *parts, struct error *err)
{
  if (parts->spec == NULL)
    return error_set(err, "it has no " SPEC);
  if (parts->settings != NULL && parts->config != NULL)
    return error_set(err, "settings.cfg and config.cfg exclude each other");
  if (parts->config == NULL && golden->plugin == NULL)
    return error_set(err, "it has no config.cfg, so the plugin must be named: --plugin FILE.so");
  if (parts->expected != NULL && parts->expected_error != NULL)
    return error_set(err, "expected.json and expected-error exclude each other");
  return 0;
}

int parts_read(const struct golden *golden, struct parts *parts, struct error *err)
{
  if (read_part(golden, SPEC, &parts->spec, err) < 0 ||
      read_part(golden, "settings.cfg", &parts->settings, err) < 0 ||
      read_part(golden, "config.cfg", &parts->config, err) < 0 ||
      read_part(golden, "expected.json", &parts->expected, err) < 0 ||
      read_part(golden, "expected-error", &parts->expected_error, err) < 0 ||
      read_part(golden, "expected-log", &parts->expected_log, err) < 0)
    return -1;
  return check_parts(golden, parts, err);
}

void parts_make_config(const struct golden *golden, struct parts *parts, char **name)
{
  bool whole = parts->config != NULL;
  *name = xasprintf("%s/%s", golden->copy, whole ? "config.cfg" : "settings.cfg");
  if (whole)
    return;
  cleanup_free char *plugin = unlisted_plugin(golden->plugin);
  cleanup_free char *path = setting_quote(golden->plugin);
  parts->config = xasprintf("plugins = ( { name = \"%s\"; path = %s; settings: {%s\n}; } );\n",
                            plugin, path, parts->settings != NULL ? parts->settings : "");
}
