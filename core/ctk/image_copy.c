/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `image export` and `image import`: the trust store, or a part of it, to and from a folder that is
 * carried to a machine without network. The folder is a trust store itself.
 */
#include "ctk/image_commands.h"
#include "ctk/image_options.h"
#include "image/manifest.h"

/* --- what belongs to a digest -------------------------------------------------------------- */

/* An index leads to the manifests that it lists, a manifest to the indexes that list it: a
   signature may be over either. */
static int add_related(const struct store *store, const struct digest *digest,
                       struct digest_list *list, struct error *err)
{
  cleanup_manifest struct manifest manifest = {.is_index = false};
  cleanup_free char *bytes = NULL;
  size_t length;
  digest_list_add(list, digest);
  if (store_indexes_of(store, digest, list, err) < 0)
    return -1;
  if (store_manifest(store, digest, &bytes, &length, err) < 0)
    return errno == ENOENT ? 0 : -1;
  if (manifest_parse(bytes, length, digest->text, &manifest, err) < 0)
    return -1;
  for (size_t i = 0; manifest.is_index && i < manifest.count; i++)
    digest_list_add(list, &manifest.entries[i].digest);
  return 0;
}

/* The digests that are named, or all. */
static int choose(const struct store *store, char **words, struct digest_list *list,
                  struct error *err)
{
  struct digest digest;
  if (*words == NULL)
    return store_list(store, list, err);
  for (; *words != NULL; words++)
    if (image_find_digest(store, *words, &digest, err) < 0 ||
        add_related(store, &digest, list, err) < 0)
      return -1;
  return 0;
}

/* --- copying ------------------------------------------------------------------------------- */

struct counts {
  size_t manifests, signatures;
};

static int copy_signatures(const struct store *from, struct store *to, const struct digest *digest,
                           struct counts *counts, struct error *err)
{
  cleanup_signature_blobs struct signature_blobs blobs = {.items = NULL};
  if (store_signatures(from, digest, &blobs, err) < 0)
    return -1;
  for (size_t i = 0; i < blobs.count; i++)
    if (store_add_signature(to, digest, blobs.items[i].bytes, blobs.items[i].length, err) < 0)
      return error_wrap(err, "%s", blobs.items[i].name);
  counts->signatures += blobs.count;
  return 0;
}

static int copy_one(const struct store *from, struct store *to, const struct digest *digest,
                    struct counts *counts, struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t length;
  struct digest added;
  bool there = store_manifest(from, digest, &bytes, &length, err) == 0;
  if (!there && errno != ENOENT)
    return -1;
  if (there && store_add_manifest(to, bytes, length, &added, err) < 0)
    return -1;
  counts->manifests += there;
  return copy_signatures(from, to, digest, counts, err);
}

/* Both paths are absolute. */
static int copy(const char *from_path, const char *to_path, char **words, struct counts *counts,
                struct error *err)
{
  cleanup_store struct store *from = NULL, *to = NULL;
  cleanup_digest_list struct digest_list list = {.items = NULL};
  *counts = (struct counts){.manifests = 0};
  if (store_open(from_path, &from, err) < 0 || choose(from, words, &list, err) < 0 ||
      store_create(to_path, &to, err) < 0)
    return -1;
  for (size_t i = 0; i < list.count; i++)
    if (copy_one(from, to, &list.items[i], counts, err) < 0)
      return -1;
  return 0;
}

static void say(const char *what, const char *path, const struct counts *counts)
{
  ctk_say("%s %s: %zu manifest%s, %zu signature%s", what, path, counts->manifests,
          counts->manifests == 1 ? "" : "s", counts->signatures,
          counts->signatures == 1 ? "" : "s");
}

/* --- commands ------------------------------------------------------------------------------ */

/* trust.h wants to know the whole way. */
static char *absolute_path(const char *path, struct error *err)
{
  cleanup_free char *here = getcwd(NULL, 0);
  if (path[0] == '/')
    return xstrdup(path);
  if (here == NULL) {
    error_set(err, "cannot say where %s is: %m", path);
    return NULL;
  }
  return xasprintf("%s/%s", here, path);
}

static int run(const struct ctk_command *self, bool is_export, char **words, struct error *err)
{
  cleanup_image_settings struct image_settings settings = {.store = NULL};
  struct counts counts;
  const struct command_option options[] = {
      IMAGE_STORE_OPTION(settings.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 || (result = image_check_words(self, words, 1, SIZE_MAX, err)) < 0)
    return result;
  if (image_settings_store(&settings, err) < 0)
    return -1;
  cleanup_free char *folder = absolute_path(words[0], err);
  const char *path = settings.store;
  if (folder == NULL ||
      copy(is_export ? path : folder, is_export ? folder : path, words + 1, &counts, err) < 0)
    return -1;
  say(is_export ? "exported to" : "imported from", words[0], &counts);
  return 0;
}

int image_export_run(const struct ctk_command *self, char **words, struct error *err)
{
  return run(self, true, words, err);
}

int image_import_run(const struct ctk_command *self, char **words, struct error *err)
{
  return run(self, false, words, err);
}
