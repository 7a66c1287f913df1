/* SPDX-License-Identifier: Apache-2.0 */
/* `image fetch`: what a registry has to prove an image, but not the image, goes into the store. */
#include "ctk/image_attached.h"
#include "ctk/image_commands.h"
#include "ctk/image_lookaside.h"
#include "ctk/image_options.h"
#include "ctk/image_remote.h"

/* What the command line says. */
struct fetch {
  struct registry registry;
  struct image_settings settings;
  struct registries registries;
  bool all;
};

static void fetch_free(struct fetch *fetch)
{
  registries_free(&fetch->registries);
  image_settings_free(&fetch->settings);
}

static int fetch_signatures(const struct fetch *fetch, const struct remote *remote,
                            const struct digest *digest, struct store *store, size_t *count,
                            struct error *err)
{
  if (attached_fetch(&fetch->registry, remote->reference.repository, digest, store, count, err) < 0)
    return -1;
  return lookaside_fetch(&fetch->registry, &fetch->registries, &remote->reference, digest, store,
                         count, err);
}

static int fetch_image(const struct fetch *fetch, const char *word, struct error *err)
{
  cleanup_remote struct remote remote = {.registry = NULL};
  cleanup_store struct store *store = NULL;
  cleanup_digest_list struct digest_list kept = {.items = NULL};
  size_t count = 0;
  if (remote_open(&fetch->registry, word, &remote, err) < 0 ||
      store_create(fetch->settings.store, &store, err) < 0 ||
      subject_keep(&remote.subject, &remote.source, fetch->all, store, &kept, err) < 0)
    return -1;
  for (size_t i = 0; i < kept.count; i++)
    if (fetch_signatures(fetch, &remote, &kept.items[i], store, &count, err) < 0)
      return -1;
  ctk_say("fetched %s: %zu manifest%s, %zu signature%s, %s", remote.subject.name, kept.count,
          kept.count == 1 ? "" : "s", count, count == 1 ? "" : "s", remote.subject.digest.text);
  return 0;
}

static int fetch_images(struct fetch *fetch, char **words, struct error *err)
{
  const char *folder = fetch->settings.registries;
  if (folder[0] != '\0' && registries_read(folder, &fetch->registries, err) < 0)
    return -1;
  for (; *words != NULL; words++)
    if (fetch_image(fetch, *words, err) < 0)
      return -1;
  return 0;
}

int image_fetch_run(const struct ctk_command *self, char **words, struct error *err)
{
  __attribute__((cleanup(fetch_free))) struct fetch fetch = {.registry = {.tls_verify = true}};
  const struct command_option options[] = {
      {"all", 0, OPTION_FLAG, &fetch.all, NULL,
       "of an index all manifests, for machines of any kind"},
      {"registries", 0, OPTION_TEXT, &fetch.settings.registries, "DIR",
       "where lookasides are said, as in registries.d"},
      IMAGE_REGISTRY_OPTIONS(fetch.registry),
      IMAGE_STORE_OPTION(fetch.settings.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 || (result = image_check_words(self, words, 1, SIZE_MAX, err)) < 0)
    return result;
  return image_settings_sources(&fetch.settings, err) < 0 ? -1 : fetch_images(&fetch, words, err);
}
