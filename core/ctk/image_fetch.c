/* SPDX-License-Identifier: Apache-2.0 */
/* `image fetch`: what a registry has to prove an image, but not the image, goes into the store. */
#include "ctk/image_attached.h"
#include "ctk/image_commands.h"
#include "ctk/image_options.h"
#include "ctk/image_remote.h"

static int fetch(const struct registry *registry, const char *path, bool all, const char *word,
                 struct error *err)
{
  cleanup_remote struct remote remote = {.registry = NULL};
  cleanup_store struct store *store = NULL;
  cleanup_digest_list struct digest_list kept = {.items = NULL};
  size_t count = 0;
  if (remote_open(registry, word, &remote, err) < 0 || store_create(path, &store, err) < 0 ||
      subject_keep(&remote.subject, &remote.source, all, store, &kept, err) < 0)
    return -1;
  for (size_t i = 0; i < kept.count; i++)
    if (attached_fetch(registry, remote.reference.repository, &kept.items[i], store, &count, err) <
        0)
      return -1;
  ctk_say("fetched %s: %zu manifest%s, %zu signature%s, %s", remote.subject.name, kept.count,
          kept.count == 1 ? "" : "s", count, count == 1 ? "" : "s", remote.subject.digest.text);
  return 0;
}

int image_fetch_run(const struct ctk_command *self, char **words, struct error *err)
{
  struct registry registry = {.tls_verify = true};
  cleanup_image_settings struct image_settings settings = {.store = NULL};
  bool all = false;
  const struct command_option options[] = {
      {"all", 0, OPTION_FLAG, &all, NULL, "of an index all manifests, for machines of any kind"},
      IMAGE_REGISTRY_OPTIONS(registry),
      IMAGE_STORE_OPTION(settings.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 || (result = image_check_words(self, words, 1, SIZE_MAX, err)) < 0)
    return result;
  if (image_settings_store(&settings, err) < 0)
    return -1;
  for (; *words != NULL; words++)
    if (fetch(&registry, settings.store, all, *words, err) < 0)
      return -1;
  return 0;
}
