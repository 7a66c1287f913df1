/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/evidence.h"

#include "policy/lookaside.h"
#include "policy/registries.h"
#include "policy/storage_signatures.h"

/* What is passed around while it is gathered; all borrowed. */
struct search {
  const struct image_trust *trust;
  const struct image *image;
  struct evidence *evidence;
  struct trail *trail;
};

/* It is searched on: what is there may be enough. */
PRINTF_LIKE(3, 4)
static void note_unread(const struct search *search, const struct error *cause, const char *format,
                        ...)
{
  struct error what;
  va_list args;
  va_start(args, format);
  error_vset(&what, format, args);
  va_end(args);
  error_append(&what, ": %s", cause->text);
  trail_add(search->trail, "%s", what.text);
  if (search->evidence->unread.text[0] == '\0')
    search->evidence->unread = what;
}

/* --- manifests ----------------------------------------------------------------------------- */

/* From the engine, else from the store. 0 if it is there, and of the right digest; -1 with errno
   ENOENT if neither has it. */
static int read_manifest(const struct search *search, const struct digest *digest,
                         struct manifest *manifest)
{
  const struct store *store = search->trust->store;
  cleanup_free char *bytes = NULL;
  size_t length;
  struct error err;
  int found = image_blob(search->image, digest, MANIFEST_SIZE_MAX, &bytes, &length, &err);
  if (found < 0 && errno != ENOENT)
    note_unread(search, &err, "what the engine has of %s cannot be used", digest->text);
  if (found < 0 && store != NULL) {
    found = store_manifest(store, digest, &bytes, &length, &err);
    if (found < 0 && errno != ENOENT)
      note_unread(search, &err, "what the trust store has of it cannot be used");
  }
  if (found == 0 && manifest_parse(bytes, length, digest->text, manifest, &err) < 0) {
    trail_add(search->trail, "it is no manifest: %s", err.text);
    errno = EINVAL;
    return -1;
  }
  return found;
}

static bool has_item(const struct evidence *evidence, const struct digest *digest)
{
  for (size_t i = 0; i < evidence->count; i++)
    if (digest_equal(&evidence->items[i].digest, digest))
      return true;
  return false;
}

static void add_item(struct evidence *evidence, const struct digest *digest,
                     const struct digest *manifest)
{
  if (evidence->count == EVIDENCE_MAX || has_item(evidence, digest))
    return;
  evidence->items = xrealloc_array(evidence->items, evidence->count + 1, sizeof(*evidence->items));
  evidence->items[evidence->count++] =
      (struct evidence_item){.digest = *digest, .manifest = *manifest};
}

/* Adds it if it is a manifest of this image. */
static void try_manifest(const struct search *search, const struct digest *digest)
{
  cleanup_manifest struct manifest manifest = {.is_index = false};
  int found = read_manifest(search, digest, &manifest);
  if (found < 0 && errno == ENOENT)
    trail_add(search->trail, "manifest %s, by which it came, is not here", digest->text);
  if (found < 0 || manifest.is_index)
    return;
  if (!digest_equal(&manifest.config.digest, &search->image->id)) {
    trail_add(search->trail, "manifest %s is another image's: its config is %s", digest->text,
              manifest.config.digest.text);
    return;
  }
  trail_add(search->trail, "manifest %s has this image as its config", digest->text);
  add_item(search->evidence, digest, digest);
}

/* Adds it if it is an index that lists one of the manifests that were found. */
static void try_index(const struct search *search, const struct digest *digest, size_t manifests)
{
  cleanup_manifest struct manifest index = {.is_index = false};
  if (has_item(search->evidence, digest) || read_manifest(search, digest, &index) < 0)
    return;
  for (size_t i = 0; i < manifests; i++) {
    struct digest manifest = search->evidence->items[i].digest;
    if (!manifest_lists(&index, &manifest))
      continue;
    trail_add(search->trail, "index %s lists that manifest", digest->text);
    add_item(search->evidence, digest, &manifest);
    return;
  }
}

/* Which manifests and indexes to look at. */
static void find_candidates(const struct search *search, struct digest_list *candidates)
{
  const struct image *image = search->image;
  struct error err;
  for (size_t i = 0; i < image->manifest_count; i++)
    digest_list_add(candidates, &image->manifests[i]);
  if (search->trust->store == NULL)
    return;
  if (store_manifests_of(search->trust->store, &image->id, candidates, &err) < 0)
    note_unread(search, &err, "the trust store cannot be read");
}

static void find_indexes(const struct search *search, struct digest_list *candidates)
{
  struct error err;
  for (size_t i = 0; search->trust->store != NULL && i < search->evidence->count; i++)
    if (store_indexes_of(search->trust->store, &search->evidence->items[i].digest, candidates,
                         &err) < 0)
      note_unread(search, &err, "the trust store cannot be read");
}

static void find_manifests(const struct search *search)
{
  cleanup_digest_list struct digest_list candidates = {.items = NULL};
  find_candidates(search, &candidates);
  for (size_t i = 0; i < candidates.count && i < EVIDENCE_MAX; i++)
    try_manifest(search, &candidates.items[i]);
  find_indexes(search, &candidates);
  size_t manifests = search->evidence->count;
  for (size_t i = 0; manifests > 0 && i < candidates.count && i < 2UL * EVIDENCE_MAX; i++)
    try_index(search, &candidates.items[i], manifests);
}

/* --- signatures ---------------------------------------------------------------------------- */

static void find_signatures(const struct search *search, const struct reference *reference,
                            const char *lookaside, struct evidence_item *item)
{
  struct error err;
  const struct store *store = search->trust->store;
  if (store != NULL && store_signatures(store, &item->digest, &item->signatures, &err) < 0)
    note_unread(search, &err, "the trust store cannot be read");
  if (storage_signatures(search->image, &item->digest, &item->signatures, &err) < 0)
    note_unread(search, &err, "the engine's signatures cannot be read");
  if (lookaside != NULL &&
      lookaside_signatures(lookaside, reference, &item->digest, &item->signatures, &err) < 0)
    trail_add(search->trail, "%s", err.text);
  trail_add(search->trail, "%zu signature%s over %s", item->signatures.count,
            item->signatures.count == 1 ? "" : "s", item->digest.text);
}

/* Where the lookaside of the image is; NULL: none is read. Borrowed from `registries`. */
static const char *find_lookaside(const struct search *search, const struct reference *reference,
                                  struct registries *registries)
{
  struct error err;
  if (reference == NULL || search->trust->registries == NULL)
    return NULL;
  if (registries_read(search->trust->registries, registries, &err) < 0) {
    trail_add(search->trail, "no lookaside is read: %s", err.text);
    return NULL;
  }
  const char *url = registries_lookaside(registries, reference);
  return url != NULL ? url : LOOKASIDE_DEFAULT;
}

void evidence_find(const struct image_trust *trust, const struct image *image,
                   const struct reference *reference, struct evidence *evidence,
                   struct trail *trail)
{
  const struct search search = {
      .trust = trust, .image = image, .evidence = evidence, .trail = trail};
  cleanup_registries struct registries registries = {.items = NULL};
  *evidence = (struct evidence){.items = NULL};
  find_manifests(&search);
  if (evidence->count == 0)
    return;
  const char *lookaside = find_lookaside(&search, reference, &registries);
  for (size_t i = 0; i < evidence->count; i++)
    find_signatures(&search, reference, lookaside, &evidence->items[i]);
}

size_t evidence_signatures(const struct evidence *evidence)
{
  size_t count = 0;
  for (size_t i = 0; i < evidence->count; i++)
    count += evidence->items[i].signatures.count;
  return count;
}

void evidence_free(struct evidence *evidence)
{
  for (size_t i = 0; i < evidence->count; i++)
    signature_blobs_free(&evidence->items[i].signatures);
  free(evidence->items);
  *evidence = (struct evidence){.items = NULL};
}
