/* SPDX-License-Identifier: Apache-2.0 */
/* The command `runtime`: engines made to use us, and not to. */
#include "common/json.h"
#include "ctk/command.h"
#include "ctk/engines/engine.h"

#include <ctype.h>
#include <limits.h>
#include <sys/stat.h>

#ifndef PREFIX
#  define PREFIX "/usr"
#endif

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

/* container-hooks-runtime beside this program, else where it is installed; owned by the caller. */
static char *default_path(void)
{
  char program[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
  program[length > 0 ? length : 0] = '\0';
  cleanup_free char *beside = engine_beside(program, ENGINE_NAME_DEFAULT);
  if (beside[0] == '/' && access(beside, X_OK) == 0)
    return steal_pointer(&beside);
  return xstrdup(PREFIX "/bin/" ENGINE_NAME_DEFAULT);
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
    return command_usage(self, err, "%s is not wanted here", words[0]);
  if (engine != NULL && (*engine = engine_find(choice->engine)) == NULL)
    return command_usage(self, err, "--runtime %s: it is docker, containerd, crio or podman",
                         choice->engine);
  if (!is_name(request->name))
    return command_usage(self, err,
                         "--name %s: a name is 1 to %d letters, digits, '.', '_' and '-', and "
                         "begins with a letter or digit",
                         request->name, NAME_LENGTH_MAX);
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
    request->path = owned->path = default_path();
  if (request->path[0] != '/')
    return command_usage(self, err, "--path %s: it must be absolute", request->path);
  struct stat status;
  bool is_folder = stat(request->path, &status) == 0 && S_ISDIR(status.st_mode);
  if (!is_folder && access(request->path, X_OK) == 0)
    return 0;
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

static void say_status(const struct engine *engine, const struct engine_request *request,
                       const struct engine_status *status)
{
  if (!status->here) {
    printf("%-11s not found (no %s, no %s)\n", engine->name, engine->program, status->file);
    return;
  }
  if (status->configured)
    printf("%-11s %s is %s (%s)\n", engine->name, request->name,
           status->path != NULL ? status->path : "no program", status->configured_in);
  else
    printf("%-11s does not know %s\n", engine->name, request->name);
  printf("%-11s default: %s (%s)%s\n", "", status->default_runtime,
         status->default_in != NULL ? status->default_in : "built in",
         status->is_default ? "" : ", not us");
}

static void add_text(struct json_object *object, const char *key, const char *text)
{
  json_object_object_add(object, key, text != NULL ? json_object_new_string(text) : NULL);
}

static struct json_object *status_json(const struct engine *engine,
                                       const struct engine_request *request,
                                       const struct engine_status *status)
{
  struct json_object *object = json_object_new_object();
  add_text(object, "engine", engine->name);
  json_object_object_add(object, "found", json_object_new_boolean(status->here));
  add_text(object, "file", status->file);
  add_text(object, "name", request->name);
  json_object_object_add(object, "configured", json_object_new_boolean(status->configured));
  add_text(object, "configured_in", status->configured_in);
  add_text(object, "path", status->path);
  json_object_object_add(object, "is_default", json_object_new_boolean(status->is_default));
  add_text(object, "default_runtime", status->default_runtime);
  add_text(object, "default_in", status->default_in);
  return object;
}

/* Where `array` is NULL, in words. */
static int show_one(const struct engine *engine, const struct engine_request *request,
                    struct json_object *array, struct error *err)
{
  cleanup_status struct engine_status status;
  if (engine_inspect(engine, request, &status, err) < 0)
    return error_wrap(err, "%s", engine->name);
  if (array != NULL)
    json_object_array_add(array, status_json(engine, request, &status));
  else
    say_status(engine, request, &status);
  return 0;
}

/* One engine's broken file does not hide the others. */
static int show_all(const struct engine_request *request, struct json_object *array,
                    struct error *err)
{
  int result = 0;
  struct error cause;
  for (const struct engine *const *engine = engines; *engine != NULL; engine++) {
    if (show_one(*engine, request, array, &cause) == 0)
      continue;
    if (result < 0)
      error_append(err, "; %s", cause.text);
    else
      result = error_set(err, "%s", cause.text);
  }
  return result;
}

static int show(const struct engine *engine, const struct engine_request *request, bool json,
                struct error *err)
{
  cleanup_json struct json_object *array = json ? json_object_new_array() : NULL;
  int result =
      engine != NULL ? show_one(engine, request, array, err) : show_all(request, array, err);
  if (json)
    puts(json_object_to_json_string_ext(array,
                                        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
  return result;
}

static int run_status(const struct ctk_command *self, char **words, struct error *err)
{
  struct choice choices = defaults(), *choice = &choices;
  cleanup_owned struct owned owned = {.path = NULL};
  const struct engine *engine = NULL;
  choice->engine = NULL;
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
  return result < 0 ? result : show(engine, &choice->request, choice->json, err);
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
