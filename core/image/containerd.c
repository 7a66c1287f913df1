/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd with its overlayfs snapshotter, below its root (containerd: metadata/buckets.go,
 * metadata/snapshot.go, snapshots/storage/bolt.go, snapshots/overlay):
 *
 *     io.containerd.metadata.v1.bolt/meta.db, in bucket v1/NAMESPACE:
 *         containers/ID                    image, snapshotter, snapshotKey
 *         images/NAME/target               digest
 *         snapshots/overlayfs/KEY          name (in the snapshotter), parent (a key)
 *     io.containerd.snapshotter.v1.overlayfs/metadata.db:
 *         v1/snapshots/NAME                id (the folder's number), kind, parent (a name)
 *     io.containerd.snapshotter.v1.overlayfs/snapshots/NUMBER/fs
 *     io.containerd.content.v1.content/blobs/sha256/HEX
 *
 * The keys of an image's snapshots are its chain ids. The namespace and the id of a container are
 * the last two parts of its bundle's path.
 */
#include "common/trust.h"
#include "image/bolt.h"
#include "image/content.h"
#include "image/engine.h"
#include "image/reference.h"
#include "image/state.h"

#include <inttypes.h>
#include <limits.h>

#define SNAPSHOTTER "overlayfs"
#define SNAPSHOTS_MAX (IMAGE_LAYERS_MAX + 1)
#define KIND_ACTIVE "\002"    /* one byte: what a container writes to */
#define KIND_COMMITTED "\003" /* an image's layer */
#define DOCKER "moby"         /* docker's namespace */

struct snapshot {
  char *key;       /* in the namespace; owned */
  char *name;      /* in the snapshotter; owned */
  uint64_t number; /* of its folder */
};

/* What the databases say of a container, or of an image. */
struct record {
  const char *namespace, *id; /* borrowed */
  char *image;                /* its name; owned */
  struct digest target;       /* what the name leads to */
  struct snapshot *snapshots; /* owned; the uppermost first: a container's own … */
  size_t count;
  bool of_image; /* … or an image's */
};

static void record_clear(struct record *record)
{
  for (size_t i = 0; i < record->count; i++) {
    free(record->snapshots[i].key);
    free(record->snapshots[i].name);
  }
  free(record->snapshots);
  free(record->image);
  *record = (struct record){
      .namespace = record->namespace, .id = record->id, .of_image = record->of_image};
}

static void cleanup_recordp(struct record *record)
{
  int saved = errno;
  record_clear(record);
  errno = saved;
}

#define cleanup_record __attribute__((cleanup(cleanup_recordp)))

static int view(const char *root, const char *database, bolt_reader *reader, void *data,
                struct error *err)
{
  cleanup_free char *path = xasprintf("%s/%s", root, database);
  cleanup_close int fd = trust_open_file(path, err);
  return fd < 0 ? -1 : bolt_view(fd, path, reader, data, err);
}

static int view_metadata(const char *root, bolt_reader *reader, void *data, struct error *err)
{
  return view(root, "io.containerd.metadata.v1.bolt/meta.db", reader, data, err);
}

static int view_snapshotter(const char *root, bolt_reader *reader, void *data, struct error *err)
{
  return view(root, "io.containerd.snapshotter.v1." SNAPSHOTTER "/metadata.db", reader, data, err);
}

/* --- meta.db ------------------------------------------------------------------------------- */

/* The bucket at the end of a path, which NULL ends. */
static int enter(const struct bolt_bucket *from, const char *const *path,
                 struct bolt_bucket *bucket, struct error *err)
{
  *bucket = *from;
  for (; *path != NULL; path++) {
    const struct bolt_bucket parent = *bucket;
    if (bolt_bucket(&parent, *path, bucket, err) < 0)
      return -1;
  }
  return 0;
}

/* A text that may be missing; NULL then. */
static int optional_text(const struct bolt_bucket *bucket, const char *key, char **text,
                         struct error *err)
{
  *text = NULL;
  return bolt_text(bucket, key, text, err) == 0 || errno == ENOENT ? 0 : -1;
}

static int read_target(const struct bolt_bucket *image, struct digest *digest, struct error *err)
{
  struct bolt_bucket target;
  cleanup_free char *text = NULL;
  if (bolt_bucket(image, "target", &target, err) < 0 ||
      bolt_text(&target, "digest", &text, err) < 0)
    return -1;
  errno = EINVAL;
  return digest_parse(text, digest)
             ? 0
             : error_set(err, "image '%s' leads to '%.100s', which is no sha256 digest",
                         image->name, text);
}

/* The snapshot and all below it. */
static int read_snapshots(const struct bolt_bucket *space, const char *key, struct record *record,
                          struct error *err)
{
  struct bolt_bucket all, bucket;
  const char *const path[] = {"snapshots", SNAPSHOTTER, NULL};
  cleanup_free char *next = xstrdup(key);
  if (enter(space, path, &all, err) < 0)
    return -1;
  record->snapshots = xcalloc(SNAPSHOTS_MAX, sizeof(*record->snapshots));
  while (next != NULL) {
    if (record->count == SNAPSHOTS_MAX)
      return error_set(err, "container '%s': more than %d snapshots are below each other",
                       record->id, SNAPSHOTS_MAX);
    struct snapshot *snapshot = &record->snapshots[record->count++];
    snapshot->key = steal_pointer(&next);
    if (bolt_bucket(&all, snapshot->key, &bucket, err) < 0 ||
        bolt_text(&bucket, "name", &snapshot->name, err) < 0 ||
        optional_text(&bucket, "parent", &next, err) < 0)
      return -1;
  }
  return 0;
}

static int check_snapshotter(const struct bolt_bucket *container, struct error *err)
{
  cleanup_free char *snapshotter = NULL;
  if (bolt_text(container, "snapshotter", &snapshotter, err) < 0)
    return -1;
  return text_equal(snapshotter, SNAPSHOTTER)
             ? 0
             : error_set(err,
                         "container '%s' is of snapshotter '%.100s': only " SNAPSHOTTER
                         " can be verified",
                         container->name, snapshotter);
}

static int read_container(const struct bolt_bucket *root, void *data, struct error *err)
{
  struct record *record = data;
  struct bolt_bucket space, container, image;
  cleanup_free char *key = NULL;
  const char *const to_space[] = {"v1", record->namespace, NULL};
  const char *const to_container[] = {"containers", record->id, NULL};
  record_clear(record);
  if (enter(root, to_space, &space, err) < 0 || enter(&space, to_container, &container, err) < 0 ||
      check_snapshotter(&container, err) < 0 ||
      bolt_text(&container, "snapshotKey", &key, err) < 0 ||
      bolt_text(&container, "image", &record->image, err) < 0)
    return -1;
  if (record->image[0] == '\0')
    return error_set(err, "container '%s' has no image", record->id);
  const char *const to_image[] = {"images", record->image, NULL};
  if (enter(&space, to_image, &image, err) < 0 || read_target(&image, &record->target, err) < 0)
    return -1;
  return read_snapshots(&space, key, record, err);
}

/* --- metadata.db --------------------------------------------------------------------------- */

static int check_kind(const struct bolt_bucket *snapshot, bool own, struct error *err)
{
  cleanup_free char *kind = NULL;
  if (bolt_text(snapshot, "kind", &kind, err) < 0)
    return -1;
  if (text_equal(kind, own ? KIND_ACTIVE : KIND_COMMITTED))
    return 0;
  return error_set(err, "snapshot '%s' is not of the kind it should be", snapshot->name);
}

/* The numbers of the snapshots' folders, and that they lie above each other here too. */
static int read_numbers(const struct bolt_bucket *root, void *data, struct error *err)
{
  struct record *record = data;
  struct bolt_bucket all, bucket;
  const char *const path[] = {"v1", "snapshots", NULL};
  if (enter(root, path, &all, err) < 0)
    return -1;
  for (size_t i = 0; i < record->count; i++) {
    struct snapshot *snapshot = &record->snapshots[i];
    const char *below = i + 1 < record->count ? record->snapshots[i + 1].name : "";
    cleanup_free char *parent = NULL;
    if (bolt_bucket(&all, snapshot->name, &bucket, err) < 0 ||
        bolt_number(&bucket, "id", &snapshot->number, err) < 0 ||
        optional_text(&bucket, "parent", &parent, err) < 0 ||
        check_kind(&bucket, i == 0 && !record->of_image, err) < 0)
      return -1;
    if (!text_equal(parent != NULL ? parent : "", below))
      return error_set(err, "snapshot '%s' lies above '%s', but containerd's database says '%s'",
                       snapshot->name, parent != NULL ? parent : "", below);
  }
  return 0;
}

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
    layer->folder =
        xasprintf("%s/io.containerd.snapshotter.v1." SNAPSHOTTER "/snapshots/%" PRIu64 "/fs",
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
  if (view_metadata(placed->root, read_container, &record, err) < 0 ||
      view_snapshotter(placed->root, read_numbers, &record, err) < 0 ||
      check_own(&record, placed, err) < 0)
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
  if (read_target(image, &target, err) < 0)
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

/* The snapshots of the image whose uppermost chain id is the record's id. */
static int read_unpacked(const struct bolt_bucket *root, void *data, struct error *err)
{
  struct record *record = data;
  struct bolt_bucket space;
  const char *const path[] = {"v1", record->namespace, NULL};
  record_clear(record);
  return enter(root, path, &space, err) < 0 ? -1 : read_snapshots(&space, record->id, record, err);
}

/* The folders are left out where the image is not unpacked, for this snapshotter. */
static int find_folders(const char *namespace, struct image *image, struct error *err)
{
  struct digest top = {.text = ""};
  for (size_t i = 0; i < image->layer_count; i++)
    image_chain_add(&top, &image->layers[i].diff_id);
  cleanup_record struct record record = {.namespace = namespace, .id = top.text, .of_image = true};
  if (view_metadata(image->root, read_unpacked, &record, err) < 0 ||
      view_snapshotter(image->root, read_numbers, &record, err) < 0)
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
  int result = view_metadata(image->root, read_search, &search, err);
  if (result == 0)
    result = read_found(&search, image, err);
  int saved = errno;
  search_clear(&search);
  free(search.full);
  free(search.by_id);
  errno = saved;
  return result;
}

char *containerd_blob_path(const struct image *image, const struct digest *digest)
{
  return content_path(image->root, digest);
}
