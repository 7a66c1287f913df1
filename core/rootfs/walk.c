/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/walk.h"

#include "rootfs/beneath.h"

#include <limits.h>

/* A list of texts, one behind the other. */
struct names {
  char **texts; /* owned */
  size_t count, room;
};

struct progress {
  int root; /* borrowed */
  const struct walk_visitor *visitor;
  struct names folders; /* that are still to be looked into, the next one last */
  size_t entries;
};

static void add(struct names *names, char *text)
{
  if (names->count == names->room) {
    names->room = names->room > 0 ? 2 * names->room : 16;
    names->texts = xrealloc_array(names->texts, names->room, sizeof(*names->texts));
  }
  names->texts[names->count++] = text;
}

static void free_names(struct names *names)
{
  for (size_t i = 0; i < names->count; i++)
    free(names->texts[i]);
  free(names->texts);
}

static int by_bytes(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in an opened folder; those of folders get a '/' in front, which no name has. */
static int read_names(struct progress *progress, DIR *stream, const char *path, struct names *names,
                      struct error *err)
{
  const struct dirent *entry;
  struct stat status;
  for (errno = 0; (entry = readdir(stream)) != NULL; errno = 0) {
    const char *name = entry->d_name;
    bool folder = entry->d_type == DT_DIR;
    if (text_equal(name, ".") || text_equal(name, ".."))
      continue;
    if (++progress->entries > WALK_ENTRIES_MAX)
      return error_set(err, "there are more than %lu files", WALK_ENTRIES_MAX);
    if (entry->d_type == DT_UNKNOWN) {
      if (fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return error_set(err, "cannot look at /%s/%s: %m", path, name);
      folder = S_ISDIR(status.st_mode);
    }
    add(names, xasprintf("%s%s", folder ? "/" : "", name));
  }
  return errno == 0 ? 0 : error_set(err, "cannot read the folder /%s: %m", path);
}

static int visit_entry(struct progress *progress, int fd, const char *path, const char *text,
                       struct error *err)
{
  const struct walk_visitor *visitor = progress->visitor;
  bool is_folder = *text == '/', enter = is_folder;
  const char *name = text + (is_folder ? 1 : 0);
  char *whole = xasprintf("%s%s%s", path, *path != '\0' ? "/" : "", name);
  const struct walk_entry entry = {
      .path = whole, .name = name, .folder = fd, .is_folder = is_folder};
  int result = visitor->entry(visitor->data, &entry, &enter, err);
  if (result == 0 && enter && strlen(whole) < PATH_MAX)
    add(&progress->folders, whole);
  else if (result == 0 && enter)
    result = error_set(err, "a path is longer than %d bytes: /%s", PATH_MAX, whole);
  if (result < 0 || !enter)
    free(whole);
  return result;
}

static int visit_names(struct progress *progress, DIR *stream, const char *path,
                       struct names *names, struct error *err)
{
  if (read_names(progress, stream, path, names, err) < 0)
    return -1;
  if (progress->visitor->sorted && names->count > 0)
    qsort(names->texts, names->count, sizeof(*names->texts), by_bytes);
  for (size_t i = 0; i < names->count; i++)
    if (visit_entry(progress, dirfd(stream), path, names->texts[i], err) < 0)
      return -1;
  return 0;
}

static int visit_folder(struct progress *progress, const char *path, struct error *err)
{
  const struct walk_visitor *visitor = progress->visitor;
  struct names names = {.texts = NULL};
  cleanup_close int fd = beneath_open(progress->root, path, BENEATH_READ | O_DIRECTORY);
  if (fd < 0)
    return error_set(err, "cannot open the folder /%s: %m", path);
  if (visitor->folder != NULL && visitor->folder(visitor->data, path, fd, err) < 0)
    return -1;
  DIR *stream = fdopendir(fd);
  if (stream == NULL)
    return error_set(err, "cannot read the folder /%s: %m", path);
  steal_fd(&fd);
  int result = visit_names(progress, stream, path, &names, err);
  free_names(&names);
  closedir(stream);
  return result;
}

int walk(int folder, const struct walk_visitor *visitor, struct error *err)
{
  struct progress progress = {.root = folder, .visitor = visitor};
  int result = 0;
  add(&progress.folders, xstrdup(""));
  while (result == 0 && progress.folders.count > 0) {
    cleanup_free char *path = progress.folders.texts[--progress.folders.count];
    result = visit_folder(&progress, path, err);
  }
  free_names(&progress.folders);
  return result;
}
