/* SPDX-License-Identifier: Apache-2.0 */
/* The command `uninstall`: removes what `install` has brought. */
#include "common/file.h"
#include "ctk/command.h"
#include "ctk/deploy.h"
#include "ctk/manifest.h"
#include "ctk/users.h"

#ifndef PREFIX
#  define PREFIX "/usr"
#endif

/* --- which one? ---------------------------------------------------------------------------- */

/* The prefix that this program is installed below; one that lies in no bin folder speaks of the
   usual. Owned by the caller. */
static char *own_prefix(void)
{
  cleanup_free char *self = realpath("/proc/self/exe", NULL);
  cleanup_free char *folder = engine_beside(self != NULL ? self : "", "");
  size_t length = strlen(folder), bin = strlen("/bin/");
  bool installed = length >= bin && text_equal(folder + length - bin, "/bin/");
  return installed ? xstrndup(folder, length - bin + 1) : xstrdup(PREFIX);
}

/* --- may it? ------------------------------------------------------------------------------- */

/* Is the program one of ours, by its name or behind links: a profile's, or one on the way to the
   prefix? */
static bool is_listed(const char *program, char *const *paths)
{
  for (; *paths != NULL; paths++)
    if (text_equal(program, *paths) || file_is_same(program, *paths))
      return true;
  return false;
}

static int check_user(const struct user *user, char *const *paths, struct error *err)
{
  const struct engine_status *status = &user->status;
  if (!user->readable)
    return error_set(err, "cannot tell whether %s still uses it: %s; see to that, or use --force",
                     user->engine->title, user->why.text);
  if (!status->configured || status->path == NULL || !is_listed(status->path, paths))
    return 0;
  return error_set(err,
                   "%s still runs %s (%s), and would fail without it: container-hooks-ctk runtime "
                   "unconfigure --runtime %s --name %s%s%s, or use --force",
                   user->engine->title, status->path, status->configured_in, user->engine->name,
                   user->name, user->config_file != NULL ? " --config-file " : "",
                   user->config_file != NULL ? user->config_file : "");
}

static int check_users(char *const *paths, struct error *err)
{
  cleanup_users struct users users = {.count = 0};
  users_find(&users);
  for (size_t i = 0; i < users.count; i++)
    if (check_user(&users.list[i], paths, err) < 0)
      return -1;
  return 0;
}

/* --- then ---------------------------------------------------------------------------------- */

static int remove_file(const char *path, struct error *err)
{
  if (unlink(path) == 0)
    ctk_say("removed %s", path);
  else if (errno != ENOENT)
    return ctk_cannot("remove", path, err);
  return 0;
}

/* Folders of ours that are empty now. */
static void remove_folders(const char *prefix)
{
  static const char *const folders[] = {"lib/container-hooks/plugins",
                                        "lib/container-hooks",
                                        "libexec/container-hooks",
                                        "libexec",
                                        "lib",
                                        "bin",
                                        NULL};
  for (const char *const *folder = folders; *folder != NULL; folder++) {
    cleanup_free char *path = xasprintf("%s/%s", prefix, *folder);
    rmdir(path);
  }
}

/* The front, which comes last in the list, goes first: without the others it refuses containers. */
static int remove_all(const char *prefix, char *const *paths, struct error *err)
{
  size_t count = 0;
  while (paths[count] != NULL)
    count++;
  while (count > 0) {
    cleanup_free char *staged = deploy_staged(paths[--count]); /* by an install that was killed */
    unlink(staged);
    if (remove_file(paths[count], err) < 0)
      return -1;
  }
  cleanup_free char *manifest = manifest_path(prefix);
  if (remove_file(manifest, err) < 0)
    return -1;
  remove_folders(prefix);
  return 0;
}

/* What `make install` has brought is in no list: an engine can only name the runtime. */
static int check(const char *prefix, struct error *err)
{
  cleanup_free char *program = xasprintf("%s/bin/" ENGINE_NAME_DEFAULT, prefix);
  char *const paths[] = {program, NULL};
  return check_users(paths, err);
}

static int uninstall(const char *prefix, bool force, struct error *err)
{
  cleanup_manifest_paths char **paths = manifest_read(prefix, err);
  if (paths == NULL && errno == ENOENT)
    return error_append(err, ": the toolkit was not installed by container-hooks-ctk install: use "
                             "`make uninstall`, or the package manager that brought it");
  if (paths == NULL || (!force && check_users(paths, err) < 0))
    return -1;
  return remove_all(prefix, paths, err);
}

static int run(const struct ctk_command *self, char **words, struct error *err)
{
  cleanup_free char *own = own_prefix();
  const char *named_prefix = own;
  bool force = false, only_check = false;
  const struct command_option options[] = {
      {"prefix", 0, OPTION_TEXT, &named_prefix, "DIR", "where it was installed (this program's)"},
      {"check", 0, OPTION_FLAG, &only_check, NULL, "only see whether an engine uses it: status 1"},
      {"force", 0, OPTION_FLAG, &force, NULL, "even if an engine is configured to use it"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  if (words[0] != NULL)
    return command_usage(self, err, "%s is not wanted here", words[0]);
  if (named_prefix[0] != '/')
    return command_usage(self, err, "--prefix must be absolute");
  cleanup_free char *prefix = NULL;
  if (manifest_prefix(named_prefix, &prefix, err) < 0)
    return -1;
  return only_check ? check(prefix, err) : uninstall(prefix, force, err);
}

const struct ctk_command uninstall_command = {
    .name = "uninstall",
    .summary = "Removes what `install` has brought, unless an engine still uses it",
    .operands = "",
    .details = "The config stays. Containers that were made through it need it to be stopped and\n"
               "removed: let there be none.\n\n"
               "Example:\n"
               "  container-hooks-ctk uninstall",
    .run = run,
};
