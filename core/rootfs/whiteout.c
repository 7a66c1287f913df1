/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/whiteout.h"

#include "rootfs/beneath.h"

#define START ".wh."
#define OPAQUE ".wh..wh..opq"

static const char *last_name(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

bool whiteout_is(const char *path)
{
  return text_starts(last_name(path), START);
}

static int note_opaque(struct layer *layer, const char *path, const char *name, struct error *err)
{
  size_t length = (size_t)(name - path);
  cleanup_free char *folder = xstrndup(path, length > 0 ? length - 1 : 0);
  return paths_mark(layer->paths, folder, PATH_OPAQUE, err);
}

int whiteout_note(struct layer *layer, const struct tar_entry *entry, struct error *err)
{
  const char *name = last_name(entry->path);
  if (entry->size > 0)
    return error_set(err, "/%s: it is a whiteout with bytes", entry->path);
  if (text_equal(name, OPAQUE))
    return note_opaque(layer, entry->path, name, err);
  const char *hidden = name + strlen(START);
  if (*hidden == '\0' || text_equal(hidden, ".") || text_equal(hidden, ".."))
    return error_set(err, "/%s: it is a whiteout of nothing", entry->path);
  char *path = xasprintf("%.*s%s", (int)(name - entry->path), entry->path, hidden);
  layer->whiteouts =
      xrealloc_array(layer->whiteouts, layer->whiteout_count + 1, sizeof(*layer->whiteouts));
  layer->whiteouts[layer->whiteout_count++] = path;
  return paths_mark(layer->paths, path, PATH_WHITEOUT, err);
}

static int check_one(struct layer *layer, const char *path, struct error *err)
{
  struct stat status;
  cleanup_close int fd = beneath_open(layer_folder(layer), path, BENEATH_NAME);
  if (fd < 0 && !beneath_is_difference(errno))
    return error_set(err, "cannot open /%s: %m", path);
  if (fd >= 0 && fstat(fd, &status) < 0)
    return error_set(err, "cannot look at /%s: %m", path);
  if (fd < 0)
    layer_difference(layer, path, "the image takes it away, but its whiteout is missing");
  else if (!S_ISCHR(status.st_mode) || status.st_rdev != 0)
    layer_difference(layer, path, "the image takes it away, but it is %s",
                     beneath_type_words(status.st_mode));
  return 0;
}

int whiteout_check(struct layer *layer, struct error *err)
{
  for (size_t i = 0; i < layer->whiteout_count; i++) {
    const char *path = layer->whiteouts[i];
    if ((paths_marks(layer->paths, path) & (PATH_LISTED | PATH_IMPLIED)) == 0 &&
        check_one(layer, path, err) < 0)
      return -1;
  }
  return 0;
}
