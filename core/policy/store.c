/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/store.h"

#include "common/file.h"
#include "common/trust.h"
#include "image/hash.h"
#include "image/manifest.h"
#include "policy/store_folder.h"

#include <dirent.h>
#include <fcntl.h>

/* --- opening ------------------------------------------------------------------------------- */

int store_open(const char *path, struct store **store, struct error *err)
{
  *store = NULL;
  int fd = trust_open_folder(path, err);
  if (fd < 0)
    return -1;
  *store = xcalloc(1, sizeof(**store));
  (*store)->path = xstrdup(path);
  (*store)->fd = fd;
  return 0;
}

void store_close(struct store *store)
{
  if (store == NULL)
    return;
  close(store->fd);
  free(store->path);
  free(store);
}

const char *store_path(const struct store *store)
{
  return store->path;
}

/* --- folders ------------------------------------------------------------------------------- */

static int compare_digests(const void *a, const void *b)
{
  return strcmp(((const struct digest *)a)->text, ((const struct digest *)b)->text);
}

static int read_entries(DIR *folder, const char *prefix, const char *name, struct digest_list *list,
                        struct error *err)
{
  struct dirent *entry;
  struct digest digest;
  while ((errno = 0, entry = readdir(folder)) != NULL) {
    if (!text_starts(entry->d_name, prefix) ||
        !digest_from_hex(entry->d_name + strlen(prefix), &digest))
      continue;
    if (list->count == STORE_ENTRIES_MAX)
      return error_set(err,
                       "%s has more than %d entries: container-hooks-ctk image remove what is "
                       "not needed",
                       name, STORE_ENTRIES_MAX);
    digest_list_add(list, &digest);
  }
  return errno == 0 ? 0 : error_set(err, "cannot read %s: %m", name);
}

int store_read_folder(const struct store *store, const char *folder, const char *prefix,
                      struct digest_list *list, struct error *err)
{
  cleanup_free char *name = xasprintf("%s/%s", store->path, folder);
  cleanup_digest_list struct digest_list found = {.items = NULL};
  int fd = openat(store->fd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT ? 0 : error_set(err, "cannot open %s: %m", name);
  DIR *stream = fdopendir(fd);
  if (stream == NULL) {
    close(fd);
    return error_set(err, "cannot open %s: %m", name);
  }
  int result = read_entries(stream, prefix, name, &found, err);
  closedir(stream);
  if (result < 0)
    return -1;
  if (found.count > 0)
    qsort(found.items, found.count, sizeof(*found.items), compare_digests);
  for (size_t i = 0; i < found.count; i++)
    digest_list_add(list, &found.items[i]);
  return 0;
}

int store_read_file(const struct store *store, const char *path, size_t limit, char **bytes,
                    size_t *length, struct error *err)
{
  cleanup_free char *name = xasprintf("%s/%s", store->path, path);
  cleanup_close int fd = openat(store->fd, path, FILE_OPEN_FLAGS | O_NOFOLLOW);
  if (fd < 0) {
    int cause = errno;
    error_set(err, cause == ENOENT ? "%s is not there" : "cannot open %s: %m", name);
    errno = cause;
    return -1;
  }
  if (file_read(fd, name, limit, bytes, length, err) == 0)
    return 0;
  errno = EIO; /* whatever it was, the file exists */
  return -1;
}

/* --- what is in it ------------------------------------------------------------------------- */

static int list_below(const struct store *store, const char *folder, const struct digest *digest,
                      struct digest_list *list, struct error *err)
{
  cleanup_free char *path = xasprintf("%s/%s", folder, digest_hex(digest));
  return store_read_folder(store, path, "", list, err);
}

int store_manifests_of(const struct store *store, const struct digest *config,
                       struct digest_list *list, struct error *err)
{
  return list_below(store, STORE_BY_CONFIG, config, list, err);
}

int store_indexes_of(const struct store *store, const struct digest *manifest,
                     struct digest_list *list, struct error *err)
{
  return list_below(store, STORE_BY_MANIFEST, manifest, list, err);
}

int store_list(const struct store *store, struct digest_list *list, struct error *err)
{
  return store_read_folder(store, STORE_BY_DIGEST, "", list, err);
}

int store_manifest(const struct store *store, const struct digest *digest, char **bytes,
                   size_t *length, struct error *err)
{
  cleanup_free char *path = xasprintf(STORE_BY_DIGEST "/%s/" STORE_MANIFEST, digest_hex(digest));
  cleanup_free char *name = xasprintf("%s/%s", store->path, path);
  cleanup_free char *found = NULL;
  if (store_read_file(store, path, MANIFEST_SIZE_MAX, &found, length, err) < 0)
    return -1;
  if (hash_check(found, *length, digest, name, err) < 0) {
    errno = EIO;
    return -1;
  }
  *bytes = steal_pointer(&found);
  return 0;
}

static int add_signature(const struct store *store, const struct digest *digest,
                         const struct digest *signature, struct signature_blobs *blobs,
                         struct error *err)
{
  cleanup_free char *path = xasprintf(STORE_BY_DIGEST "/%s/" STORE_SIGNATURE "%s",
                                      digest_hex(digest), digest_hex(signature));
  cleanup_free char *name = xasprintf("%s/%s", store->path, path);
  char *bytes = NULL;
  size_t length;
  if (store_read_file(store, path, SIGNATURE_SIZE_MAX, &bytes, &length, err) < 0)
    return errno == ENOENT ? 0 : -1; /* it was removed just now */
  return signature_blobs_add(blobs, name, bytes, length, err);
}

int store_signatures(const struct store *store, const struct digest *digest,
                     struct signature_blobs *blobs, struct error *err)
{
  cleanup_digest_list struct digest_list list = {.items = NULL};
  cleanup_free char *folder = xasprintf(STORE_BY_DIGEST "/%s", digest_hex(digest));
  if (store_read_folder(store, folder, STORE_SIGNATURE, &list, err) < 0)
    return -1;
  for (size_t i = 0; i < list.count; i++)
    if (add_signature(store, digest, &list.items[i], blobs, err) < 0)
      return -1;
  return 0;
}
