/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/toolkit.h"

#include "ctk/command.h"

int toolkit_path(const char *named, char **path, struct error *err)
{
  if (access(named, F_OK) < 0)
    return ctk_cannot("find", named, err);
  cleanup_free char *folder = named[0] != '/' ? get_current_dir_name() : xstrdup("");
  if (folder == NULL)
    return error_set(err, "cannot tell the working folder: %m");
  *path = xasprintf("%s%s%s", folder, named[0] != '/' ? "/" : "", named);
  return 0;
}

int toolkit_load(struct toolkit *toolkit, const struct toolkit_choice *choice, bool with_conf_d,
                 struct error *err)
{
  cleanup_free char *path = NULL;
  struct config_source source = {
      .path = choice->file,
      .text = choice->text,
      .profile = choice->profile,
      .plugin_dir = toolkit->place.plugin_dir,
      .with_conf_d = with_conf_d,
  };
  config_defaults(&toolkit->config, &source);
  if (place_find(&toolkit->place, err) < 0)
    return -1;
  if (choice->file != NULL && choice->text == NULL) {
    if (toolkit_path(choice->file, &path, err) < 0)
      return -1;
    source.path = path;
  }
  if (config_load(&toolkit->config, &source, err) < 0)
    return -1;
  ctk_note("the config is %s%s%s, with %zu plugin%s; they lie in %s", toolkit->config.path,
           choice->profile != NULL ? " with profile " : "",
           choice->profile != NULL ? choice->profile : "", toolkit->config.plugin_count,
           toolkit->config.plugin_count == 1 ? "" : "s", toolkit->config.plugin_dir);
  return 0;
}

void toolkit_free(struct toolkit *toolkit)
{
  config_free(&toolkit->config);
}
