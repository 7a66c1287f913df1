/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/deploy.h"

#include "common/file.h"
#include "ctk/command.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#define FOLDER_MODE 0755

int deploy_folder(const char *path, struct error *err)
{
  cleanup_free char *folder = xstrdup(path);
  for (char *end = folder; *end != '\0';) {
    end += strspn(end, "/");
    end += strcspn(end, "/");
    char after = *end;
    *end = '\0';
    struct stat status;
    if (stat(folder, &status) < 0 && mkdir(folder, FOLDER_MODE) < 0 && errno != EEXIST)
      return ctk_cannot("make the folder", folder, err);
    *end = after;
  }
  return 0;
}

int deploy_lock(const char *folder, struct error *err)
{
  if (deploy_folder(folder, err) < 0)
    return -1;
  cleanup_close int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return ctk_cannot("open the folder", folder, err);
  while (flock(fd, LOCK_EX) < 0)
    if (errno != EINTR)
      return ctk_cannot("lock", folder, err);
  return steal_fd(&fd);
}

/* --- staging ------------------------------------------------------------------------------- */

static int make_parent(const char *target, struct error *err)
{
  cleanup_free char *folder = xstrndup(target, (size_t)(strrchr(target, '/') - target));
  return deploy_folder(folder, err);
}

static struct deploy_file *append(struct deploy *deploy, const char *target)
{
  deploy->files = xrealloc_array(deploy->files, deploy->count + 1, sizeof(*deploy->files));
  struct deploy_file *file = &deploy->files[deploy->count++];
  *file = (struct deploy_file){.target = xstrdup(target)};
  return file;
}

/* No loader of plugins takes it for one by its name. */
char *deploy_staged(const char *target)
{
  const char *name = strrchr(target, '/') + 1;
  return xasprintf("%.*s.%s.ctk-new", (int)(name - target), target, name);
}

/* What a killed run left behind is in the way of nobody but us. */
static int open_staged(struct deploy *deploy, const char *target, struct error *err)
{
  struct deploy_file *file = append(deploy, target);
  struct stat there;
  if (make_parent(target, err) < 0)
    return -1;
  if (lstat(target, &there) == 0 && S_ISDIR(there.st_mode))
    return error_set(err, "%s is a folder: remove it first", target);
  file->staged = deploy_staged(target);
  unlink(file->staged);
  int fd =
      open(file->staged, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd >= 0)
    return fd;
  free(steal_pointer(&file->staged));
  return ctk_cannot("write", target, err);
}

/* Takes ownership of `fd`. */
static int close_staged(int fd, const char *target, mode_t mode, struct error *err)
{
  cleanup_close int owned = fd;
  if (fchmod(owned, mode) < 0 || fsync(owned) < 0 || close(steal_fd(&owned)) < 0)
    return ctk_cannot("write", target, err);
  return 0;
}

static int copy(int from, const char *source, int to, const char *target, struct error *err)
{
  char bytes[65536];
  ssize_t got;
  while ((got = read(from, bytes, sizeof(bytes))) != 0) {
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return ctk_cannot("read", source, err);
    if (file_write_all(to, bytes, (size_t)got) < 0)
      return ctk_cannot("write", target, err);
  }
  return 0;
}

static bool is_same(const struct stat *source, const char *target)
{
  struct stat there;
  return lstat(target, &there) == 0 && there.st_dev == source->st_dev &&
         there.st_ino == source->st_ino;
}

int deploy_copy(struct deploy *deploy, const char *source, const char *target, mode_t mode,
                struct error *err)
{
  struct stat status;
  cleanup_close int from = open(source, FILE_OPEN_FLAGS);
  if (from < 0 || fstat(from, &status) < 0)
    return ctk_cannot("read", source, err);
  if (!S_ISREG(status.st_mode))
    return error_set(err, "%s is not a regular file", source);
  if (is_same(&status, target)) {
    append(deploy, target);
    return 0;
  }
  cleanup_close int to = open_staged(deploy, target, err);
  if (to < 0 || copy(from, source, to, target, err) < 0)
    return -1;
  return close_staged(steal_fd(&to), target, mode, err);
}

int deploy_text(struct deploy *deploy, const char *text, const char *target, mode_t mode,
                struct error *err)
{
  cleanup_close int to = open_staged(deploy, target, err);
  if (to < 0)
    return -1;
  if (file_write_all(to, text, strlen(text)) < 0)
    return ctk_cannot("write", target, err);
  return close_staged(steal_fd(&to), target, mode, err);
}

/* --- into place ---------------------------------------------------------------------------- */

/* The name itself must outlive a loss of power, too; where it cannot be synced, there is no more to
   do. */
static void sync_folder(const char *target)
{
  cleanup_free char *folder = xstrndup(target, (size_t)(strrchr(target, '/') - target));
  cleanup_close int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0)
    fsync(fd);
}

int deploy_commit(struct deploy *deploy, struct error *err)
{
  for (size_t i = 0; i < deploy->count; i++) {
    struct deploy_file *file = &deploy->files[i];
    if (file->staged == NULL)
      continue;
    if (rename(file->staged, file->target) < 0)
      return ctk_cannot("replace", file->target, err);
    ctk_note("put %s in place of %s", file->staged, file->target);
    free(steal_pointer(&file->staged));
    sync_folder(file->target);
  }
  return 0;
}

void deploy_free(struct deploy *deploy)
{
  for (size_t i = 0; i < deploy->count; i++) {
    if (deploy->files[i].staged != NULL)
      unlink(deploy->files[i].staged);
    free(deploy->files[i].staged);
    free(deploy->files[i].target);
  }
  free(deploy->files);
  *deploy = (struct deploy){.count = 0};
}
