/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/bundle.h"

#include "common/file.h"
#include "common/json.h"
#include "common/json_writer.h"
#include "common/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/xattr.h>

#define SPEC "config.json"
#define PREPARED ".config.json.container-hooks"
#define LABEL "security.selinux"

static int open_folder(const char *path)
{
  return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Opened anew whenever it is needed: a plugin may have closed any descriptor of ours, and the
   number may be another file's by now. It must still be the same folder. */
static int open_again(const struct bundle *bundle, struct error *err)
{
  struct stat now;
  cleanup_close int fd = open_folder(bundle->path);
  if (fd < 0 || fstat(fd, &now) < 0)
    return error_set(err, "cannot open the bundle %s: %m", bundle->path);
  if (now.st_dev != bundle->folder.st_dev || now.st_ino != bundle->folder.st_ino)
    return error_set(err, "the bundle %s was replaced while its " SPEC " was being edited",
                     bundle->path);
  return steal_fd(&fd);
}

/* The lock is that of the open folder, so a child that a plugin leaves behind would keep it. */
static int folder_locked = -1;

static void leave_lock_to_parent(void)
{
  close(folder_locked);
}

/* Some network file systems cannot lock; then there is only nobody to wait for. */
static void lock(const struct bundle *bundle)
{
  int folder = bundle->lock;
  if (folder_locked < 0)
    pthread_atfork(NULL, NULL, leave_lock_to_parent);
  folder_locked = folder;
  if (flock(folder, LOCK_EX | LOCK_NB) == 0)
    return;
  if (errno == EWOULDBLOCK)
    log_line(LOG_WARN, "somebody has locked %s: waiting for that to end", bundle->path);
  while (flock(folder, LOCK_EX) < 0 && errno == EINTR)
    continue;
}

static int find(struct bundle *bundle, const char *path, int folder, struct error *err)
{
  *bundle = (struct bundle){.path = path, .lock = -1};
  if (folder < 0 || fstat(folder, &bundle->folder) < 0)
    return error_set(err, "cannot open the bundle %s: %m", path);
  return 0;
}

int bundle_look(struct bundle *bundle, const char *path, struct error *err)
{
  cleanup_close int folder = open_folder(path);
  return find(bundle, path, folder, err);
}

int bundle_open(struct bundle *bundle, const char *path, struct error *err)
{
  cleanup_close int folder = open_folder(path);
  if (find(bundle, path, folder, err) < 0)
    return -1;
  bundle->lock = steal_fd(&folder);
  lock(bundle);
  if (unlinkat(bundle->lock, PREPARED, 0) < 0 && errno != ENOENT && errno != EROFS &&
      errno != EACCES)
    return error_set(err, "cannot remove %s/" PREPARED ", left by an earlier run: %m", path);
  return 0;
}

int bundle_parse(const char *text, size_t length, const char *name, struct json_object **spec,
                 struct error *err)
{
  cleanup_json struct json_object *tree = NULL;
  if (json_parse(text, length, name, &tree, err) < 0)
    return -1;
  if (!json_object_is_type(tree, json_type_object))
    return error_set(err, "%s is not an OCI runtime spec: it holds no JSON object", name);
  *spec = steal_pointer(&tree);
  return 0;
}

char *bundle_text(struct json_object *spec, size_t *length, struct error *err)
{
  cleanup_free char *text = json_write(spec, length);
  if (*length <= BUNDLE_SPEC_MAX)
    return steal_pointer(&text);
  error_set(err, "the edited " SPEC " would have %zu bytes, above the limit of %ld", *length,
            BUNDLE_SPEC_MAX);
  return NULL;
}

int bundle_read(struct bundle *bundle, struct json_object **spec, struct error *err)
{
  cleanup_free char *name = xasprintf("%s/" SPEC, bundle->path);
  cleanup_close int folder = open_again(bundle, err);
  if (folder < 0)
    return -1;
  cleanup_close int fd = openat(folder, SPEC, FILE_OPEN_FLAGS | O_NOFOLLOW);
  if (fd < 0 && errno == ELOOP)
    return error_set(err, "%s is a symbolic link: put the file itself into the bundle", name);
  if (fd < 0 || fstat(fd, &bundle->spec) < 0)
    return error_set(err, "cannot open %s: %m", name);
  bundle->label_size = fgetxattr(fd, LABEL, bundle->label, sizeof(bundle->label));

  cleanup_free char *text = NULL;
  size_t length;
  if (file_read(fd, name, BUNDLE_SPEC_MAX, &text, &length, err) < 0)
    return -1;
  return bundle_parse(text, length, name, spec, err);
}

/* Only what we made ourselves is ours to remove; the group may be the folder's (setgid). */
static int write_prepared(struct bundle *bundle, int folder, const char *text, size_t length)
{
  struct stat new;
  const struct stat *old = &bundle->spec;
  cleanup_close int fd = openat(
      folder, PREPARED, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0)
    return -1;
  bundle->prepared = true;
  if (file_write_all(fd, text, length) < 0 || fstat(fd, &new) < 0)
    return -1;
  bool same_owner = old->st_uid == new.st_uid && old->st_gid == new.st_gid;
  if ((bundle->label_size > 0 &&
       fsetxattr(fd, LABEL, bundle->label, (size_t)bundle->label_size, 0) < 0) ||
      (!same_owner && fchown(fd, old->st_uid, old->st_gid) < 0) ||
      fchmod(fd, old->st_mode & 07777) < 0)
    return -1;
  return close(steal_fd(&fd)); /* where quotas and network file systems tell of a full disk */
}

int bundle_prepare(struct bundle *bundle, struct json_object *spec, struct error *err)
{
  size_t length;
  cleanup_free char *text = bundle_text(spec, &length, err);
  if (text == NULL)
    return -1;
  cleanup_close int folder = open_again(bundle, err);
  if (folder < 0)
    return -1;
  if (write_prepared(bundle, folder, text, length) < 0)
    return error_set(err, "cannot write the edited " SPEC " in %s: %m", bundle->path);
  return 0;
}

int bundle_commit(struct bundle *bundle, struct error *err)
{
  cleanup_close int folder = open_again(bundle, err);
  if (folder < 0)
    return -1;
  if (renameat(folder, PREPARED, folder, SPEC) < 0)
    return error_set(err, "cannot replace %s/" SPEC ": %m", bundle->path);
  bundle->prepared = false;
  return 0;
}

void bundle_close(struct bundle *bundle)
{
  struct error ignored;
  if (!bundle->prepared)
    return;
  cleanup_close int folder = open_again(bundle, &ignored);
  if (folder >= 0)
    unlinkat(folder, PREPARED, 0);
  bundle->prepared = false;
}
