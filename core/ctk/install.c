/* SPDX-License-Identifier: Apache-2.0 */
/* The command `install`: the toolkit, from a build folder into the system. */
#include "ctk/command.h"
#include "ctk/config_edit.h"
#include "ctk/config_file.h"
#include "ctk/deploy.h"
#include "ctk/manifest.h"
#include "ctk/setting.h"
#include "ctk/toolkit.h"
#include "front/place.h"

#include <dirent.h>

#ifndef PREFIX
#  define PREFIX "/usr"
#endif
#ifndef SYSCONFDIR
#  define SYSCONFDIR "/etc"
#endif

/* The worker and the plugins come first and the front last: each finds what it needs when it is
   there. A worker of another version than the front refuses, so none runs with half of them. */
static const char *const helpers[] = {"modify", "verify-rootfs", NULL};
static const char *const programs[] = {"container-hooks", "container-hooks-ctk",
                                       "container-hooks-runtime", NULL};

struct install {
  const char *named_root, *named_prefix, *sysconfdir;
  char *root, *prefix, *bin; /* owned */
  struct place from, to;
  struct deploy records; /* the config, and what is installed; in place before the rest */
  struct deploy deploy;
};

/* --- where from, where to ------------------------------------------------------------------ */

static int find_places(struct install *install, struct error *err)
{
  install->root = realpath(install->named_root, NULL);
  if (install->root == NULL)
    return error_set(err, "--toolkit-root %s: %m", install->named_root);
  if (manifest_prefix(install->named_prefix, &install->prefix, err) < 0)
    return -1;
  install->bin = xasprintf("%s/bin", install->prefix);
  return place_of(install->root, &install->from, err) < 0 ||
                 place_of(install->bin, &install->to, err) < 0
             ? -1
             : 0;
}

static char *in_folder(const char *folder, const char *name)
{
  return xasprintf("%s/%s", folder, name);
}

/* NAME in the folder of `path`. */
static char *beside(const char *path, const char *name)
{
  return xasprintf("%.*s/%s", (int)(strrchr(path, '/') - path), path, name);
}

/* --- what ---------------------------------------------------------------------------------- */

static int add(struct install *install, const char *source, const char *target, mode_t mode,
               struct error *err)
{
  if (access(source, F_OK) < 0)
    return error_set(err,
                     "%s does not exist: --toolkit-root is the folder that `make` builds into, or "
                     "one where the toolkit is installed",
                     source);
  return deploy_copy(&install->deploy, source, target, mode, err);
}

static int add_helpers(struct install *install, struct error *err)
{
  int result = 0;
  for (const char *const *name = helpers; *name != NULL && result == 0; name++) {
    cleanup_free char *source = beside(install->from.worker, *name);
    cleanup_free char *target = beside(install->to.worker, *name);
    result = add(install, source, target, 0755, err);
  }
  return result;
}

static int add_programs(struct install *install, struct error *err)
{
  int result = 0;
  for (const char *const *name = programs; *name != NULL && result == 0; name++) {
    cleanup_free char *source = in_folder(install->root, *name);
    cleanup_free char *target = in_folder(install->bin, *name);
    result = add(install, source, target, 0755, err);
  }
  return result;
}

static int is_plugin(const struct dirent *entry)
{
  size_t length = strlen(entry->d_name);
  return entry->d_name[0] != '.' && length > 3 && text_equal(entry->d_name + length - 3, ".so");
}

static int add_plugins(struct install *install, struct error *err)
{
  struct dirent **found = NULL;
  int count = scandir(install->from.plugin_dir, &found, is_plugin, alphasort), result = 0;
  if (count < 0)
    return error_set(err, "cannot read %s, where the plugins should be: %m",
                     install->from.plugin_dir);
  for (int i = 0; i < count; i++) {
    cleanup_free char *source = in_folder(install->from.plugin_dir, found[i]->d_name);
    cleanup_free char *target = in_folder(install->to.plugin_dir, found[i]->d_name);
    if (result == 0)
      result = add(install, source, target, 0644, err);
    free(found[i]);
  }
  free(found);
  return result;
}

/* --- what else ----------------------------------------------------------------------------- */

static bool is_added(const struct deploy *deploy, const char *path)
{
  for (size_t i = 0; i < deploy->count; i++)
    if (text_equal(deploy->files[i].target, path))
      return true;
  return false;
}

/* What an earlier install brought and this one does not is still to be removed one day. */
static void put_earlier(FILE *out, const struct install *install)
{
  struct error none;
  cleanup_manifest_paths char **earlier = manifest_read(install->prefix, &none);
  for (char **path = earlier; path != NULL && *path != NULL; path++)
    if (!is_added(&install->deploy, *path))
      fprintf(out, "%s\n", *path);
}

static int add_manifest(struct install *install, struct error *err)
{
  cleanup_free char *text = NULL;
  cleanup_free char *path = manifest_path(install->prefix);
  size_t length;
  FILE *out = xmemstream(&text, &length);
  put_earlier(out, install);
  for (size_t i = 0; i < install->deploy.count; i++)
    fprintf(out, "%s\n", install->deploy.files[i].target);
  xmemstream_close(out);
  return deploy_text(&install->records, text, path, 0644, err);
}

/* The admin's config stays, and so does the original's: a default config would hide it. */
static int add_config(struct install *install, struct error *err)
{
  cleanup_free char *folder = in_folder(install->sysconfdir, "container-hooks");
  cleanup_free char *conf_d = in_folder(folder, "conf.d");
  cleanup_free char *profiles = in_folder(folder, "profiles");
  cleanup_free char *config = in_folder(folder, "config.cfg");
  cleanup_free char *original = in_folder(folder, "config.toml");
  if (deploy_folder(conf_d, err) < 0 || deploy_folder(profiles, err) < 0)
    return -1;
  if (access(config, F_OK) == 0)
    return 0;
  if (access(original, F_OK) == 0) {
    ctk_say("Take over the config that is there: container-hooks-ctk config --from %s "
            "--config-file %s",
            original, config);
    return 0;
  }
  cleanup_free char *program = in_folder(install->bin, "container-hooks-ctk");
  cleanup_free char *quoted = setting_quote(program);
  cleanup_free char *text = NULL;
  if (config_edit_set(config_file_default(), config, NULL, "container-hooks-ctk.path", quoted,
                      &text, err) < 0)
    return -1;
  return deploy_text(&install->records, text, config, 0644, err);
}

/* --- the command --------------------------------------------------------------------------- */

static void say_files(const struct deploy *deploy)
{
  for (size_t i = 0; i < deploy->count; i++)
    ctk_say("%s", deploy->files[i].target);
}

/* The folder of the config is built into the programs: one elsewhere is for a tree that is to be
   moved, or for nobody. */
static void say_config(const struct install *install)
{
  if (!text_equal(install->sysconfdir, SYSCONFDIR))
    fprintf(stderr,
            "note: these programs read " SYSCONFDIR "/container-hooks/config.cfg, not that below "
            "%s: build them with make SYSCONFDIR=%s, or name it by CONTAINER_HOOKS_CONFIG\n",
            install->sysconfdir, install->sysconfdir);
}

static int put_in_place(struct install *install, struct error *err)
{
  if (find_places(install, err) < 0)
    return -1;
  cleanup_free char *folder = in_folder(install->prefix, "lib/container-hooks");
  cleanup_close int lock = deploy_lock(folder, err);
  if (lock < 0 || add_helpers(install, err) < 0 || add_plugins(install, err) < 0 ||
      add_programs(install, err) < 0 || add_config(install, err) < 0 ||
      add_manifest(install, err) < 0 || deploy_commit(&install->records, err) < 0 ||
      deploy_commit(&install->deploy, err) < 0)
    return -1;
  say_files(&install->records);
  say_files(&install->deploy);
  say_config(install);
  return 0;
}

static int run(const struct ctk_command *self, char **words, struct error *err)
{
  struct install install = {.named_prefix = PREFIX, .sysconfdir = SYSCONFDIR};
  const struct command_option options[] = {
      {"toolkit-root", 0, OPTION_TEXT, &install.named_root, "DIR", "where the toolkit was built"},
      {"prefix", 0, OPTION_TEXT, &install.named_prefix, "DIR", "where it goes (" PREFIX ")"},
      {"sysconfdir", 0, OPTION_TEXT, &install.sysconfdir, "DIR",
       "the config, if it is built for that (" SYSCONFDIR ")"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  if (words[0] != NULL)
    return command_usage(self, err, "%s is not wanted here", words[0]);
  if (install.named_root == NULL)
    return command_usage(self, err, "--toolkit-root is missing");
  if (install.named_prefix[0] != '/' || install.sysconfdir[0] != '/')
    return command_usage(self, err, "--prefix and --sysconfdir must be absolute");
  result = put_in_place(&install, err);
  deploy_free(&install.records);
  deploy_free(&install.deploy);
  free(install.root);
  free(install.prefix);
  free(install.bin);
  return result;
}

const struct ctk_command install_command = {
    .name = "install",
    .summary = "Installs the toolkit from a folder: programs, worker, plugins, a default config",
    .operands = "",
    .details =
        "Files that are there are replaced one by one without a gap, also while they run; a\n"
        "config that is there stays.\n\n"
        "Example:\n"
        "  cd build; ./container-hooks-ctk install --toolkit-root=$(pwd)",
    .run = run,
};
