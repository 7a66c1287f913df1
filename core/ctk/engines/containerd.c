/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd: config.toml, whose tables are named differently in each version of the file, and
 * files that it imports.
 *
 *     version = 3
 *     [plugins."io.containerd.cri.v1.runtime".containerd]
 *     default_runtime_name = "NAME"
 *     [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.NAME]
 *     runtime_type = "io.containerd.runc.v2"
 *     [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.NAME.options]
 *     BinaryName = "/usr/bin/container-hooks-runtime"
 *
 * containerd 1.x replaces the whole table of a plugin by that of an imported file, so its versions
 * of the file (1 and 2) are edited in place. Since 2.0 tables are merged, and ours go into a file
 * of our own; it must be of the same version as the root.
 */
#include "ctk/command.h"
#include "ctk/engines/containerd_view.h"
#include "ctk/engines/part.h"
#include "ctk/engines/program.h"
#include "ctk/engines/reload.h"
#include "ctk/text/toml_edit.h"

#define VERSION_KNOWN 4 /* the newest version of the file that we know */

/* --- versions ------------------------------------------------------------------------------ */

/* For a file that says nothing yet. Version 2 is what every containerd since 1.3 understands. */
static long version_for_new_file(void)
{
  struct error ignored;
  long major = 0;
  cleanup_free char *containerd = program_find("containerd");
  cleanup_free char *said = NULL;
  const char *const argv[] = {containerd, "--version", NULL};
  if (containerd != NULL && program_capture(argv, &said, &ignored) == 0) {
    const char *digits = strpbrk(said, "0123456789"); /* "containerd github.com/… v2.0.1 …" */
    major = digits != NULL ? strtol(digits, NULL, 10) : 0;
  }
  return major >= 2 ? CONTAINERD_DROP_INS : 2;
}

/* --- files --------------------------------------------------------------------------------- */

static int root_version(const struct engine_file *root, long *version, struct error *err)
{
  *version = 0;
  if (root->text != NULL && containerd_read_version(root->text, root->path, version, err) < 0)
    return -1;
  if (*version == 0)
    *version = version_for_new_file();
  return 0;
}

static int choose_place(const struct engine_request *request, struct engine_files *files,
                        struct error *err)
{
  const char *path = files->list[ENGINE_ROOT].path;
  cleanup_free char *text = NULL;
  long version = 0;
  if (change_read(path, &text, err) < 0 ||
      (text != NULL && containerd_read_version(text, path, &version, err) < 0))
    return -1;
  if (version == 0)
    version = version_for_new_file();
  if (version > VERSION_KNOWN)
    ctk_remark("%s has version %ld, which is newer than this program: it is taken for version %d",
               path, version, VERSION_KNOWN);
  if (request->drop_in != NULL && version < CONTAINERD_DROP_INS)
    return error_set(err,
                     "%s has version %ld: containerd 1.x would replace its tables by those of a "
                     "drop-in; leave out --drop-in to edit the file in place",
                     path, version);
  files->use_drop_in =
      request->drop_in != NULL || (!request->in_place && version >= CONTAINERD_DROP_INS);
  return 0;
}

static int locate(const struct engine_request *request, struct engine_files *files,
                  struct error *err)
{
  const char *root = request->config_file != NULL ? request->config_file : CONTAINERD_FILE;
  files->list[ENGINE_ROOT].path = xstrdup(root);
  files->list[ENGINE_DROP_IN].path = engine_drop_in(request, root, "conf.d/99-%s.toml");
  files->count = ENGINE_OTHERS;
  return choose_place(request, files, err);
}

/* --- what is in force ---------------------------------------------------------------------- */

/* The settings that ours takes over: those of the default, if its shim is runc's. */
static void collect_model(const struct layers *layers, struct toml_keys *keys,
                          struct toml_keys *options)
{
  cleanup_free char *name = containerd_default(layers, NULL);
  containerd_collect(layers, name, keys, options);
  if (containerd_is_runc_class(keys))
    return;
  ctk_remark("the default runtime %s is of a type that has no program to stand in front of: the "
             "settings of " CONTAINERD_BUILT_IN " are taken over instead",
             name);
  toml_keys_free(keys);
  toml_keys_free(options);
  containerd_collect(layers, CONTAINERD_BUILT_IN, keys, options);
}

static char *wrapped(const struct engine_request *request, const struct engine_files *files)
{
  (void)request;
  struct error ignored;
  cleanup_layers struct layers layers = {.count = 0};
  cleanup_toml_keys struct toml_keys keys = {.count = 0}, options = {.count = 0};
  if (containerd_layers(files, &layers, &ignored) < 0)
    return NULL;
  cleanup_free char *name = containerd_default(&layers, NULL);
  containerd_collect(&layers, name, &keys, &options);
  char *program = containerd_string(&options, "BinaryName");
  if (program != NULL && program[0] != '\0')
    return program;
  free(program);
  return xstrdup(CONTAINERD_BUILT_IN);
}

/* --- putting in ---------------------------------------------------------------------------- */

/* An array with our annotations among its strings. */
static void let_annotations_through(struct toml_keys *keys, const char *key)
{
  static const char *const path[] = {"x", NULL};
  struct error ignored;
  const char *raw = toml_keys_get(keys, key);
  cleanup_free char *text = xasprintf("x = %s\n", raw != NULL ? raw : "[]");
  char *edited = NULL;
  if (toml_edit_list_add(text, "", path, ENGINE_ANNOTATIONS, &edited, &ignored) < 0)
    return;
  cleanup_free char *longer = edited;
  cleanup_free char *value = toml_edit_raw(longer, path);
  toml_keys_set(keys, key, value);
}

static void prepare_keys(const struct engine_request *request, const struct layers *layers,
                         struct toml_keys *keys, struct toml_keys *options)
{
  struct toml_keys model = {.count = 0}, model_options = {.count = 0};
  collect_model(layers, &model, &model_options);
  cleanup_free char *binary = toml_quote(request->path);
  toml_keys_set(keys, "runtime_type", "\"" CONTAINERD_TYPE "\"");
  for (size_t i = 0; i < model.count; i++)
    toml_keys_set(keys, model.list[i].key, model.list[i].raw);
  toml_keys_set(options, "BinaryName", binary);
  for (size_t i = 0; i < model_options.count; i++)
    if (!text_equal(model_options.list[i].key, "BinaryName"))
      toml_keys_set(options, model_options.list[i].key, model_options.list[i].raw);
  if (request->annotations) {
    let_annotations_through(keys, "pod_annotations");
    let_annotations_through(keys, "container_annotations");
  }
  toml_keys_free(&model);
  toml_keys_free(&model_options);
}

/* A runtime of that name which is not in a block of ours, but runs the same program, is as good. */
static bool has_same(const char *text, const struct containerd_names *names, const char *path)
{
  cleanup_free char *binary = toml_edit_string(text, names->binary);
  return binary != NULL && text_equal(binary, path);
}

/* containerd 1.x forgets its built-in runtime as soon as a file has another one. */
static int put_built_in(struct part *part, const struct containerd_names *names,
                        const struct layers *layers)
{
  cleanup_toml_keys struct toml_keys keys = {.count = 0};
  for (size_t i = 0; i < layers->count; i++)
    if (layer_below(layers->list[i], names->runtimes) != NULL)
      return 0;
  toml_keys_set(&keys, "runtime_type", "\"" CONTAINERD_TYPE "\"");
  return part_table(part, names->built_in, &keys);
}

/* A file that says nothing yet must say its version first, or it is taken for version 1. */
static int start_file(struct part *part, long version)
{
  long present;
  char number[16];
  snprintf(number, sizeof(number), "%ld", version);
  if (containerd_read_version(part->text, part->file, &present, part->err) < 0)
    return -1;
  if (present == 0)
    return part_set(part, containerd_version_path, number);
  if (present != version)
    return error_set(part->err, "%s has version %ld, but must have %ld, as the root file has",
                     part->file, present, version);
  return 0;
}

static int put_runtime(struct part *part, const struct engine_request *request,
                       const struct layers *layers, const void *data)
{
  const long *version = data;
  struct containerd_names all = containerd_names_of(*version, request->name), *names = &all;
  cleanup_toml_keys struct toml_keys keys = {.count = 0}, options = {.count = 0};
  prepare_keys(request, layers, &keys, &options);
  if (start_file(part, *version) < 0)
    return -1;
  if (request->set_default && part_set_text(part, names->standard, request->name) < 0)
    return -1;
  if (has_same(part->text, names, request->path))
    return 0;
  if (put_built_in(part, names, layers) < 0)
    return -1;
  return part_table(part, names->table, &keys) < 0 || part_table(part, names->options, &options) < 0
             ? -1
             : 0;
}

static int add_import(struct engine_file *root, const char *path, const char *owner, long version,
                      struct error *err)
{
  cleanup_part struct part part;
  char element[4096];
  snprintf(element, sizeof(element), "%s", path);
  char *const all[] = {element, NULL};
  part_start(&part, root->path, owner, root->text, err);
  if (start_file(&part, version) < 0)
    return -1;
  if (!containerd_imports(root->path, part.text, path) &&
      part_list(&part, containerd_imports_path, path, all, NULL) < 0)
    return error_append(err, "; add by hand: imports = [\"%s\"]", path);
  free(root->text);
  root->text = steal_pointer(&part.text);
  return 0;
}

static void note_disabled(const struct layers *layers)
{
  static const char *const path[] = {"disabled_plugins", NULL};
  static const char *const plugins[] = {"cri", "io.containerd.grpc.v1.cri",
                                        "io.containerd.cri.v1.runtime", NULL};
  for (size_t i = 0; i < layers->count; i++) {
    char **disabled = toml_edit_list(layers->list[i]->text, path);
    for (size_t j = 0; disabled != NULL && disabled[j] != NULL; j++)
      for (const char *const *plugin = plugins; *plugin != NULL; plugin++)
        if (text_equal(*plugin, disabled[j]))
          ctk_remark("%s disables the plugin %s: Kubernetes cannot use this containerd, and "
                     "docker, ctr and nerdctl do not heed these tables",
                     layers->list[i]->path, *plugin);
    toml_edit_list_free(disabled);
  }
}

static int apply(const struct engine_request *request, struct engine_files *files,
                 struct error *err)
{
  struct engine_file *root = &files->list[ENGINE_ROOT], *drop_in = &files->list[ENGINE_DROP_IN];
  cleanup_layers struct layers layers = {.count = 0};
  long version;
  if (root_version(root, &version, err) < 0 || containerd_layers(files, &layers, err) < 0)
    return -1;
  note_disabled(&layers);
  if (!files->use_drop_in)
    return part_apply(root, request, put_runtime, &layers, &version, err);
  return part_apply(drop_in, request, put_runtime, &layers, &version, err) < 0 ||
                 add_import(root, drop_in->path, request->name, version, err) < 0
             ? -1
             : 0;
}

/* --- taking out ---------------------------------------------------------------------------- */

static int strip(const struct engine_request *request, const struct engine_files *files,
                 size_t index, const struct engine_past *past, char **stripped, struct error *err)
{
  const struct engine_file *file = &files->list[index];
  long version = 0, version_before = 0;
  if (file->present != NULL &&
      containerd_read_version(file->present, file->path, &version, err) < 0)
    return -1;
  if (past->before != NULL &&
      containerd_read_version(past->before, file->path, &version_before, err) < 0)
    return -1;
  /* `containerd config migrate` may have made another version of it since. */
  struct containerd_names names = containerd_names_of(version, request->name);
  struct containerd_names before = containerd_names_of(version_before, request->name);
  struct part_places places = {.table = names.table,
                               .standard = names.standard,
                               .table_before = before.table,
                               .standard_before = before.standard,
                               .built_in = names.built_in,
                               .alone = "version",
                               .drop_in = index != ENGINE_ROOT};
  for (size_t i = ENGINE_DROP_IN; i < files->count; i++)
    places.lists[i - ENGINE_DROP_IN] =
        (struct part_list){.path = containerd_imports_path, .element = files->list[i].path};
  return part_strip(&places, request->name, file, past, stripped, err);
}

/* --- looking ------------------------------------------------------------------------------- */

static int inspect(const struct engine_request *request, const struct engine_files *files,
                   struct engine_status *status, struct error *err)
{
  cleanup_layers struct layers layers = {.count = 0};
  cleanup_toml_keys struct toml_keys keys = {.count = 0}, options = {.count = 0};
  if (containerd_layers(files, &layers, err) < 0)
    return -1;
  for (size_t i = 0; i < layers.count; i++) {
    const struct layer *layer = layers.list[i];
    struct containerd_names names =
        containerd_names_of(containerd_version(&layer->toml), request->name);
    const struct toml_item *item = layer_below(layer, names.table);
    if (item == NULL)
      continue;
    free(status->configured_in);
    status->configured_in = layer_place(layer, item);
  }
  containerd_collect(&layers, request->name, &keys, &options);
  status->configured = status->configured_in != NULL;
  status->path = containerd_string(&options, "BinaryName");
  status->default_runtime = containerd_default(&layers, &status->default_in);
  status->is_default = text_equal(status->default_runtime, request->name);
  return 0;
}

static int list(const struct engine_files *files, struct engine_names *names, struct error *err)
{
  cleanup_layers struct layers layers = {.count = 0};
  if (containerd_layers(files, &layers, err) < 0)
    return -1;
  for (size_t i = 0; i < layers.count; i++) {
    const struct layer *layer = layers.list[i];
    struct containerd_names paths = containerd_names_of(containerd_version(&layer->toml), "");
    layer_names(layer, paths.runtimes, names);
  }
  return 0;
}

/* --- all of it ----------------------------------------------------------------------------- */

static int reload(const struct engine_request *request, const char *file, struct error *err)
{
  (void)request;
  (void)file;
  return reload_by_systemd("restart", "containerd", err);
}

const struct engine containerd_engine = {
    .name = "containerd",
    .title = "containerd",
    .program = "containerd",
    .manual = "systemctl restart containerd, which running containers survive",
    .manual_undo = "systemctl restart containerd, which running containers survive",
    .locate = locate,
    .strip = strip,
    .wrapped = wrapped,
    .apply = apply,
    .check = containerd_check,
    .inspect = inspect,
    .list = list,
    .ask = containerd_ask,
    .storage = containerd_storage,
    .reload = reload,
};
