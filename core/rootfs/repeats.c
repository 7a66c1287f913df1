/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/repeats.h"

struct repeat {
  char *path;       /* owned */
  size_t count;     /* entries that are still to come */
  bool met, folder; /* one has come: it is a folder */
};

struct repeats {
  struct repeat *list; /* owned; few, if any */
  size_t count;
};

struct repeats *repeats_new(void)
{
  return xcalloc(1, sizeof(struct repeats));
}

void repeats_free(struct repeats *repeats)
{
  for (size_t i = 0; i < repeats->count; i++)
    free(repeats->list[i].path);
  free(repeats->list);
  free(repeats);
}

static struct repeat *find(const struct repeats *repeats, const char *path)
{
  for (size_t i = 0; i < repeats->count; i++)
    if (text_equal(repeats->list[i].path, path))
      return &repeats->list[i];
  return NULL;
}

int repeats_add(struct repeats *repeats, const char *path, struct error *err)
{
  struct repeat *repeat = find(repeats, path);
  if (repeat == NULL) {
    if (repeats->count == REPEATS_MAX)
      return error_set(err, "the layer has more than %d paths twice", REPEATS_MAX);
    repeats->list = xrealloc_array(repeats->list, repeats->count + 1, sizeof(*repeats->list));
    repeat = &repeats->list[repeats->count++];
    *repeat = (struct repeat){.path = xstrdup(path), .count = 1};
  }
  repeat->count++;
  return 0;
}

bool repeats_are_none(const struct repeats *repeats)
{
  return repeats->count == 0;
}

bool repeats_have(const struct repeats *repeats, const char *path)
{
  return find(repeats, path) != NULL;
}

int repeats_next(struct repeats *repeats, const struct tar_entry *entry, bool *superseded,
                 struct error *err)
{
  struct repeat *repeat = find(repeats, entry->path);
  bool folder = entry->type == TAR_FOLDER;
  *superseded = repeat != NULL && --repeat->count > 0;
  if (repeat == NULL)
    return 0;
  if (repeat->met && repeat->folder != folder)
    return error_set(err,
                     "/%s: the layer has it twice, as a folder and as none, which cannot be "
                     "verified",
                     entry->path);
  if (*superseded && folder && entry->xattr_count > 0)
    return error_set(err,
                     "/%s: the layer has it twice, with extended attributes, which cannot be "
                     "verified",
                     entry->path);
  repeat->met = true;
  repeat->folder = folder;
  return 0;
}
