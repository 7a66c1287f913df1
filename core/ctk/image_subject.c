/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_subject.h"

#include "ctk/command.h"
#include "image/hash.h"
#include "image/manifest_make.h"
#include "image/platform.h"

void subject_free(struct subject *subject)
{
  free(subject->bytes);
  free(subject->name);
  *subject = (struct subject){.bytes = NULL};
}

/* --- where the manifest comes from --------------------------------------------------------- */

/* Is this the manifest of an image with this id? */
static bool is_of(const char *bytes, size_t length, const struct digest *id)
{
  cleanup_manifest struct manifest manifest = {.is_index = false};
  struct error ignored;
  return manifest_parse(bytes, length, "", &manifest, &ignored) == 0 && !manifest.is_index &&
         digest_equal(&manifest.config.digest, id);
}

static bool take(struct subject *subject, const struct digest *digest, char *bytes, size_t length,
                 const struct digest *id)
{
  if (!is_of(bytes, length, id)) {
    free(bytes);
    return false;
  }
  subject->digest = *digest;
  subject->config = *id;
  subject->bytes = bytes;
  subject->length = length;
  return true;
}

static bool take_engines(const struct image *image, struct subject *subject)
{
  struct error ignored;
  for (size_t i = 0; i < image->manifest_count; i++) {
    char *bytes = NULL;
    size_t length;
    if (image_blob(image, &image->manifests[i], MANIFEST_SIZE_MAX, &bytes, &length, &ignored) ==
            0 &&
        take(subject, &image->manifests[i], bytes, length, &image->id))
      return true;
  }
  return false;
}

static int take_stores(const struct store *store, const struct image *image,
                       struct subject *subject, struct error *err)
{
  cleanup_digest_list struct digest_list list = {.items = NULL};
  if (store_manifests_of(store, &image->id, &list, err) < 0)
    return -1;
  for (size_t i = 0; i < list.count; i++) {
    char *bytes = NULL;
    size_t length;
    if (store_manifest(store, &list.items[i], &bytes, &length, err) < 0) {
      if (errno == ENOENT)
        continue;
      return -1;
    }
    if (take(subject, &list.items[i], bytes, length, &image->id))
      return 0;
  }
  return 0;
}

static int make(const struct image *image, struct subject *subject, struct error *err)
{
  if (image->engine == IMAGE_CONTAINERD)
    return error_set(err, "containerd has lost the manifest of %s: pull it again", image->recorded);
  if (manifest_make(image, &subject->bytes, &subject->length, err) < 0)
    return error_wrap(err, "%s has no manifest, and none can be made", image->recorded);
  hash_bytes(subject->bytes, subject->length, &subject->digest);
  subject->config = image->id;
  subject->made = true;
  return 0;
}

int subject_of_image(const struct image_place *place, const struct store *store, const char *word,
                     struct subject *subject, struct error *err)
{
  cleanup_image struct image image = {.root = NULL};
  *subject = (struct subject){.bytes = NULL};
  if (image_find(place, word, &image, err) < 0)
    return -1;
  if (!take_engines(&image, subject) && store != NULL &&
      take_stores(store, &image, subject, err) < 0)
    return -1;
  if (subject->bytes == NULL && make(&image, subject, err) < 0)
    return -1;
  subject->name = steal_pointer(&image.name);
  return 0;
}

/* --- keeping it ---------------------------------------------------------------------------- */

static int keep_entry(const struct manifest_source *source, const struct digest *digest,
                      struct store *store, struct digest_list *kept, struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t length;
  struct digest added;
  if (source->read(source, digest, &bytes, &length, err) < 0) {
    if (errno != ENOENT)
      return -1;
    ctk_say("left out: %s is listed, but not there", digest->text);
    return 0;
  }
  if (hash_check(bytes, length, digest, source->place, err) < 0 ||
      store_add_manifest(store, bytes, length, &added, err) < 0)
    return -1;
  digest_list_add(kept, digest);
  return 0;
}

int subject_keep(const struct subject *subject, const struct manifest_source *source, bool all,
                 struct store *store, struct digest_list *kept, struct error *err)
{
  cleanup_manifest struct manifest manifest = {.is_index = false};
  struct digest added;
  if (manifest_parse(subject->bytes, subject->length, subject->digest.text, &manifest, err) < 0 ||
      store_add_manifest(store, subject->bytes, subject->length, &added, err) < 0)
    return -1;
  digest_list_add(kept, &added);
  for (size_t i = 0; source != NULL && manifest.is_index && i < manifest.count; i++)
    if ((all || platform_is_ours(&manifest.entries[i])) &&
        keep_entry(source, &manifest.entries[i].digest, store, kept, err) < 0)
      return -1;
  return 0;
}
