/* SPDX-License-Identifier: Apache-2.0 */
#include "image/containerd_record.h"

#include "common/trust.h"
#include "image/manifest.h"

#define SNAPSHOTTER "overlayfs"
#define SNAPSHOTS_MAX (IMAGE_LAYERS_MAX + 1)
#define KIND_ACTIVE "\002"    /* one byte: what a container writes to */
#define KIND_COMMITTED "\003" /* an image's layer */

void record_clear(struct record *record)
{
  int saved = errno;
  for (size_t i = 0; i < record->count; i++) {
    free(record->snapshots[i].key);
    free(record->snapshots[i].name);
  }
  free(record->snapshots);
  free(record->image);
  *record = (struct record){
      .namespace = record->namespace, .id = record->id, .of_image = record->of_image};
  errno = saved;
}

static int view(const char *root, const char *database, bolt_reader *reader, void *data,
                struct error *err)
{
  cleanup_free char *path = xasprintf("%s/%s", root, database);
  cleanup_close int fd = trust_open_file(path, err);
  return fd < 0 ? -1 : bolt_view(fd, path, reader, data, err);
}

int record_view(const char *root, bolt_reader *reader, void *data, struct error *err)
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

int record_target(const struct bolt_bucket *image, struct digest *digest, struct error *err)
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
  if (enter(&space, to_image, &image, err) < 0 || record_target(&image, &record->target, err) < 0)
    return -1;
  return read_snapshots(&space, key, record, err);
}

static int read_unpacked(const struct bolt_bucket *root, void *data, struct error *err)
{
  struct record *record = data;
  struct bolt_bucket space;
  const char *const path[] = {"v1", record->namespace, NULL};
  record_clear(record);
  return enter(root, path, &space, err) < 0 ? -1 : read_snapshots(&space, record->id, record, err);
}

/* --- metadata.db --------------------------------------------------------------------------- */

static int check_kind(const struct bolt_bucket *snapshot, bool own, struct error *err)
{
  cleanup_free char *kind = NULL;
  if (bolt_text(snapshot, "kind", &kind, err) < 0)
    return -1;
  errno = EINVAL;
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
    errno = EINVAL;
    if (!text_equal(parent != NULL ? parent : "", below))
      return error_set(err, "snapshot '%s' lies above '%s', but containerd's database says '%s'",
                       snapshot->name, parent != NULL ? parent : "", below);
  }
  return 0;
}

/* --- both ---------------------------------------------------------------------------------- */

int record_read_container(const char *root, struct record *record, struct error *err)
{
  return record_view(root, read_container, record, err) < 0
             ? -1
             : view_snapshotter(root, read_numbers, record, err);
}

int record_read_image(const char *root, struct record *record, struct error *err)
{
  record->of_image = true;
  return record_view(root, read_unpacked, record, err) < 0
             ? -1
             : view_snapshotter(root, read_numbers, record, err);
}
