/* SPDX-License-Identifier: Apache-2.0 */
#include "image/image.h"

#include "image/content.h"
#include "image/engine.h"
#include "image/mountinfo.h"
#include "image/place.h"
#include "image/reference.h"
#include "image/state.h"

#include <sys/stat.h>

#define MOUNTINFO "/proc/self/mountinfo"

static const struct {
  const char *name;
  engine_of_container *of_container;
  engine_by_name *by_name;
  engine_blob_path *blob_path;
} engines[] = {
    [IMAGE_DOCKER] = {"docker", docker_of_container, docker_by_name, docker_blob_path},
    [IMAGE_STORAGE] = {"containers-storage", storage_of_container, storage_by_name,
                       storage_blob_path},
    [IMAGE_CONTAINERD] = {"containerd", containerd_of_container, containerd_by_name, content_path},
    [IMAGE_LAYOUT] = {"an OCI layout", NULL, NULL, content_path},
};

const char *const image_default_roots[] = {
    "/var/lib/docker",
    "/var/lib/containers/storage",
    "/var/lib/containerd",
    "/var/lib/rancher/k3s/agent/containerd",
    "/var/lib/rancher/rke2/agent/containerd",
    NULL,
};

const char *image_engine_name(enum image_engine engine)
{
  return engines[engine].name;
}

/* --- filling and freeing an image ---------------------------------------------------------- */

void image_set_name(struct image *image, const char *recorded)
{
  free(image->recorded);
  free(image->name);
  image->recorded = xstrdup(recorded);
  image->name = reference_typed(recorded);
}

void image_add_manifest(struct image *image, const struct digest *digest)
{
  for (size_t i = 0; i < image->manifest_count; i++)
    if (digest_equal(&image->manifests[i], digest))
      return;
  image->manifests =
      xrealloc_array(image->manifests, image->manifest_count + 1, sizeof(*image->manifests));
  image->manifests[image->manifest_count++] = *digest;
}

void image_set_layers(struct image *image, const struct image_config *config,
                      enum layer_record kind)
{
  image->layer_count = config->count;
  image->layers = xcalloc(config->count + 1, sizeof(*image->layers));
  for (size_t i = 0; i < config->count; i++)
    image->layers[i] = (struct image_layer){.diff_id = config->diff_ids[i], .kind = kind};
}

int image_not_found(const struct image *image, const char *name, struct error *err)
{
  error_set(err, "%s, of %s, has no image '%s'", image->root, image_engine_name(image->engine),
            name);
  errno = ENOENT;
  return -1;
}

void image_free(struct image *image)
{
  int saved = errno;
  for (size_t i = 0; i < image->layer_count; i++) {
    free(image->layers[i].folder);
    free(image->layers[i].record);
  }
  free(image->layers);
  free(image->manifests);
  free(image->root);
  free(image->recorded);
  free(image->name);
  free(image->rootfs);
  free(image->upper);
  free(image->init);
  *image = (struct image){.root = NULL};
  errno = saved;
}

/* --- where the container's root file system lies ------------------------------------------- */

static int find_rootfs(const struct image_container *container, char **rootfs, struct error *err)
{
  bool absolute = container->rootfs[0] == '/';
  cleanup_free char *path = absolute ? xstrdup(container->rootfs)
                                     : xasprintf("%s/%s", container->bundle, container->rootfs);
  *rootfs = realpath(path, NULL);
  return *rootfs != NULL ? 0 : error_set(err, "cannot resolve %s: %m", path);
}

/* Storage drivers whose root file systems are no mounts, or none of a kind that says its layers. */
static const char *storage_of_path(const char *rootfs)
{
  if (strstr(rootfs, "/vfs/dir/") != NULL)
    return "it is of the storage driver vfs, which keeps no layers";
  if (strstr(rootfs, "/btrfs/subvolumes/") != NULL)
    return "it is of the storage driver btrfs, which cannot be verified";
  return "it is not an engine's, but a folder (--rootfs), or of a storage without layers";
}

static int find_mount(const struct image_container *container, const char *rootfs,
                      struct mount *mount, struct error *err)
{
  struct stat status;
  bool real = container->mountinfo == NULL;
  if (mountinfo_find(real ? MOUNTINFO : container->mountinfo, rootfs, mount, err) < 0)
    return errno == ENOENT ? error_append(err, ": %s", storage_of_path(rootfs)) : -1;
  if (!text_equal(mount->type, "overlay"))
    return error_set(err, "%s is mounted by %s: only overlay can be verified", rootfs, mount->type);
  if (!text_equal(mount->folder, "/"))
    return error_set(err, "%s is folder %s of an overlay, not all of it", rootfs, mount->folder);
  if (real && (stat(rootfs, &status) < 0 || status.st_dev != mount->device))
    return error_set(err, "%s is not what was mounted there: another mount lies above it", rootfs);
  return mount->upper != NULL
             ? 0
             : error_set(err,
                         "the overlay at %s has no upperdir (a read-only snapshot): it says "
                         "not whose it is",
                         rootfs);
}

/* --- are those layers mounted? ------------------------------------------------------------- */

static int check_lower(const struct placed *placed, const char *lower, const char *expected,
                       struct error *err)
{
  cleanup_free char *path = placed_lower(placed->home, placed->layer, lower);
  struct stat mounted, recorded;
  if (stat(path, &mounted) < 0 || stat(expected, &recorded) < 0)
    return error_set(err, "cannot compare the mounted layer %s with %s: %m", path, expected);
  if (mounted.st_dev == recorded.st_dev && mounted.st_ino == recorded.st_ino &&
      S_ISDIR(recorded.st_mode))
    return 0;
  return error_set(err, "%s is mounted where %s's records have the layer %s", path,
                   image_engine_name(placed->engine), expected);
}

/* The folder that should be the one at a place, counted from the top. */
static const char *expected_lower(const struct image *image, size_t index)
{
  if (image->init != NULL && index == 0)
    return image->init;
  return image->layers[image->layer_count - 1 - (index - (image->init != NULL))].folder;
}

static int check_lowers(const struct placed *placed, const struct mount *mount,
                        const struct image *image, struct error *err)
{
  size_t count = image->layer_count + (image->init != NULL);
  cleanup_free char *empty = xasprintf("%s/%s/empty", placed->home, placed->layer);
  if (count == 0 && image->engine == IMAGE_STORAGE && mount->lower_count == 1)
    return check_lower(placed, mount->lowers[0], empty, err); /* overlay wants one */
  if (mount->lower_count != count)
    return error_set(err, "%zu layers are mounted, but %s's records have %zu", mount->lower_count,
                     image_engine_name(image->engine), count);
  for (size_t i = 0; i < count; i++)
    if (check_lower(placed, mount->lowers[i], expected_lower(image, i), err) < 0)
      return -1;
  return 0;
}

static void take_owners(struct image *image)
{
  if (image->engine == IMAGE_DOCKER)
    placed_is_remapped(image->root, &image->first_uid, &image->first_gid);
}

/* --- the story ----------------------------------------------------------------------------- */

static int identify(const struct image_container *container, struct image *image, struct error *err)
{
  cleanup_mount struct mount mount = {.type = NULL};
  cleanup_placed struct placed placed = {.root = NULL};
  if (find_rootfs(container, &image->rootfs, err) < 0 ||
      find_mount(container, image->rootfs, &mount, err) < 0 ||
      placed_find(image->rootfs, mount.upper, container->roots, &placed, err) < 0)
    return -1;
  image->engine = placed.engine;
  image->root = xstrdup(placed.root);
  take_owners(image);
  image->upper = xasprintf("%s/%s/%s", placed.home, placed.layer,
                           placed.engine == IMAGE_CONTAINERD ? "fs" : "diff");
  if (engines[placed.engine].of_container(container, &placed, image, err) < 0)
    return -1;
  return check_lowers(&placed, &mount, image, err);
}

int image_of_container(const struct image_container *container, struct image *image,
                       struct error *err)
{
  *image = (struct image){.root = NULL};
  if (identify(container, image, err) == 0)
    return 0;
  image_free(image);
  return -1;
}

int image_by_name(enum image_engine engine, const char *root, const char *name, struct image *image,
                  struct error *err)
{
  *image = (struct image){.engine = engine, .root = realpath(root, NULL)};
  if (image->root == NULL)
    return error_set(err, "cannot resolve %s: %m", root);
  take_owners(image);
  if (engines[engine].by_name(name, image, err) == 0)
    return 0;
  bool found = image->recorded != NULL || digest_is_set(&image->id);
  if (found && errno == ENOENT) /* a part of it is not there */
    errno = EIO;
  image_free(image);
  return -1;
}

int image_of_layout(const char *folder, const struct digest *target, const char *name,
                    struct image *image, struct error *err)
{
  *image = (struct image){.engine = IMAGE_LAYOUT, .root = realpath(folder, NULL)};
  if (image->root == NULL)
    return error_set(err, "cannot resolve %s: %m", folder);
  image_set_name(image, name != NULL ? name : "");
  if (content_read_image(target, NULL, image, err) == 0)
    return 0;
  image_free(image);
  return -1;
}

int image_blob(const struct image *image, const struct digest *digest, size_t limit, char **bytes,
               size_t *length, struct error *err)
{
  cleanup_free char *path = engines[image->engine].blob_path(image, digest);
  if (path != NULL)
    return state_blob(path, digest, limit, bytes, length, err);
  error_set(err, "%s keeps no manifests", image_engine_name(image->engine));
  errno = ENOENT;
  return -1;
}
