/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of image-verify: they are refused, or what they name can be opened and each image
 * has one mode.
 *
 * Covers: plugins/image-verify/settings.c plugins/image-verify/mode.c
 */
#include "../../plugins/image-verify/settings.h"

#include "plugin.h"

static void expect_sane(const struct settings *settings)
{
  static const char *const names[] = {"docker.io/library/app:1", "host.example:5000/team/app:2",
                                      NULL};
  enum mode strictest = mode_strictest(&settings->scopes, settings->mode);
  must(settings->policy[0] == '/' && settings->plans[0] == '/' && settings->state[0] == '/');
  must(settings->roots[0] != NULL && settings->roots[0][0] == '/');
  must(mode_of(&settings->scopes, NULL, settings->mode) == settings->mode);
  for (size_t i = 0; names[i] != NULL; i++) {
    enum mode mode = mode_of(&settings->scopes, names[i], settings->mode), parsed;
    must(mode <= strictest && mode_parse(mode_name(mode), &parsed) && parsed == mode);
    must(mode != MODE_WARN || mode_warns(&settings->scopes, settings->mode));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct fuzz_plugin plugin;
  struct settings settings = {.policy = NULL};
  cleanup_free char *text = fuzz_text(bytes, length);
  if (fuzz_plugin_make(&plugin, "image-verify", text)) {
    if (settings_read(&plugin.link.context, &settings) == 0 && !plugin.link.failed)
      expect_sane(&settings);
    else
      must(plugin.link.failed && plugin.link.failure.text[0] != '\0');
    settings_free(&settings);
  }
  fuzz_plugin_free(&plugin);
  return 0;
}
