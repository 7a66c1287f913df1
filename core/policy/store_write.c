/* SPDX-License-Identifier: Apache-2.0 */
/* The trust store's writing half. Those who write take a lock, those who read need none. */
#include "common/file.h"
#include "image/hash.h"
#include "image/manifest.h"
#include "policy/signature.h"
#include "policy/store_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#define NEW_NAME ".new" /* one is enough: who writes has the lock */

/* --- folders ------------------------------------------------------------------------------- */

static int make_folder(int at, const char *path, struct error *err)
{
  cleanup_free char *above = xasprintf("%s/..", path);
  if (mkdirat(at, path, 0755) < 0)
    return errno == EEXIST ? 0 : error_set(err, "cannot make %s: %m", path);
  cleanup_close int fd = openat(at, above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || fsync(fd) < 0)
    return error_set(err, "cannot sync the folder of %s: %m", path);
  return 0;
}

/* Makes each folder on the way that is not there. The path may be absolute. */
static int make_folders(int at, const char *path, struct error *err)
{
  cleanup_free char *part = xstrdup(path);
  for (char *slash = part; slash != NULL;) {
    slash = strchr(slash + 1, '/');
    if (slash != NULL)
      *slash = '\0';
    if (make_folder(at, part, err) < 0)
      return -1;
    if (slash != NULL)
      *slash = '/';
  }
  return 0;
}

int store_create(const char *path, struct store **store, struct error *err)
{
  *store = NULL;
  if (path[0] != '/')
    return error_set(err, "%s is not an absolute path", path);
  if (make_folders(AT_FDCWD, path, err) < 0)
    return -1;
  return store_open(path, store, err);
}

static int open_folder(const struct store *store, const char *folder, struct error *err)
{
  int fd = openat(store->fd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    error_set(err, "cannot open %s/%s: %m", store->path, folder);
  return fd;
}

/* --- files --------------------------------------------------------------------------------- */

/* Writes beside its place, syncs, renames, and syncs the folder. */
static int write_new(int folder, const char *name, const char *bytes, size_t length)
{
  if (unlinkat(folder, NEW_NAME, 0) < 0 && errno != ENOENT)
    return -1;
  cleanup_close int fd =
      openat(folder, NEW_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0)
    return -1;
  if (file_write_all(fd, bytes, length) < 0 || fsync(fd) < 0 ||
      renameat(folder, NEW_NAME, folder, name) < 0) {
    int cause = errno;
    unlinkat(folder, NEW_NAME, 0);
    errno = cause;
    return -1;
  }
  return fsync(folder);
}

/* Does nothing where a file of that name is there: its name says what is in it. */
static int add_file(const struct store *store, const char *folder, const char *name,
                    const char *bytes, size_t length, struct error *err)
{
  if (make_folders(store->fd, folder, err) < 0)
    return -1;
  cleanup_close int fd = open_folder(store, folder, err);
  if (fd < 0)
    return -1;
  if (faccessat(fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    return 0;
  if (write_new(fd, name, bytes, length) == 0)
    return 0;
  return error_set(err, "cannot write %s/%s/%s: %m", store->path, folder, name);
}

static int lock(const struct store *store, struct error *err)
{
  /* A description of its own, or the lock would outlive this call. */
  int fd = openat(store->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || flock(fd, LOCK_EX) < 0) {
    error_set(err, "cannot lock %s: %m", store->path);
    if (fd >= 0)
      close(fd);
    return -1;
  }
  return fd;
}

/* --- manifests ----------------------------------------------------------------------------- */

typedef int each_mark(const struct store *store, const char *folder, const struct digest *digest,
                      struct error *err);

static int add_mark(const struct store *store, const char *folder, const struct digest *digest,
                    struct error *err)
{
  return add_file(store, folder, digest_hex(digest), "", 0, err);
}

static int remove_mark(const struct store *store, const char *folder, const struct digest *digest,
                       struct error *err)
{
  cleanup_free char *path = xasprintf("%s/%s", folder, digest_hex(digest));
  if (unlinkat(store->fd, path, 0) < 0 && errno != ENOENT)
    return error_set(err, "cannot remove %s/%s: %m", store->path, path);
  unlinkat(store->fd, folder, AT_REMOVEDIR); /* if that was the last */
  return 0;
}

/* All places by which a manifest or index of this digest is found. */
static int for_each_mark(const struct store *store, const struct manifest *manifest,
                         const struct digest *digest, each_mark *each, struct error *err)
{
  if (!manifest->is_index) {
    cleanup_free char *folder =
        xasprintf(STORE_BY_CONFIG "/%s", digest_hex(&manifest->config.digest));
    return each(store, folder, digest, err);
  }
  for (size_t i = 0; i < manifest->count; i++) {
    cleanup_free char *folder =
        xasprintf(STORE_BY_MANIFEST "/%s", digest_hex(&manifest->entries[i].digest));
    if (each(store, folder, digest, err) < 0)
      return -1;
  }
  return 0;
}

/* The manifest comes last: when it is there, so is all that leads to it. */
int store_add_manifest(struct store *store, const char *bytes, size_t length, struct digest *digest,
                       struct error *err)
{
  cleanup_manifest struct manifest manifest;
  hash_bytes(bytes, length, digest);
  if (manifest_parse(bytes, length, digest->text, &manifest, err) < 0)
    return -1;
  cleanup_close int locked = lock(store, err);
  if (locked < 0 || for_each_mark(store, &manifest, digest, add_mark, err) < 0)
    return -1;
  cleanup_free char *folder = xasprintf(STORE_BY_DIGEST "/%s", digest_hex(digest));
  return add_file(store, folder, STORE_MANIFEST, bytes, length, err);
}

/* --- signatures ---------------------------------------------------------------------------- */

int store_add_signature(struct store *store, const struct digest *digest, const char *bytes,
                        size_t length, struct error *err)
{
  cleanup_signature struct signature signature;
  cleanup_digest_list struct digest_list there = {.items = NULL};
  cleanup_free char *folder = xasprintf(STORE_BY_DIGEST "/%s", digest_hex(digest));
  struct digest own;
  if (signature_parse(bytes, length, "the signature", &signature, err) < 0) {
    errno = EBADMSG;
    return -1;
  }
  hash_bytes(bytes, length, &own);
  cleanup_free char *name = xasprintf(STORE_SIGNATURE "%s", digest_hex(&own));
  cleanup_close int locked = lock(store, err);
  if (locked < 0 || store_read_folder(store, folder, STORE_SIGNATURE, &there, err) < 0)
    return -1;
  if (there.count >= SIGNATURES_MAX && !digest_list_has(&there, &own)) {
    error_set(err, "%s has %d signatures over %s already", store->path, SIGNATURES_MAX,
              digest->text);
    errno = EBADMSG;
    return -1;
  }
  return add_file(store, folder, name, bytes, length, err);
}

/* --- removing ------------------------------------------------------------------------------ */

static int remove_marks(const struct store *store, const struct digest *digest, struct error *err)
{
  cleanup_manifest struct manifest manifest = {.is_index = false};
  cleanup_free char *bytes = NULL;
  size_t length;
  struct error ignored;
  /* One that is missing or damaged is led to in vain, which does no harm. */
  if (store_manifest(store, digest, &bytes, &length, &ignored) < 0 ||
      manifest_parse(bytes, length, digest->text, &manifest, &ignored) < 0)
    return 0;
  return for_each_mark(store, &manifest, digest, remove_mark, err);
}

static int remove_file(const struct store *store, const char *folder, const char *name,
                       struct error *err)
{
  cleanup_free char *path = xasprintf("%s/%s", folder, name);
  if (unlinkat(store->fd, path, 0) == 0 || errno == ENOENT)
    return 0;
  return error_set(err, "cannot remove %s/%s: %m", store->path, path);
}

static int remove_files(const struct store *store, const char *folder, struct error *err)
{
  cleanup_digest_list struct digest_list signatures = {.items = NULL};
  if (store_read_folder(store, folder, STORE_SIGNATURE, &signatures, err) < 0)
    return -1;
  for (size_t i = 0; i < signatures.count; i++) {
    cleanup_free char *name = xasprintf(STORE_SIGNATURE "%s", digest_hex(&signatures.items[i]));
    if (remove_file(store, folder, name, err) < 0)
      return -1;
  }
  if (remove_file(store, folder, NEW_NAME, err) < 0)
    return -1;
  return remove_file(store, folder, STORE_MANIFEST, err);
}

static int not_there(const struct store *store, const char *what, struct error *err)
{
  error_set(err, "%s has no %s", store->path, what);
  errno = ENOENT;
  return -1;
}

int store_remove(struct store *store, const struct digest *digest, struct error *err)
{
  cleanup_free char *folder = xasprintf(STORE_BY_DIGEST "/%s", digest_hex(digest));
  cleanup_close int locked = lock(store, err);
  if (locked < 0)
    return -1;
  if (faccessat(store->fd, folder, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
    return not_there(store, digest->text, err);
  if (remove_marks(store, digest, err) < 0 || remove_files(store, folder, err) < 0)
    return -1;
  if (unlinkat(store->fd, folder, AT_REMOVEDIR) < 0)
    return error_set(err, "cannot remove %s/%s: %m", store->path, folder);
  return 0;
}

int store_remove_signature(struct store *store, const struct digest *digest,
                           const struct digest *signature, struct error *err)
{
  cleanup_free char *folder = xasprintf(STORE_BY_DIGEST "/%s", digest_hex(digest));
  cleanup_free char *name = xasprintf(STORE_SIGNATURE "%s", digest_hex(signature));
  cleanup_free char *path = xasprintf("%s/%s", folder, name);
  cleanup_close int locked = lock(store, err);
  if (locked < 0)
    return -1;
  if (faccessat(store->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
    return not_there(store, "such signature", err);
  if (remove_file(store, folder, name, err) < 0)
    return -1;
  unlinkat(store->fd, folder, AT_REMOVEDIR); /* if that was all */
  return 0;
}
