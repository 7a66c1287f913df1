/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/checkup_storage.h"

#include "config/profile.h"
#include "ctk/enforcement.h"
#include "ctk/toolkit.h"
#include "image/place.h"
#include "worker/settings.h"

/* --- the config ---------------------------------------------------------------------------- */

/* The entry of image-verify that refuses most; NULL: there is none that looks at images. */
static const struct config_plugin *find_entry(const struct config *config)
{
  const struct config_plugin *found = NULL;
  for (size_t i = 0; i < config->plugin_count; i++) {
    const struct config_plugin *entry = &config->plugins[i];
    bool looks = enforcement_is_in(entry) && (enforcement_of(entry) != ENFORCEMENT_NONE ||
                                              !text_equal(enforcement_mode(entry), "off"));
    if (looks && (found == NULL || enforcement_of(entry) > enforcement_of(found)))
      found = entry;
  }
  return found;
}

/* --- the storage --------------------------------------------------------------------------- */

/* What mends a storage that cannot be verified, by the engine's name. */
static const char *mend_of(const struct engine_storage *storage, const struct engine *engine)
{
  if (storage->image_store)
    return "set \"features\": { \"containerd-snapshotter\": false } in daemon.json and restart "
           "docker; images must be pulled or built anew";
  if (engine == &docker_engine)
    return "set \"storage-driver\": \"overlay2\" in daemon.json and restart docker; images must be "
           "pulled or built anew";
  if (engine == &containerd_engine)
    return "set snapshotter = \"overlayfs\" and restart containerd; images must be pulled anew";
  return "set driver = \"overlay\" in storage.conf(5); images must be pulled or built anew";
}

static const char *driver_of(const struct engine *engine)
{
  return engine == &docker_engine       ? "overlay2"
         : engine == &containerd_engine ? "overlayfs"
                                        : "overlay";
}

static void check_driver(struct findings *findings, enum finding_level level,
                         const struct engine *engine, const struct engine_storage *storage)
{
  const char *wanted = driver_of(engine);
  if (storage->image_store)
    findings_add(findings, level, mend_of(storage, engine),
                 "image-verify cannot verify images in docker's containerd image store (%s)",
                 storage->said_by);
  else if (!text_equal(storage->driver, wanted))
    findings_add(findings, level, mend_of(storage, engine),
                 "image-verify cannot verify images of the storage %s, but of %s (%s)",
                 storage->driver, wanted, storage->said_by);
  else
    findings_add(findings, FINDING_OK, NULL,
                 "image-verify can verify images of the storage %s (%s)", storage->driver,
                 storage->said_by);
}

/* --- its place ----------------------------------------------------------------------------- */

static bool is_below(const char *root, const char *const *roots)
{
  uint32_t uid, gid;
  cleanup_free char *real = realpath(root, NULL);
  cleanup_free char *above = xstrdup(real != NULL ? real : root);
  if (real == NULL)
    return true; /* nothing is there yet */
  if (placed_is_remapped(above, &uid, &gid))
    *strrchr(above, '/') = '\0';
  for (; *roots != NULL; roots++) {
    cleanup_free char *listed = realpath(*roots, NULL);
    if (listed != NULL && (text_equal(listed, real) || text_equal(listed, above)))
      return true;
  }
  return false;
}

static void check_root(struct findings *findings, enum finding_level level,
                       const struct config_plugin *entry, const char *root)
{
  struct error bad; /* which the plugin says itself */
  cleanup_free const char **given = NULL;
  if (settings_list(entry, "roots", &given, &bad) < 0 ||
      is_below(root, given != NULL ? given : image_default_roots))
    return;
  cleanup_free char *mend = xasprintf("add \"%s\" to the plugin's setting `roots` (%s:%u)", root,
                                      entry->file, entry->line);
  findings_add(findings, level, mend,
               "image-verify does not believe records in %s, where its data lie: that is none of "
               "its `roots`",
               root);
}

/* --- both ---------------------------------------------------------------------------------- */

static void check(struct findings *findings, const struct user *user,
                  const struct config_plugin *entry)
{
  struct error unknown; /* as checkup_user says */
  cleanup_storage struct engine_storage storage = {.driver = NULL};
  const struct engine_request request = {.name = user->name, .config_file = user->config_file};
  enum finding_level level =
      enforcement_of(entry) == ENFORCEMENT_NONE ? FINDING_NOTE : FINDING_PROBLEM;
  if (engine_look_at_storage(user->engine, &request, &storage, &unknown) < 0)
    return;
  if (storage.driver != NULL)
    check_driver(findings, level, user->engine, &storage);
  if (storage.root != NULL)
    check_root(findings, level, entry, storage.root);
}

void checkup_storage(struct findings *findings, const struct user *user)
{
  struct error said; /* when its chain is looked at */
  struct toolkit_choice choice = {.file = NULL};
  if (profile_of(user->status.path, &choice.profile, &said) < 0)
    return;
  cleanup_toolkit struct toolkit toolkit;
  if (toolkit_load(&toolkit, &choice, true, &said) < 0)
    return;
  const struct config_plugin *entry = find_entry(&toolkit.config);
  if (entry != NULL)
    check(findings, user, entry);
}
