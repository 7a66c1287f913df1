/* SPDX-License-Identifier: Apache-2.0 */
/* The command `runtime`: engines made to use us, and not to. */
#include "ctk/command.h"
#include "ctk/engines/ours.h"
#include "ctk/status.h"

#include <ctype.h>
#include <limits.h>
#include <sys/stat.h>

#define NAME_LENGTH_MAX 63

/* --- what the words mean ------------------------------------------------------------------- */

/* The options of the three, some of which have only a part of them. */
struct choice {
  struct engine_request request;
  struct engine_mode mode;
  const char *engine;
  bool no_check, as_default, json;
};

#define OPTION_ENGINE                                                                          \
  {                                                                                            \
    "runtime", 0, OPTION_TEXT, &choice->engine, "ENGINE", "docker, containerd, crio or podman" \
  }
#define OPTION_FILE                                                                            \
  {                                                                                            \
    "config-file", 0, OPTION_TEXT, &choice->request.config_file, "FILE", "the engine's config" \
  }
#define OPTION_NAME                                                                   \
  {                                                                                   \
    "name", 0, OPTION_TEXT, &choice->request.name, "NAME", "what the engine calls us" \
  }
#define OPTION_DROP_IN                                                                             \
  {                                                                                                \
    "drop-in", 0, OPTION_OPTIONAL, &choice->request.drop_in, "FILE", "a file of our own beside it" \
  }
#define OPTION_END                         \
  {                                        \
    NULL, 0, OPTION_FLAG, NULL, NULL, NULL \
  }

#define OPTIONS_OF_CHANGES                                                                         \
  {"dry-run", 0, OPTION_FLAG, &choice->mode.dry_run, NULL, "only show what would change"},         \
      {"reload", 0, OPTION_FLAG, &choice->mode.reload, NULL, "have the running engine read it"},   \
      {"pid-file", 0, OPTION_TEXT, &choice->request.pid_file, "FILE", "where docker's number is"}, \
  {                                                                                                \
    "no-check", 0, OPTION_FLAG, &choice->no_check, NULL, "do not ask the engine's own program"     \
  }

static bool is_plain(const char *path)
{
  return path[0] == '/' && strstr(path, "//") == NULL && strstr(path, "/./") == NULL &&
         strstr(path, "/../") == NULL;
}

/* Paths count from the folder that we are in. A file is remembered by its path, so that must be the
   same however it was spelt; links stay, since their names are the admin's. */
static int make_absolute(const char **path, char **owned, struct error *err)
{
  char folder[PATH_MAX];
  if (*path == NULL || (*path)[0] == '\0' || is_plain(*path))
    return 0;
  if (getcwd(folder, sizeof(folder)) == NULL)
    return error_set(err, "cannot find the folder that we are in: %m");
  *owned = (*path)[0] == '/' ? xstrdup(*path) : xasprintf("%s/%s", folder, *path);
  cleanup_free char *parent = engine_beside(*owned, "");
  cleanup_free char *real = is_plain(*owned) ? NULL : realpath(parent, NULL);
  if (real != NULL) {
    cleanup_free char *spelt = *owned;
    *owned = xasprintf("%s/%s", real, strrchr(spelt, '/') + 1);
  }
  *path = *owned;
  return 0;
}

static bool is_name(const char *name)
{
  size_t length = strlen(name);
  for (const char *at = name; *at != '\0'; at++)
    if (!isalnum((unsigned char)*at) && strchr("-_.", *at) == NULL)
      return false;
  return length > 0 && length <= NAME_LENGTH_MAX && isalnum((unsigned char)name[0]);
}

/* Everything that a choice holds but does not own. */
struct owned {
  char *config_file, *drop_in, *path;
};

static void free_owned(struct owned *owned)
{
  free(owned->config_file);
  free(owned->drop_in);
  free(owned->path);
}

#define cleanup_owned __attribute__((cleanup(free_owned)))

static int settle(const struct ctk_command *self, struct choice *choice, struct owned *owned,
                  const struct engine **engine, char **words, struct error *err)
{
  struct engine_request *request = &choice->request;
  if (words[0] != NULL)
    return command_usage(self, err, "%s is not wanted here%s%s", words[0],
                         engine_find(words[0]) != NULL ? ": it is named by --runtime " : "",
                         engine_find(words[0]) != NULL ? words[0] : "");
  if (engine != NULL && (*engine = engine_find(choice->engine)) == NULL)
    return command_usage(self, err, "--runtime %s: it is docker, containerd, crio or podman",
                         choice->engine);
  if (request->name != NULL && !is_name(request->name))
    return command_usage(self, err,
                         "--name %s: a name is 1 to %d letters, digits, '.', '_' and '-', and "
                         "begins with a letter or digit",
                         request->name, NAME_LENGTH_MAX);
  if (request->pid_file != NULL && engine != NULL && *engine != &docker_engine)
    return command_usage(self, err, "--pid-file is for docker: %s is found without it",
                         (*engine)->title);
  if (request->in_place && request->drop_in != NULL)
    return command_usage(self, err, "--in-place and --drop-in exclude each other");
  choice->mode.check = !choice->no_check;
  request->set_default |= choice->as_default;
  return make_absolute(&request->config_file, &owned->config_file, err) < 0 ||
                 make_absolute(&request->drop_in, &owned->drop_in, err) < 0
             ? -1
             : 0;
}

static struct choice defaults(void)
{
  return (struct choice){.request = {.name = ENGINE_NAME_DEFAULT}, .engine = "docker"};
}

/* --- configure ----------------------------------------------------------------------------- */

static int settle_path(const struct ctk_command *self, struct engine_request *request,
                       struct owned *owned, struct error *err)
{
  if (request->path == NULL)
    request->path = owned->path = ours_program();
  if (request->path[0] != '/')
    return command_usage(self, err, "--path %s: it must be absolute", request->path);
  struct stat status;
  bool is_folder = stat(request->path, &status) == 0 && S_ISDIR(status.st_mode);
  if (!is_folder && access(request->path, X_OK) == 0) {
    if (!ours_by_path(request->path) && !ours_by_answer(request->path))
      ctk_remark("%s is not " ENGINE_NAME_DEFAULT ", nor does it run it: no container will go "
                 "through the plugins",
                 request->path);
    return 0;
  }
  return error_set(err,
                   "%s cannot be run: %s: install it first (container-hooks-ctk install), or "
                   "name another by --path",
                   request->path, is_folder ? "it is a folder" : strerror(errno));
}

static int run_configure(const struct ctk_command *self, char **words, struct error *err)
{
  struct choice choices = defaults(), *choice = &choices;
  cleanup_owned struct owned owned = {.path = NULL};
  const struct engine *engine = NULL;
  const struct command_option options[] = {
      OPTION_ENGINE,
      OPTION_FILE,
      OPTION_NAME,
      {"path", 0, OPTION_TEXT, &choice->request.path, "PROGRAM", "what the engine is to run"},
      {"default", 0, OPTION_FLAG, &choice->request.set_default, NULL,
       "for all containers that ask for no runtime"},
      {"set-as-default", 0, OPTION_FLAG, &choice->as_default, NULL, "the same"},
      {"in-place", 0, OPTION_FLAG, &choice->request.in_place, NULL,
       "edit the engine's file itself"},
      OPTION_DROP_IN,
      {"annotations", 0, OPTION_FLAG, &choice->request.annotations, NULL,
       "let pods' " ENGINE_ANNOTATIONS " through (containerd)"},
      OPTIONS_OF_CHANGES,
      OPTION_END,
  };
  int result = command_options(self, options, words, err);
  if (result == 0)
    result = settle(self, choice, &owned, &engine, words, err);
  if (result == 0)
    result = settle_path(self, &choice->request, &owned, err);
  return result < 0 ? result : engine_configure(engine, &choice->request, &choice->mode, err);
}

/* --- unconfigure --------------------------------------------------------------------------- */

static int run_unconfigure(const struct ctk_command *self, char **words, struct error *err)
{
  struct choice choices = defaults(), *choice = &choices;
  cleanup_owned struct owned owned = {.path = NULL};
  const struct engine *engine = NULL;
  const struct command_option options[] = {
      OPTION_ENGINE, OPTION_FILE, OPTION_NAME, OPTION_DROP_IN, OPTIONS_OF_CHANGES, OPTION_END,
  };
  int result = command_options(self, options, words, err);
  if (result == 0)
    result = settle(self, choice, &owned, &engine, words, err);
  return result < 0 ? result : engine_unconfigure(engine, &choice->request, &choice->mode, err);
}

/* --- status -------------------------------------------------------------------------------- */

static int run_status(const struct ctk_command *self, char **words, struct error *err)
{
  struct choice choices = defaults(), *choice = &choices;
  cleanup_owned struct owned owned = {.path = NULL};
  const struct engine *engine = NULL;
  choice->engine = choice->request.name = NULL;
  const struct command_option options[] = {
      OPTION_ENGINE,
      OPTION_FILE,
      OPTION_NAME,
      OPTION_DROP_IN,
      {"json", 0, OPTION_FLAG, &choice->json, NULL, "as a JSON array, for scripts"},
      OPTION_END,
  };
  int result = command_options(self, options, words, err);
  if (result == 0)
    result = settle(self, choice, &owned, choice->engine != NULL ? &engine : NULL, words, err);
  if (result == 0 && engine == NULL && choice->request.config_file != NULL)
    result = command_usage(self, err, "--config-file needs --runtime");
  return result < 0 ? result : status_show(engine, &choice->request, choice->json, err);
}

/* --- the command --------------------------------------------------------------------------- */

static const struct ctk_command subcommands[] = {
    {
        .name = "runtime configure",
        .summary = "Makes an engine know container-hooks-runtime",
        .operands = "",
        .details =
            "Without --runtime the engine is docker. Where the engine reads drop-ins, one is "
            "made;\n"
            "else its file is edited, and everything else in it stays as it is. The low-level\n"
            "runtime that the engine used goes on being used. All of it can be taken back by\n"
            "`runtime unconfigure`.\n\n"
            "Example: let docker run all containers through the plugins:\n"
            "  container-hooks-ctk runtime configure --runtime docker --default --reload",
        .run = run_configure,
    },
    {
        .name = "runtime unconfigure",
        .summary = "Gives an engine's files back what was there before",
        .operands = "",
        .details =
            "The old bytes, if nobody changed the files since; else only our parts are taken out,\n"
            "and the default that was set before is put back. Where there is nothing of ours,\n"
            "nothing is touched.\n\n"
            "Example:\n"
            "  container-hooks-ctk runtime unconfigure --runtime docker --reload",
        .run = run_unconfigure,
    },
    {
        .name = "runtime status",
        .summary = "Shows which engines know container-hooks-runtime, and what their default is",
        .operands = "",
        .details = "Example:\n"
                   "  container-hooks-ctk runtime status --json",
        .run = run_status,
    },
    {.name = NULL},
};

static int run(const struct ctk_command *self, char **words, struct error *err)
{
  const struct command_option options[] = {OPTION_END};
  int result = command_options(self, options, words, err);
  return result < 0 ? result : command_dispatch(self, words, err);
}

const struct ctk_command runtime_command = {
    .name = "runtime",
    .summary = "Configures container engines to use container-hooks-runtime",
    .operands = "COMMAND ...",
    .details = "Example: what is configured on this machine:\n"
               "  container-hooks-ctk runtime status",
    .subcommands = subcommands,
    .run = run,
};
