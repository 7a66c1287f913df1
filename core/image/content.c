/* SPDX-License-Identifier: Apache-2.0 */
#include "image/content.h"

#include "image/engine.h"
#include "image/platform.h"
#include "image/state.h"

/* What is chosen, and by what. */
struct choice {
  struct image *image;
  const struct digest *target; /* what the name leads to */
  const struct digest *chain;  /* NULL: the platform decides */
  struct manifest manifest;    /* the chosen one; owned */
  struct image_config config;  /* its config; owned */
};

char *content_path(const struct image *image, const struct digest *digest)
{
  const char *store = image->engine == IMAGE_LAYOUT ? "" : "/io.containerd.content.v1.content";
  return xasprintf("%s%s/blobs/sha256/%s", image->root, store, digest_hex(digest));
}

static int read_manifest(const struct image *image, const struct digest *digest,
                         struct manifest *manifest, struct error *err)
{
  cleanup_free char *path = content_path(image, digest), *bytes = NULL;
  size_t length;
  if (state_blob(path, digest, MANIFEST_SIZE_MAX, &bytes, &length, err) < 0)
    return -1;
  errno = EINVAL;
  return manifest_parse(bytes, length, path, manifest, err);
}

static bool has_chain(const struct choice *choice, const struct image_config *config)
{
  struct digest chain;
  if (choice->chain == NULL)
    return true;
  image_chain_id(config, config->count, &chain);
  return text_equal(chain.text, choice->chain->text);
}

/* Takes over the manifest and its config if they are what is looked for. */
static int consider(struct choice *choice, const struct digest *digest, struct manifest *manifest,
                    struct error *err)
{
  struct image *image = choice->image;
  cleanup_image_config struct image_config config = {.diff_ids = NULL};
  cleanup_free char *path = content_path(image, &manifest->config.digest);
  if (state_config(path, &manifest->config.digest, &config, err) < 0)
    return errno == ENOENT && choice->chain != NULL ? 0 : -1;
  if (!has_chain(choice, &config))
    return 0;
  image_add_manifest(image, digest);
  if (digest_equal(&image->id, &manifest->config.digest))
    return 0;
  if (digest_is_set(&image->id))
    return error_set(err, "'%s' is ambiguous: %s and %s are both of these layers", image->recorded,
                     image->id.text, manifest->config.digest.text);
  image->id = manifest->config.digest;
  choice->manifest = *manifest;
  choice->config = config;
  *manifest = (struct manifest){.is_index = false};
  config = (struct image_config){.diff_ids = NULL};
  return 0;
}

/* Entries that were not pulled are none to choose. */
static int consider_entry(struct choice *choice, const struct descriptor *entry, struct error *err)
{
  cleanup_manifest struct manifest manifest = {.is_index = false};
  if (choice->chain == NULL && !platform_is_ours(entry))
    return 0;
  if (read_manifest(choice->image, &entry->digest, &manifest, err) < 0)
    return errno == ENOENT ? 0 : -1;
  return manifest.is_index ? 0 : consider(choice, &entry->digest, &manifest, err);
}

static int choose(struct choice *choice, struct error *err)
{
  cleanup_manifest struct manifest manifest = {.is_index = false};
  if (read_manifest(choice->image, choice->target, &manifest, err) < 0)
    return -1;
  image_add_manifest(choice->image, choice->target);
  if (!manifest.is_index)
    return consider(choice, choice->target, &manifest, err);
  for (size_t i = 0; i < manifest.count; i++)
    if (consider_entry(choice, &manifest.entries[i], err) < 0)
      return -1;
  return 0;
}

static int fill(const struct choice *choice, struct error *err)
{
  struct image *image = choice->image;
  if (!digest_is_set(&image->id))
    return error_set(err, "'%s' leads to %s, which has no image %s", image->recorded,
                     choice->target->text,
                     choice->chain == NULL ? "for this machine"
                                           : "of the layers that the container has: the name was "
                                             "given to another one since");
  if (choice->manifest.count != choice->config.count)
    return error_set(err, "'%s': its manifest has %zu layers, its config %zu", image->recorded,
                     choice->manifest.count, choice->config.count);
  image_set_layers(image, &choice->config, LAYER_BLOB);
  for (size_t i = 0; i < choice->manifest.count; i++) {
    struct image_layer *layer = &image->layers[i];
    layer->blob = choice->manifest.entries[i].digest;
    layer->record = state_if_there(content_path(image, &layer->blob));
  }
  return 0;
}

int content_read_image(const struct digest *target, const struct digest *chain, struct image *image,
                       struct error *err)
{
  struct choice choice = {.image = image, .target = target, .chain = chain};
  int result = choose(&choice, err);
  if (result == 0)
    result = fill(&choice, err);
  int saved = errno;
  manifest_free(&choice.manifest);
  image_config_free(&choice.config);
  errno = saved;
  return result;
}
