/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/config_check.h"

#include "ctk/command.h"
#include "ctk/toolkit.h"

#include <dirent.h>

#define ENDING ".cfg"

/* Asks as the runtime does for every command that adds plugins. Prints a mistake; returns whether
   there is one. */
static bool is_wrong(const struct toolkit_choice *choice, const char *what)
{
  cleanup_toolkit struct toolkit toolkit;
  struct error err;
  if (toolkit_load(&toolkit, choice, true, &err) < 0) {
    printf("%s\n", err.text);
    return true;
  }
  ctk_say("%s: ok, %zu plugins", what != NULL ? what : toolkit.config.path,
          toolkit.config.plugin_count);
  return false;
}

/* The NAME of NAME.cfg; not of what an editor leaves behind. */
static int is_profile(const struct dirent *entry)
{
  size_t length = strlen(entry->d_name);
  return entry->d_name[0] != '.' && length > strlen(ENDING) &&
         text_equal(entry->d_name + length - strlen(ENDING), ENDING);
}

static size_t check_profile(const struct toolkit_choice *choice, const char *folder,
                            const char *file)
{
  cleanup_free char *path = xasprintf("%s/%s", folder, file);
  cleanup_free char *name = xstrndup(file, strlen(file) - strlen(ENDING));
  const struct toolkit_choice profile = {.file = choice->file, .profile = name};
  return is_wrong(&profile, path);
}

/* Returns how many are wrong. */
static size_t check_profiles(const struct toolkit_choice *choice, const char *config_path)
{
  cleanup_free char *folder = config_beside(config_path, "profiles");
  struct dirent **entries;
  int count = scandir(folder, &entries, is_profile, alphasort);
  size_t wrong = 0;
  for (int i = 0; i < count; i++) {
    wrong += check_profile(choice, folder, entries[i]->d_name);
    free(entries[i]);
  }
  if (count >= 0)
    free(entries);
  return wrong;
}

int config_check(const char *named, struct error *err)
{
  const struct toolkit_choice choice = {.file = named};
  cleanup_toolkit struct toolkit toolkit;
  if (toolkit_load(&toolkit, &choice, true, err) < 0)
    return -1;
  const struct config *config = &toolkit.config;
  bool there = access(config->path, F_OK) == 0;
  ctk_say("%s: %s, %zu plugins", config->path, there ? "ok" : "missing, so the defaults hold",
          config->plugin_count);
  size_t wrong = check_profiles(&choice, config->path);
  return wrong > 0 ? error_set(err, "%zu profiles would be refused", wrong) : 0;
}
