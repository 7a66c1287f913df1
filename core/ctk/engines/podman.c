/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Podman: containers.conf, of the system and of the user, each with a folder of drop-ins.
 *
 *     [engine]
 *     runtime = "NAME"
 *     runtime_supports_json = ["crun", "runc", ..., "NAME"]
 *     runtime_supports_nocgroup = ["crun", ..., "NAME"]     if the runtime used until now has it
 *     [engine.runtimes]
 *     NAME = ["/usr/bin/container-hooks-runtime"]
 *
 * A list in a later file replaces that of an earlier one, so ours repeats what is in force; newer
 * versions can be told to append, but older ones do not start with such a file.
 */
#include "common/trust.h"
#include "ctk/engines/part.h"
#include "ctk/engines/program.h"
#include "ctk/text/toml_edit.h"

#define SYSTEM_SHARE "/usr/share/containers/containers.conf"
#define SYSTEM_FILE "/etc/containers/containers.conf"
#define FOLDER "containers.conf.d"
#define APPEND "{append=true}"

static const char *const default_path[] = {"engine", "runtime", NULL};

/* What podman knows of itself, in all its versions together: a name too many does no harm. */
static const char *const json_built_in[] = {"crun",    "runc",      "kata",  "runsc", "krun",
                                            "crun-vm", "crun-wasm", "youki", NULL};
static const char *const nocgroup_built_in[] = {"crun", "krun", "crun-vm", "crun-wasm", NULL};

struct flag {
  const char *const path[3];
  const char *const *built_in;
};

static const struct flag json_flag = {{"engine", "runtime_supports_json"}, json_built_in};
static const struct flag nocgroup_flag = {{"engine", "runtime_supports_nocgroup"},
                                          nocgroup_built_in};

/* --- files --------------------------------------------------------------------------------- */

static char *user_file(void)
{
  const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  if (config != NULL && config[0] == '/')
    return xasprintf("%s/containers/containers.conf", config);
  return home != NULL && home[0] == '/' ? xasprintf("%s/.config/containers/containers.conf", home)
                                        : NULL;
}

/* Podman reads no other file than the one that is named so. */
static const char *only_file(const struct engine_request *request)
{
  const char *named = getenv("CONTAINERS_CONF");
  if (request->config_file != NULL)
    return request->config_file;
  return named != NULL && named[0] == '/' ? named : NULL;
}

static int locate(const struct engine_request *request, struct engine_files *files,
                  struct error *err)
{
  if (request->annotations)
    return error_set(err, "--annotations is for containerd: podman passes on what is given with "
                          "podman run --annotation");
  const char *only = only_file(request);
  char *root = only != NULL ? xstrdup(only) : trust_rootless() ? user_file() : NULL;
  if (root == NULL)
    root = xstrdup(SYSTEM_FILE);
  files->list[ENGINE_ROOT].path = root;
  files->list[ENGINE_DROP_IN].path = engine_drop_in(request, root, FOLDER "/50-%s.conf");
  files->count = ENGINE_OTHERS;
  files->use_drop_in = request->drop_in != NULL || (only == NULL && !request->in_place);
  return 0;
}

static int add_with_drop_ins(struct layers *layers, const struct engine_files *files,
                             const char *file, struct error *err)
{
  cleanup_free char *pattern = layers_pattern(file, FOLDER "/*.conf");
  return layers_add(layers, files, file, err) < 0 ||
                 layers_add_pattern(layers, files, pattern, err) < 0
             ? -1
             : 0;
}

/* The system's files lie below the user's; a file of any other place stands alone. */
static int read_layers(const struct engine_files *files, struct layers *layers, struct error *err)
{
  const char *root = files->list[ENGINE_ROOT].path;
  cleanup_free char *user = user_file();
  bool is_user = user != NULL && text_equal(root, user);
  bool is_system = text_equal(root, SYSTEM_FILE);
  if ((is_user || is_system) && layers_add(layers, files, SYSTEM_SHARE, err) < 0)
    return -1;
  if (is_user && add_with_drop_ins(layers, files, SYSTEM_FILE, err) < 0)
    return -1;
  return add_with_drop_ins(layers, files, root, err);
}

/* --- what is in force ---------------------------------------------------------------------- */

/* The first that podman finds. */
static char *built_in_default(void)
{
  cleanup_free char *crun = program_find("crun");
  return xstrdup(crun != NULL ? "crun" : "runc");
}

static char *find_default(const struct layers *layers, char **place)
{
  char *name = layers_string(layers, default_path, place);
  if (name != NULL)
    return name;
  return built_in_default();
}

/* The first program that exists of those that a name stands for, else the first; owned by the
   caller, NULL if the files do not say. */
static char *program_of(const struct layers *layers, const char *name, char **place)
{
  const char *const path[] = {"engine", "runtimes", name, NULL};
  const struct layer *layer;
  const struct toml_item *item = layers_find(layers, path, &layer);
  char **programs = item != NULL ? toml_edit_list(layer->text, path) : NULL;
  if (programs == NULL)
    return NULL;
  if (place != NULL)
    *place = layer_place(layer, item);
  char *found = programs[0] != NULL ? xstrdup(programs[0]) : NULL;
  for (char *const *program = programs; *program != NULL; program++) {
    if (access(*program, X_OK) == 0) {
      free(found);
      found = xstrdup(*program);
      break;
    }
  }
  toml_edit_list_free(programs);
  return found;
}

static char *wrapped(const struct engine_request *request, const struct engine_files *files)
{
  (void)request;
  struct error ignored;
  cleanup_layers struct layers layers = {.count = 0};
  if (read_layers(files, &layers, &ignored) < 0)
    return NULL;
  cleanup_free char *name = find_default(&layers, NULL);
  char *program = program_of(&layers, name, NULL);
  return program != NULL ? program : steal_pointer(&name);
}

/* --- flags --------------------------------------------------------------------------------- */

/* The list in force with one name more; to be given to toml_edit_list_free. */
static char **list_in_force(const struct layers *layers, const struct flag *flag, const char *more)
{
  const struct layer *layer;
  const struct toml_item *item = layers_find(layers, flag->path, &layer);
  char **set = item != NULL ? toml_edit_list(layer->text, flag->path) : NULL;
  const char *const *from = set != NULL ? (const char *const *)set : flag->built_in;
  size_t count = 0;
  while (from[count] != NULL)
    count++;
  char **list = xcalloc(count + 2, sizeof(char *));
  for (size_t i = 0; i < count; i++)
    list[i] = xstrdup(from[i]);
  toml_edit_list_free(set);
  if (more != NULL && !text_listed(more, (const char *const *)list))
    list[count] = xstrdup(more);
  return list;
}

/* Does a file append to its list? Then this podman can, and ours must, or the others would be
   lost. */
static bool appends(const struct layers *layers, const struct flag *flag)
{
  const struct layer *layer;
  const struct toml_item *item = layers_find(layers, flag->path, &layer);
  for (size_t i = item != NULL ? item->value_start : 0; item != NULL && i < item->value_end; i++)
    if (layer->text[i] == '{')
      return true;
  return false;
}

static int put_flag(struct part *part, const struct layers *layers, const struct flag *flag,
                    const char *name)
{
  char *just_ours[] = {xstrdup(name), NULL};
  char **all = list_in_force(layers, flag, name);
  bool append = appends(layers, flag);
  int result = part_list(part, flag->path, name, append ? just_ours : all, append ? APPEND : NULL);
  toml_edit_list_free(all);
  free(just_ours[0]);
  return result;
}

/* A runtime that is named by its path counts by the last part of it. */
static bool has_flag(const struct layers *layers, const struct flag *flag, const char *runtime)
{
  const char *slash = strrchr(runtime, '/');
  char **list = list_in_force(layers, flag, NULL);
  bool found = text_listed(slash != NULL ? slash + 1 : runtime, (const char *const *)list);
  toml_edit_list_free(list);
  return found;
}

/* --- putting in ---------------------------------------------------------------------------- */

static int put_runtime(struct part *part, const struct engine_request *request,
                       const struct layers *layers, const void *data)
{
  (void)data;
  const char *const path[] = {"engine", "runtimes", request->name, NULL};
  cleanup_free char *model = find_default(layers, NULL);
  cleanup_free char *quoted = toml_quote(request->path);
  cleanup_free char *programs = xasprintf("[%s]", quoted);
  if ((request->set_default && part_set_text(part, default_path, request->name) < 0) ||
      put_flag(part, layers, &json_flag, request->name) < 0 ||
      (has_flag(layers, &nocgroup_flag, model) &&
       put_flag(part, layers, &nocgroup_flag, request->name) < 0))
    return -1;
  return part_set(part, path, programs);
}

static int apply(const struct engine_request *request, struct engine_files *files,
                 struct error *err)
{
  cleanup_layers struct layers layers = {.count = 0};
  if (read_layers(files, &layers, err) < 0)
    return -1;
  return part_apply(&files->list[files->use_drop_in ? ENGINE_DROP_IN : ENGINE_ROOT], request,
                    put_runtime, &layers, NULL, err);
}

/* --- taking out ---------------------------------------------------------------------------- */

static int strip(const struct engine_request *request, const struct engine_files *files,
                 size_t index, const struct engine_past *past, char **stripped, struct error *err)
{
  const char *const table[] = {"engine", "runtimes", request->name, NULL};
  const struct part_places places = {
      .table = table,
      .standard = default_path,
      .table_before = table,
      .standard_before = default_path,
      .lists = {{json_flag.path, request->name, json_flag.built_in},
                {nocgroup_flag.path, request->name, nocgroup_flag.built_in}},
      .drop_in = index != ENGINE_ROOT,
  };
  return part_strip(&places, request->name, &files->list[index], past, stripped, err);
}

/* --- looking ------------------------------------------------------------------------------- */

static int inspect(const struct engine_request *request, const struct engine_files *files,
                   struct engine_status *status, struct error *err)
{
  cleanup_layers struct layers layers = {.count = 0};
  if (read_layers(files, &layers, err) < 0)
    return -1;
  status->path = program_of(&layers, request->name, &status->configured_in);
  status->configured = status->configured_in != NULL;
  status->default_runtime = find_default(&layers, &status->default_in);
  status->is_default = text_equal(status->default_runtime, request->name);
  return 0;
}

static int list(const struct engine_files *files, struct engine_names *names, struct error *err)
{
  static const char *const path[] = {"engine", "runtimes", NULL};
  cleanup_layers struct layers layers = {.count = 0};
  if (read_layers(files, &layers, err) < 0)
    return -1;
  for (size_t i = 0; i < layers.count; i++)
    layer_names(layers.list[i], path, names);
  return 0;
}

/* --- asking -------------------------------------------------------------------------------- */

/* The name and the path of the runtime that podman uses if `runtime` is asked for, or none. */
static int ask_for(const char *podman, const char *runtime, char **name, char **path,
                   struct error *err)
{
  const char *argv[] = {
      podman,      "info",  "--format", "{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Path}}",
      "--runtime", runtime, NULL};
  cleanup_free char *said = NULL;
  if (runtime == NULL)
    argv[4] = NULL;
  if (program_capture(argv, &said, err) < 0)
    return error_wrap(err, "podman info");
  said[strcspn(said, "\n")] = '\0';
  char *space = strchr(said, ' ');
  if (space == NULL)
    return error_set(err, "podman info: %s is no runtime and its path", said);
  *name = xstrndup(said, (size_t)(space - said));
  *path = xstrdup(space + 1);
  return 0;
}

static int ask(const struct engine_request *request, const struct engine_files *files,
               struct engine_view *view, struct error *err)
{
  struct error unknown;
  cleanup_free char *podman = program_find("podman");
  cleanup_free char *path = NULL;
  cleanup_free char *name = NULL;
  bool sets = request->config_file != NULL;
  if (podman == NULL)
    return error_set(err, "there is no podman here");
  view->asked = xstrdup("podman info");
  if (sets)
    setenv("CONTAINERS_CONF", files->list[ENGINE_ROOT].path, 1);
  int result = ask_for(podman, NULL, &view->default_runtime, &path, err);
  if (result == 0)
    ask_for(podman, request->name, &name, &view->program, &unknown);
  if (sets)
    unsetenv("CONTAINERS_CONF");
  return result;
}

/* Nobody but podman knows: what its storage was made with stays, whatever storage.conf says. */
static int storage(const struct engine_request *request, const struct engine_files *files,
                   struct engine_storage *storage, struct error *err)
{
  (void)request;
  (void)files;
  static const char format[] = "{{.Store.GraphDriverName}} {{.Store.GraphRoot}}";
  cleanup_free char *podman = program_find("podman");
  cleanup_free char *said = NULL;
  if (podman == NULL)
    return error_set(err, "there is no podman here");
  const char *const argv[] = {podman, "info", "--format", format, NULL};
  if (program_capture(argv, &said, err) < 0)
    return error_wrap(err, "podman info");
  said[strcspn(said, "\n")] = '\0';
  char *space = strchr(said, ' ');
  if (space == NULL)
    return error_set(err, "podman info: %s is no storage and its folder", said);
  storage->driver = xstrndup(said, (size_t)(space - said));
  storage->root = xstrdup(space + 1);
  storage->said_by = xstrdup("podman info");
  return 0;
}

const struct engine podman_engine = {
    .name = "podman",
    .title = "Podman",
    .program = "podman",
    .locate = locate,
    .strip = strip,
    .wrapped = wrapped,
    .apply = apply,
    .inspect = inspect,
    .list = list,
    .ask = ask,
    .storage = storage,
};
