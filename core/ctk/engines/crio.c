/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRI-O: crio.conf, and over it every file in crio.conf.d and in folders below it, whatever its
 * name (cri-o: pkg/config/config.go, UpdateFromPath).
 *
 *     [crio.runtime]
 *     default_runtime = "NAME"
 *     [crio.runtime.runtimes.NAME]
 *     runtime_path = "/usr/bin/container-hooks-runtime"
 *     runtime_type = "oci"
 *     runtime_root = "/run/runc"
 *     monitor_path = "/usr/libexec/crio/conmon"
 *
 * A table of a runtime replaces that of an earlier file as a whole, so we only ever write our own,
 * with what the runtime that is the default now has.
 */
#include "ctk/engines/daemon.h"
#include "ctk/engines/part.h"
#include "ctk/engines/program.h"
#include "ctk/engines/reload.h"
#include "ctk/text/toml_edit.h"

#include <dirent.h>
#include <sys/stat.h>

#define FILE_DEFAULT "/etc/crio/crio.conf"
#define FOLDER "crio.conf.d"
#define STORAGE_FILE "/etc/containers/storage.conf"
#define PROGRAMS "/usr/libexec/crio" /* where its packages put runtimes of their own */

#define RUNTIME "crio", "runtime"
static const char *const default_path[] = {RUNTIME, "default_runtime", NULL};

/* --- files --------------------------------------------------------------------------------- */

/* Without the last component; owned by the caller. */
static char *folder_of(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash > path ? xstrndup(path, (size_t)(slash - path)) : xstrdup("/");
}

static int locate(const struct engine_request *request, struct engine_files *files,
                  struct error *err)
{
  if (request->annotations)
    return error_set(err, "--annotations is for containerd: CRI-O passes on all of a pod's "
                          "annotations");
  const char *root = request->config_file != NULL ? request->config_file : FILE_DEFAULT;
  struct engine_file *drop_in = &files->list[ENGINE_DROP_IN];
  files->list[ENGINE_ROOT].path = xstrdup(root);
  drop_in->path = engine_drop_in(request, root, FOLDER "/99-%s.conf");
  cleanup_free char *folder = folder_of(drop_in->path);
  drop_in->temporary = folder_of(folder); /* in the folder itself, CRI-O would read it */
  files->count = ENGINE_OTHERS;
  files->use_drop_in =
      request->drop_in != NULL || (request->config_file == NULL && !request->in_place);
  return 0;
}

static int read_layers(const struct engine_files *files, struct layers *layers, struct error *err)
{
  const char *root = files->list[ENGINE_ROOT].path;
  cleanup_free char *folder = engine_beside(root, FOLDER);
  return layers_add(layers, files, root, err) < 0 ? -1
                                                  : layers_add_tree(layers, files, folder, err);
}

/* --- what is in force ---------------------------------------------------------------------- */

static bool has_table(const struct layers *layers, const char *name)
{
  const char *const table[] = {RUNTIME, "runtimes", name, NULL};
  for (size_t i = 0; i < layers->count; i++)
    if (layer_below(layers->list[i], table) != NULL)
      return true;
  return false;
}

/* What is built in is crun since 1.31, which then brings one in a folder of its own. */
static char *find_default(const struct layers *layers, char **place)
{
  char *name = layers_string(layers, default_path, place);
  if (name != NULL)
    return name;
  bool crun = has_table(layers, "crun") || access(PROGRAMS "/crun", X_OK) == 0;
  return xstrdup(crun ? "crun" : "runc");
}

/* The last file that has the table: nothing of the others is left. */
static const struct layer *find_runtime(const struct layers *layers, const char *name,
                                        const struct toml_item **item)
{
  const char *const table[] = {RUNTIME, "runtimes", name, NULL};
  for (size_t i = layers->count; i-- > 0;)
    if ((*item = layer_below(layers->list[i], table)) != NULL)
      return layers->list[i];
  return NULL;
}

/* The program of a runtime; owned by the caller, NULL if the files do not say. */
static char *program_of(const struct layers *layers, const char *name)
{
  const char *const path[] = {RUNTIME, "runtimes", name, "runtime_path", NULL};
  const struct toml_item *item;
  const struct layer *layer = find_runtime(layers, name, &item);
  item = layer != NULL ? toml_find(&layer->toml, path) : NULL;
  char *program = item != NULL ? toml_string(&layer->toml, item) : NULL;
  if (program != NULL && program[0] != '\0')
    return program;
  free(program);
  return NULL;
}

static char *wrapped(const struct engine_request *request, const struct engine_files *files)
{
  (void)request;
  struct error ignored;
  cleanup_layers struct layers layers = {.count = 0};
  if (read_layers(files, &layers, &ignored) < 0)
    return NULL;
  cleanup_free char *name = find_default(&layers, NULL);
  char *program = program_of(&layers, name);
  if (program != NULL)
    return program;
  cleanup_free char *own = xasprintf(PROGRAMS "/%s", name);
  cleanup_free char *found = program_find(name);
  bool use_own = found == NULL && access(own, X_OK) == 0;
  return use_own ? steal_pointer(&own) : steal_pointer(&name);
}

/* --- putting in ---------------------------------------------------------------------------- */

/* Older files say once for all what newer ones say for each runtime. */
static void take_monitor(const struct layers *layers, struct toml_keys *keys)
{
  static const char *const pairs[][2] = {{"conmon", "monitor_path"},
                                         {"conmon_cgroup", "monitor_cgroup"},
                                         {"conmon_env", "monitor_env"}};
  for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
    const char *const path[] = {RUNTIME, pairs[i][0], NULL};
    const struct layer *layer;
    const struct toml_item *item = layers_find(layers, path, &layer);
    if (item == NULL || toml_keys_get(keys, pairs[i][1]) != NULL)
      continue;
    cleanup_free char *raw =
        xstrndup(layer->text + item->value_start, item->value_end - item->value_start);
    toml_keys_set(keys, pairs[i][1], raw);
  }
}

static void prepare_keys(const struct engine_request *request, const struct layers *layers,
                         struct toml_keys *keys)
{
  static const char *const without[] = {"runtime_path", "inherit_default_runtime",
                                        "platform_runtime_paths", NULL};
  cleanup_free char *name = find_default(layers, NULL);
  const char *const table[] = {RUNTIME, "runtimes", name, NULL};
  const struct toml_item *item;
  const struct layer *layer = find_runtime(layers, name, &item);
  cleanup_free char *path = toml_quote(request->path);
  cleanup_free char *state = xasprintf("/run/%s", name);
  cleanup_free char *root = toml_quote(state);
  toml_keys_set(keys, "runtime_path", path);
  toml_keys_set(keys, "runtime_type", "\"oci\"");
  toml_keys_set(keys, "runtime_root", root);
  if (layer != NULL)
    layer_copy(layer, table, without, keys);
  take_monitor(layers, keys);
}

static int put_runtime(struct part *part, const struct engine_request *request,
                       const struct layers *layers, const void *data)
{
  (void)data;
  const char *const table[] = {RUNTIME, "runtimes", request->name, NULL};
  const char *const path[] = {RUNTIME, "runtimes", request->name, "runtime_path", NULL};
  cleanup_toml_keys struct toml_keys keys = {.count = 0};
  cleanup_free char *present = toml_edit_string(part->text, path);
  prepare_keys(request, layers, &keys);
  if (request->set_default && part_set_text(part, default_path, request->name) < 0)
    return -1;
  bool same = present != NULL && text_equal(present, request->path);
  return same ? 0 : part_table(part, table, &keys);
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
  const char *const table[] = {RUNTIME, "runtimes", request->name, NULL};
  const struct part_places places = {.table = table,
                                     .standard = default_path,
                                     .table_before = table,
                                     .standard_before = default_path,
                                     .drop_in = index != ENGINE_ROOT};
  return part_strip(&places, request->name, &files->list[index], past, stripped, err);
}

/* --- looking ------------------------------------------------------------------------------- */

static int inspect(const struct engine_request *request, const struct engine_files *files,
                   struct engine_status *status, struct error *err)
{
  cleanup_layers struct layers layers = {.count = 0};
  const struct toml_item *item;
  if (read_layers(files, &layers, err) < 0)
    return -1;
  const struct layer *layer = find_runtime(&layers, request->name, &item);
  status->configured = layer != NULL;
  status->configured_in = layer != NULL ? layer_place(layer, item) : NULL;
  status->path = program_of(&layers, request->name);
  status->default_runtime = find_default(&layers, &status->default_in);
  status->is_default = text_equal(status->default_runtime, request->name);
  return 0;
}

static int list(const struct engine_files *files, struct engine_names *names, struct error *err)
{
  static const char *const path[] = {RUNTIME, "runtimes", NULL};
  cleanup_layers struct layers layers = {.count = 0};
  if (read_layers(files, &layers, err) < 0)
    return -1;
  for (size_t i = 0; i < layers.count; i++)
    layer_names(layers.list[i], path, names);
  return 0;
}

/* --- CRI-O's own view ---------------------------------------------------------------------- */

/* Copies of the drop-ins, for CRI-O reads a folder of them as a whole. Those in folders lie beside
   the others: '!' comes before all that names are made of, as '/' does in the order of CRI-O. */
static int copy_layers(const struct engine_files *files, const char *folder, struct error *err)
{
  cleanup_layers struct layers layers = {.count = 0};
  cleanup_free char *drop_ins = engine_beside(files->list[ENGINE_ROOT].path, FOLDER);
  if (layers_add_tree(&layers, files, drop_ins, err) < 0)
    return -1;
  for (size_t i = 0; i < layers.count; i++) {
    cleanup_free char *name = xstrdup(layers.list[i]->path + strlen(drop_ins) + 1);
    for (char *slash = name; (slash = strchr(slash, '/')) != NULL;)
      *slash = '!';
    cleanup_free char *copy = program_write(folder, name, layers.list[i]->text, err);
    if (copy == NULL)
      return -1;
  }
  return 0;
}

static int check(const struct engine_request *request, const struct engine_files *files,
                 struct error *err)
{
  (void)request;
  cleanup_free char *crio = program_find("crio");
  if (crio == NULL)
    return 0;
  cleanup_program_folder char *folder = program_folder(err);
  cleanup_program_folder char *drop_ins = folder != NULL ? program_folder(err) : NULL;
  if (drop_ins == NULL || copy_layers(files, drop_ins, err) < 0)
    return -1;
  const char *text = files->list[ENGINE_ROOT].text;
  cleanup_free char *root = program_write(folder, "crio.conf", text != NULL ? text : "", err);
  cleanup_free char *output = NULL;
  const char *const argv[] = {crio, "--config", root, "--config-dir", drop_ins, "config", NULL};
  if (root == NULL)
    return -1;
  return program_capture(argv, &output, err) < 0 ? error_wrap(err, "crio config rejects the result")
                                                 : 0;
}

/* `crio status config` shows, by its socket, the config of the CRI-O that runs. */
static int ask(const struct engine_request *request, const struct engine_files *files,
               struct engine_view *view, struct error *err)
{
  static const char *const options[] = {"--config", "-c", NULL};
  const char *const path[] = {RUNTIME, "runtimes", request->name, "runtime_path", NULL};
  cleanup_daemon struct daemon daemon;
  cleanup_free char *crio = program_find("crio");
  cleanup_free char *said = NULL;
  daemon_find(&daemon, "crio", options, FILE_DEFAULT, files->list[ENGINE_ROOT].path);
  if (daemon.pid == 0)
    return 1;
  if (crio == NULL)
    return error_set(err, "there is no program crio here to ask it");
  const char *const argv[] = {crio, "status", "config", NULL};
  if (program_capture(argv, &said, err) < 0)
    return error_wrap(err, "crio status config");
  view->asked = xstrdup("crio status config");
  view->default_runtime = toml_edit_string(said, default_path);
  view->program = toml_edit_string(said, path);
  return 0;
}

/* What crio.conf does not say, storage.conf does (cri-o: pkg/config/config.go, DefaultConfig and
   UpdateFromDropInFile; containers-storage.conf(5)). */
static int storage(const struct engine_request *request, const struct engine_files *files,
                   struct engine_storage *storage, struct error *err)
{
  (void)request;
  static const char *const own_driver[] = {"crio", "storage_driver", NULL};
  static const char *const own_root[] = {"crio", "root", NULL};
  static const char *const driver[] = {"storage", "driver", NULL};
  static const char *const root[] = {"storage", "graphroot", NULL};
  const char *named = getenv("CONTAINERS_STORAGE_CONF");
  cleanup_layers struct layers layers = {.count = 0}, shared = {.count = 0};
  if (read_layers(files, &layers, err) < 0 ||
      layers_add(&shared, files, named != NULL ? named : STORAGE_FILE, err) < 0)
    return -1;
  storage->driver = layers_string(&layers, own_driver, &storage->said_by);
  if (storage->driver == NULL)
    storage->driver = layers_string(&shared, driver, &storage->said_by);
  storage->root = layers_string(&layers, own_root, NULL);
  if (storage->root == NULL)
    storage->root = layers_string(&shared, root, NULL);
  return 0;
}

static int reload(const struct engine_request *request, const char *file, struct error *err)
{
  (void)request;
  (void)file;
  return reload_by_systemd("reload", "crio", err);
}

const struct engine crio_engine = {
    .name = "crio",
    .title = "CRI-O",
    .program = "crio",
    .manual = "systemctl reload crio, or restart before 1.26",
    .manual_undo = "systemctl reload crio, or restart before 1.26",
    .locate = locate,
    .strip = strip,
    .wrapped = wrapped,
    .apply = apply,
    .check = check,
    .inspect = inspect,
    .list = list,
    .ask = ask,
    .storage = storage,
    .reload = reload,
};
