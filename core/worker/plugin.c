/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/plugin.h"

#include "common/trust.h"

#include <dlfcn.h>
#include <link.h>

#define MAJOR(abi) ((abi) >> 16)
#define MINOR(abi) ((abi)&0xffffU)

/* What a plugin of ABI 1.0 has; it never shrinks. */
#define SIZE_1_0 (offsetof(struct cht_plugin, finish) + sizeof(((struct cht_plugin *)0)->finish))

static int check_abi(const struct cht_plugin *plugin, const char *path, struct error *err)
{
  if (MAJOR(plugin->abi) != CHT_ABI_MAJOR)
    return error_set(err,
                     "%s is built for plugin interface %u.%u, this runtime offers %d.%d: rebuild "
                     "the plugin against this runtime's container-hooks/plugin.h",
                     path, MAJOR(plugin->abi), MINOR(plugin->abi), CHT_ABI_MAJOR, CHT_ABI_MINOR);
  if (MINOR(plugin->abi) > CHT_ABI_MINOR)
    return error_set(err,
                     "%s is built for plugin interface %u.%u, this runtime offers only %d.%d: "
                     "upgrade the runtime or rebuild the plugin",
                     path, MAJOR(plugin->abi), MINOR(plugin->abi), CHT_ABI_MAJOR, CHT_ABI_MINOR);
  if (plugin->size < SIZE_1_0)
    return error_set(err,
                     "%s exports a cht_plugin of %u bytes, not of at least %zu: declare it "
                     "with CHT_PLUGIN()",
                     path, plugin->size, SIZE_1_0);
  if (plugin->name == NULL || plugin->name[0] == '\0')
    return error_set(err, "%s has no name: give CHT_PLUGIN() a .name", path);
  if (plugin->modify == NULL)
    return error_set(err, "%s has no modify function: give CHT_PLUGIN() a .modify", path);
  return 0;
}

/* The json-c libraries that are mapped. */
struct json_c {
  const char *first, *second;
};

static int note_json_c(struct dl_phdr_info *info, size_t size, void *data)
{
  (void)size;
  struct json_c *found = data;
  if (strstr(info->dlpi_name, "/libjson-c.so") == NULL)
    return 0;
  if (found->first != NULL)
    found->second = info->dlpi_name;
  else
    found->first = info->dlpi_name;
  return 0;
}

/* Two copies would work on each other's objects, whose layout may differ. */
static int check_json_c(const char *path, struct error *err)
{
  struct json_c found = {.first = NULL};
  dl_iterate_phdr(note_json_c, &found);
  if (found.second == NULL)
    return 0;
  return error_set(err, "%s is linked to another json-c than this runtime (%s and %s): rebuild it",
                   path, found.first, found.second);
}

const struct cht_plugin *plugin_load(const char *path, struct error *err)
{
  cleanup_close int fd = trust_open_file(path, err);
  if (fd < 0)
    return NULL;

  /* By its path, which trust has shown to be nobody else's to change, and not by the descriptor: a
     reused number would give back another plugin. NOW: a missing symbol is found here, not in a
     call; LOCAL: plugins do not see each other. It stays loaded. */
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    error_set(err, "cannot load: %s", dlerror());
    return NULL;
  }
  if (check_json_c(path, err) < 0) {
    dlclose(handle); /* takes the other json-c along, or the next plugin would be blamed for it */
    return NULL;
  }
  const struct cht_plugin *plugin = dlsym(handle, "cht_plugin");
  if (plugin == NULL) {
    error_set(err, "%s is no plugin of container-hooks: it exports no cht_plugin", path);
    return NULL;
  }
  if (check_abi(plugin, path, err) < 0)
    return NULL;
  return plugin;
}
