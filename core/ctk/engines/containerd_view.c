/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/containerd_view.h"

#include "ctk/text/toml_edit.h"

#include <fnmatch.h>

const char *const containerd_version_path[] = {"version", NULL};
const char *const containerd_imports_path[] = {"imports", NULL};

/* --- versions ------------------------------------------------------------------------------ */

long containerd_version(const struct toml *toml)
{
  const struct toml_item *item = toml_find(toml, containerd_version_path);
  long version = item != NULL && item->kind == TOML_INTEGER
                     ? strtol(toml->text + item->value_start, NULL, 10)
                     : 1;
  return version > 1 ? version : 1; /* containerd takes 0 for 1, too */
}

int containerd_read_version(const char *text, const char *path, long *version, struct error *err)
{
  cleanup_toml struct toml toml = {.count = 0};
  if (toml_parse(text, strlen(text), path, &toml, err) < 0)
    return -1;
  *version = toml.count > 0 ? containerd_version(&toml) : 0;
  return 0;
}

static const char *plugin_of(long version)
{
  return version >= CONTAINERD_DROP_INS ? "io.containerd.cri.v1.runtime"
         : version == 2                 ? "io.containerd.grpc.v1.cri"
                                        : "cri";
}

struct containerd_names containerd_names_of(long version, const char *name)
{
  const char *plugin = plugin_of(version);
  bool divided = version >= CONTAINERD_DROP_INS; /* since then images are a plugin of their own */
#define CONTAINERD "plugins", plugin, "containerd"
#define TABLE CONTAINERD, "runtimes", name
  return (struct containerd_names){
      .standard = {CONTAINERD, "default_runtime_name"},
      .snapshotter = {"plugins", divided ? "io.containerd.cri.v1.images" : plugin,
                      divided ? "snapshotter" : "containerd", divided ? NULL : "snapshotter"},
      .runtimes = {CONTAINERD, "runtimes"},
      .built_in = {CONTAINERD, "runtimes", CONTAINERD_BUILT_IN},
      .table = {TABLE},
      .options = {TABLE, "options"},
      .binary = {TABLE, "options", "BinaryName"},
  };
#undef CONTAINERD
#undef TABLE
}

/* --- files --------------------------------------------------------------------------------- */

char *containerd_pattern(const char *path, const char *pattern)
{
  return pattern[0] == '/' ? xstrdup(pattern) : engine_beside(path, pattern);
}

/* Only with a star in it does containerd take it for a pattern. */
static bool is_pattern(const char *import)
{
  return strchr(import, '*') != NULL;
}

bool containerd_imports(const char *root, const char *text, const char *path)
{
  bool covered = false;
  char **imports = toml_edit_list(text, containerd_imports_path);
  for (size_t i = 0; imports != NULL && imports[i] != NULL && !covered; i++) {
    cleanup_free char *pattern = containerd_pattern(root, imports[i]);
    covered =
        is_pattern(pattern) ? fnmatch(pattern, path, FNM_PATHNAME) == 0 : text_equal(pattern, path);
  }
  toml_edit_list_free(imports);
  return covered;
}

int containerd_layers(const struct engine_files *files, struct layers *layers, struct error *err)
{
  if (layers_add(layers, files, files->list[ENGINE_ROOT].path, err) < 0)
    return -1;
  for (size_t i = 0; i < layers->count; i++) {
    const struct layer *layer = layers->list[i];
    char **imports = toml_edit_list(layer->text, containerd_imports_path);
    int result = 0;
    for (size_t j = 0; imports != NULL && imports[j] != NULL && result == 0; j++) {
      cleanup_free char *pattern = containerd_pattern(layer->path, imports[j]);
      result = is_pattern(pattern) ? layers_add_pattern(layers, files, pattern, err)
                                   : layers_add(layers, files, pattern, err);
    }
    toml_edit_list_free(imports);
    if (result < 0)
      return -1;
  }
  return 0;
}

/* --- what is in force ---------------------------------------------------------------------- */

/* Each file spells it as its version does. */
char *containerd_default(const struct layers *layers, char **place)
{
  for (size_t i = layers->count; i-- > 0;) {
    const struct layer *layer = layers->list[i];
    struct containerd_names names = containerd_names_of(containerd_version(&layer->toml), "");
    const struct toml_item *item = toml_find(&layer->toml, names.standard);
    char *name = item != NULL ? toml_string(&layer->toml, item) : NULL;
    if (name != NULL && name[0] != '\0') {
      if (place != NULL)
        *place = layer_place(layer, item);
      return name;
    }
    free(name);
  }
  return xstrdup(CONTAINERD_BUILT_IN);
}

void containerd_collect(const struct layers *layers, const char *name, struct toml_keys *keys,
                        struct toml_keys *options)
{
  static const char *const none[] = {NULL};
  for (size_t i = 0; i < layers->count; i++) {
    const struct layer *layer = layers->list[i];
    struct containerd_names names = containerd_names_of(containerd_version(&layer->toml), name);
    layer_copy(layer, names.table, none, keys);
    layer_copy(layer, names.options, none, options);
  }
}

char *containerd_string(const struct toml_keys *keys, const char *key)
{
  static const char *const path[] = {"x", NULL};
  const char *raw = toml_keys_get(keys, key);
  cleanup_free char *text = raw != NULL ? xasprintf("x = %s\n", raw) : NULL;
  return text != NULL ? toml_edit_string(text, path) : NULL;
}

bool containerd_is_runc_class(const struct toml_keys *keys)
{
  cleanup_free char *type = containerd_string(keys, "runtime_type");
  return type == NULL || type[0] == '\0' || text_starts(type, "io.containerd.runc.") ||
         text_equal(type, "io.containerd.runtime.v1.linux");
}

/* --- images -------------------------------------------------------------------------------- */

/* What is in force where no runtime has its own; owned by the caller, NULL if the files do not say.
   Each file spells it as its version does. */
static char *standard_snapshotter(const struct layers *layers, char **place)
{
  for (size_t i = layers->count; i-- > 0;) {
    const struct layer *layer = layers->list[i];
    struct containerd_names names = containerd_names_of(containerd_version(&layer->toml), "");
    const struct toml_item *item = toml_find(&layer->toml, names.snapshotter);
    char *name = item != NULL ? toml_string(&layer->toml, item) : NULL;
    if (name != NULL && name[0] != '\0') {
      *place = layer_place(layer, item);
      return name;
    }
    free(name);
  }
  return NULL;
}

/* A runtime may have a snapshotter of its own (containerd 1.7). */
static char *own_snapshotter(const struct layers *layers, const char *name)
{
  cleanup_toml_keys struct toml_keys keys = {.count = 0}, options = {.count = 0};
  containerd_collect(layers, name, &keys, &options);
  char *own = containerd_string(&keys, "snapshotter");
  if (own != NULL && own[0] != '\0')
    return own;
  free(own);
  return NULL;
}

int containerd_storage(const struct engine_request *request, const struct engine_files *files,
                       struct engine_storage *storage, struct error *err)
{
  static const char *const root[] = {"root", NULL};
  cleanup_layers struct layers layers = {.count = 0};
  if (containerd_layers(files, &layers, err) < 0)
    return -1;
  storage->driver = own_snapshotter(&layers, request->name);
  if (storage->driver != NULL)
    storage->said_by = xasprintf("of the runtime %s", request->name);
  else
    storage->driver = standard_snapshotter(&layers, &storage->said_by);
  if (storage->driver == NULL) {
    storage->driver = xstrdup("overlayfs");
    storage->said_by = xstrdup("built in");
  }
  storage->root = layers_string(&layers, root, NULL);
  return 0;
}
