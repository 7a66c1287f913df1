/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd with its overlayfs snapshotter (containerd_record.h has its databases), below its
 * root:
 *
 *     io.containerd.snapshotter.v1.overlayfs/snapshots/NUMBER/fs
 *     io.containerd.content.v1.content/blobs/sha256/HEX
 *
 * The keys of an image's snapshots are its chain ids. The namespace and the id of a container are
 * the last two parts of its bundle's path.
 */
#include "image/containerd_record.h"
#include "image/content.h"
#include "image/engine.h"
#include "image/reference.h"

#include <inttypes.h>

#define DOCKER "moby" /* docker's namespace */

/* --- containers ---------------------------------------------------------------------------- */

/* Cuts the bundle's path: the namespace stays, whose address is returned; NULL: it is none of
   containerd's. */
static const char *namespace_of(char *bundle, const char *id)
{
  char *last = strrchr(bundle, '/');
  if (last == NULL || !text_equal(last + 1, id))
    return NULL;
  *last = '\0';
  char *namespace = strrchr(bundle, '/');
  return namespace != NULL && namespace[1] != '\0' ? namespace + 1 : NULL;
}

/* The snapshots below the container's own are those of the image's layers, of these chain ids. */
static int set_folders(const struct record *record, struct image *image, struct error *err)
{
  struct digest chain = {.text = ""};
  for (size_t i = 0; i < image->layer_count; i++) {
    const struct snapshot *snapshot = &record->snapshots[record->count - 1 - i];
    struct image_layer *layer = &image->layers[i];
    image_chain_add(&chain, &layer->diff_id);
    if (!text_equal(snapshot->key, chain.text))
      return error_set(err, "snapshot '%s' is not that of layer %s of the image, '%s'",
                       snapshot->key, layer->diff_id.text, chain.text);
    layer->folder = xasprintf("%s/io.containerd.snapshotter.v1.overlayfs/snapshots/%" PRIu64 "/fs",
                              image->root, snapshot->number);
  }
  return 0;
}

static int check_own(const struct record *record, const struct placed *placed, struct error *err)
{
  cleanup_free char *number = xasprintf("%" PRIu64, record->snapshots[0].number);
  if (!text_equal(number, placed->layer))
    return error_set(err, "container '%s' has snapshot %s, but %s is mounted", record->id, number,
                     placed->layer);
  return record->count > 1
             ? 0
             : error_set(err, "container '%s' lies above no image's layer", record->id);
}

int containerd_of_container(const struct image_container *container, const struct placed *placed,
                            struct image *image, struct error *err)
{
  cleanup_record struct record record = {.id = container->id};
  cleanup_free char *bundle = realpath(container->bundle, NULL);
  struct digest top;
  if (bundle == NULL)
    return error_set(err, "cannot resolve %s: %m", container->bundle);
  record.namespace = namespace_of(bundle, container->id);
  if (record.namespace == NULL)
    return error_set(err,
                     "%s is no bundle of containerd's: it does not end in "
                     "NAMESPACE/%s",
                     container->bundle, container->id);
  if (text_equal(record.namespace, DOCKER))
    return error_set(err, "the container is of docker's containerd image store, which cannot be "
                          "verified: set \"features\": {\"containerd-snapshotter\": false} in "
                          "daemon.json");
  if (record_read_container(placed->root, &record, err) < 0 || check_own(&record, placed, err) < 0)
    return -1;
  image_set_name(image, record.image);
  if (!digest_parse(record.snapshots[1].key, &top))
    return error_set(err,
                     "snapshot '%.100s' is no chain id: it is not of an image's layers as they "
                     "are (a remapped or a shared one)",
                     record.snapshots[1].key);
  if (content_read_image(&record.target, &top, image, err) < 0)
    return -1;
  if (image->layer_count + 1 != record.count)
    return error_set(err, "container '%s' has %zu snapshots, its image %zu layers", record.id,
                     record.count, image->layer_count);
  return set_folders(&record, image, err);
}

/* --- by name ------------------------------------------------------------------------------- */

/* An image that is looked for in all namespaces. */
struct search {
  const char *typed; /* borrowed */
  char *full;        /* owned; NULL: it is no name */
  char *by_id;       /* as the CRI names images once more; owned */
  bool found;
  struct digest target;
  char *name, *namespace; /* owned */
};

static void search_clear(struct search *search)
{
  free(search->name);
  free(search->namespace);
  search->name = search->namespace = NULL;
  search->found = false;
}

static bool is_called(const struct search *search, const char *space, const char *name,
                      const struct digest *target)
{
  const char *typed = search->typed;
  size_t length = strlen(space);
  if (text_equal(name, typed) || text_equal(name, search->by_id) ||
      (search->full != NULL && text_equal(name, search->full)) || text_equal(target->text, typed))
    return true;
  return strncmp(typed, space, length) == 0 && typed[length] == '/' &&
         text_equal(name, typed + length + 1);
}

/* One namespace, while its images are looked through. */
struct space_search {
  struct search *search;
  const char *space;
};

static int visit_image(const struct bolt_bucket *image, void *data, struct error *err)
{
  const struct space_search *within = data;
  struct search *search = within->search;
  struct digest target;
  if (record_target(image, &target, err) < 0)
    return -1;
  if (!is_called(search, within->space, image->name, &target))
    return 0;
  if (search->found)
    return digest_equal(&search->target, &target)
               ? 0
               : error_set(err,
                           "'%s' is ambiguous: '%s' in namespace '%s' and '%s' in '%s' are not "
                           "the same image; NAMESPACE/NAME says which",
                           search->typed, search->name, search->namespace, image->name,
                           within->space);
  search->found = true;
  search->target = target;
  search->name = xstrdup(image->name);
  search->namespace = xstrdup(within->space);
  return 0;
}

static int visit_space(const struct bolt_bucket *space, void *data, struct error *err)
{
  struct space_search within = {.search = data, .space = space->name};
  struct bolt_bucket images;
  if (bolt_bucket(space, "images", &images, err) < 0)
    return errno == ENOENT ? 0 : -1;
  return bolt_each_bucket(&images, visit_image, &within, err);
}

static int read_search(const struct bolt_bucket *root, void *data, struct error *err)
{
  struct bolt_bucket spaces;
  search_clear(data);
  if (bolt_bucket(root, "v1", &spaces, err) < 0)
    return errno == ENOENT ? 0 : -1;
  return bolt_each_bucket(&spaces, visit_space, data, err);
}

/* The folders are left out where the image is not unpacked, for this snapshotter. */
static int find_folders(const char *namespace, struct image *image, struct error *err)
{
  struct digest top = {.text = ""};
  for (size_t i = 0; i < image->layer_count; i++)
    image_chain_add(&top, &image->layers[i].diff_id);
  cleanup_record struct record record = {.namespace = namespace, .id = top.text};
  if (record_read_image(image->root, &record, err) < 0)
    return errno == ENOENT ? 0 : -1;
  return record.count == image->layer_count
             ? set_folders(&record, image, err)
             : error_set(err, "'%s' has %zu layers, but %zu snapshots", image->recorded,
                         image->layer_count, record.count);
}

static int read_found(const struct search *search, struct image *image, struct error *err)
{
  if (!search->found)
    return image_not_found(image, search->typed, err);
  image_set_name(image, search->name);
  return content_read_image(&search->target, NULL, image, err) < 0
             ? -1
             : find_folders(search->namespace, image, err);
}

int containerd_by_name(const char *name, struct image *image, struct error *err)
{
  bool is_digest = text_starts(name, DIGEST_ALGORITHM);
  struct search search = {.typed = name,
                          .full = reference_typed(name),
                          .by_id = xasprintf("%s%s", is_digest ? "" : DIGEST_ALGORITHM, name)};
  int result = record_view(image->root, read_search, &search, err);
  if (result == 0)
    result = read_found(&search, image, err);
  int saved = errno;
  search_clear(&search);
  free(search.full);
  free(search.by_id);
  errno = saved;
  return result;
}
