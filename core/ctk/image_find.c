/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_find.h"

#include "common/document.h"
#include "ctk/container_name.h"
#include "image/state.h"

#include <glob.h>

/* --- engines ------------------------------------------------------------------------------- */

static const struct root {
  enum image_engine engine;
  const char *path;
  const char *proof; /* a file or folder that is there as soon as the engine has an image */
} usual_roots[] = {
    {IMAGE_DOCKER, "/var/lib/docker", "image/overlay2/imagedb"},
    {IMAGE_STORAGE, "/var/lib/containers/storage", "overlay-images/images.json"},
    {IMAGE_CONTAINERD, "/var/lib/containerd", "io.containerd.metadata.v1.bolt/meta.db"},
    {IMAGE_CONTAINERD, "/var/lib/rancher/k3s/agent/containerd",
     "io.containerd.metadata.v1.bolt/meta.db"},
    {IMAGE_CONTAINERD, "/var/lib/rancher/rke2/agent/containerd",
     "io.containerd.metadata.v1.bolt/meta.db"},
};

static bool is_called(enum image_engine engine, const char *name)
{
  return text_equal(name, image_engine_name(engine)) ||
         (engine == IMAGE_STORAGE && (text_equal(name, "podman") || text_equal(name, "crio")));
}

static int check_place(const struct image_place *place, struct error *err)
{
  if (place->engine == NULL)
    return place->root == NULL ? 0 : error_set(err, "--root needs --engine: whose root is it?");
  for (size_t i = 0; i < ARRAY_LENGTH(usual_roots); i++)
    if (is_called(usual_roots[i].engine, place->engine))
      return 0;
  return error_set(err, "no engine '%s' is known: docker, containerd, crio or podman",
                   place->engine);
}

/* Is this data root to be looked at? All that have images are, unless one is given. */
static bool is_wanted(const struct image_place *place, const struct root *root, const char *path)
{
  cleanup_free char *proof = xasprintf("%s/%s", path, root->proof);
  if (place->engine != NULL && !is_called(root->engine, place->engine))
    return false;
  return place->root != NULL || access(proof, F_OK) == 0;
}

/* --- images -------------------------------------------------------------------------------- */

/* Two with the same id are one image: the first that was found stays. */
static int keep(struct image *found, struct image *image, const char *word, struct error *err)
{
  if (image->root == NULL) {
    *image = *found;
    *found = (struct image){.root = NULL};
    return 0;
  }
  if (digest_equal(&found->id, &image->id))
    return 0;
  return error_set(err, "%s and %s have different images '%s': --engine says which",
                   image_engine_name(image->engine), image_engine_name(found->engine), word);
}

static int look_in(const struct root *root, const char *path, const char *word, struct image *image,
                   struct error *err)
{
  cleanup_image struct image found = {.root = NULL};
  if (image_by_name(root->engine, path, word, &found, err) == 0)
    return keep(&found, image, word, err);
  return errno == ENOENT ? 0 : -1;
}

static int look_everywhere(const struct image_place *place, const char *word, struct image *image,
                           struct error *err)
{
  for (size_t i = 0; i < ARRAY_LENGTH(usual_roots); i++) {
    const char *path = place->root != NULL ? place->root : usual_roots[i].path;
    if (!is_wanted(place, &usual_roots[i], path))
      continue;
    if (look_in(&usual_roots[i], path, word, image, err) < 0)
      return -1;
    if (place->root != NULL)
      break;
  }
  return 0;
}

int image_find(const struct image_place *place, const char *word, struct image *image,
               struct error *err)
{
  *image = (struct image){.root = NULL};
  if (check_place(place, err) < 0 || look_everywhere(place, word, image, err) < 0) {
    image_free(image);
    errno = EINVAL;
    return -1;
  }
  if (image->root != NULL)
    return 0;
  error_set(err, "no image '%s' in %s", word,
            place->root != NULL     ? place->root
            : place->engine != NULL ? place->engine
                                    : "docker, containers-storage or containerd");
  errno = ENOENT;
  return -1;
}

/* --- containers ---------------------------------------------------------------------------- */

/* Where engines put the bundles of running containers; the last "*" stands for an id. */
static const struct {
  const char *before, *behind;
} bundles[] = {
    {"/run/containerd/io.containerd.runtime.v2.task/*/", ""},
    {"/run/docker/containerd/daemon/io.containerd.runtime.v2.task/*/", ""},
    {"/run/k3s/containerd/io.containerd.runtime.v2.task/*/", ""},
    {"/var/lib/containers/storage/overlay-containers/", "/userdata"},
};

static char *id_of(const char *bundle, const char *behind)
{
  cleanup_free char *path = xstrndup(bundle, strlen(bundle) - strlen(behind));
  const char *slash = strrchr(path, '/');
  return xstrdup(slash != NULL ? slash + 1 : path);
}

/* Adds what fits; a container whose whole id it is comes before those that begin so. */
static int take_bundle(const char *bundle, const char *behind, const char *word, char **found,
                       char **found_id, struct error *err)
{
  cleanup_free char *id = id_of(bundle, behind);
  bool whole = text_equal(id, word);
  if (*found != NULL && !whole)
    return text_equal(*found_id, word)
               ? 0
               : error_set(err, "several containers' ids begin with '%s': give more of it", word);
  free(*found);
  free(*found_id);
  *found = xstrdup(bundle);
  *found_id = steal_pointer(&id);
  return 0;
}

static int find_bundle(const char *word, char **found, char **id, struct error *err)
{
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  if (word[0] == '\0' || word[0] == '.' || strspn(word, allowed) != strlen(word))
    return 0; /* it is no id */
  for (size_t i = 0; i < ARRAY_LENGTH(bundles); i++) {
    cleanup_free char *pattern = xasprintf("%s%s*%s", bundles[i].before, word, bundles[i].behind);
    glob_t paths = {.gl_pathc = 0};
    int result = 0;
    if (glob(pattern, GLOB_NOSORT, NULL, &paths) == 0)
      for (size_t j = 0; j < paths.gl_pathc && result == 0; j++)
        result = take_bundle(paths.gl_pathv[j], bundles[i].behind, word, found, id, err);
    globfree(&paths);
    if (result < 0)
      return -1;
  }
  return 0;
}

static int read_rootfs(const char *bundle, char **rootfs, struct error *err)
{
  cleanup_document struct document document = {.name = NULL};
  const char *text;
  struct value root, member, place;
  if (document_read_bundle(bundle, &document, err) < 0)
    return -1;
  root = document_root(&document);
  if (value_type(&root, json_type_object, err) < 0 || value_need(&root, "root", &member, err) < 0 ||
      value_type(&member, json_type_object, err) < 0 ||
      value_need(&member, "path", &place, err) < 0 || value_text(&place, &text, err) < 0)
    return -1;
  *rootfs = xstrdup(text);
  return 0;
}

static int ask(const struct image_place *place, const char *id, const char *bundle,
               struct image *image, struct error *err)
{
  cleanup_free char *rootfs = NULL;
  const char *const given[] = {place->root, NULL};
  if (read_rootfs(bundle, &rootfs, err) < 0)
    return -1;
  const struct image_container container = {
      .id = id,
      .bundle = bundle,
      .rootfs = rootfs,
      .roots = place->root != NULL ? given : image_default_roots,
  };
  return image_of_container(&container, image, err);
}

/* The id of the container that has this name; owned by the caller, NULL if none has. As docker
   does, a whole id is looked for first, and a name before the beginning of an id. */
static int find_named(const struct image_place *place, const char *name, char **id,
                      struct error *err)
{
  for (size_t i = 0; i < ARRAY_LENGTH(usual_roots) && *id == NULL; i++) {
    const struct root *root = &usual_roots[i];
    bool wanted = place->engine == NULL || is_called(root->engine, place->engine);
    const char *path = place->root != NULL ? place->root : root->path;
    if (!state_is_hex(name) && wanted && container_named(root->engine, path, name, id, err) < 0)
      return -1;
  }
  return 0;
}

static int find_running(const struct image_place *place, const char *word, char **bundle, char **id,
                        struct error *err)
{
  cleanup_free char *named = NULL;
  if (find_named(place, word, &named, err) < 0 ||
      find_bundle(named != NULL ? named : word, bundle, id, err) < 0)
    return -1;
  if (*bundle == NULL && named != NULL)
    return error_set(err,
                     "container '%s' (%s) does not run, or its bundle is not in its usual place: "
                     "--bundle DIR names it",
                     word, named);
  return 0;
}

static int find_by_bundle(const struct image_place *place, const char *word, const char *named,
                          char **bundle, char **id, struct error *err)
{
  *bundle = realpath(named, NULL);
  if (*bundle == NULL)
    return error_set(err, "cannot open the bundle %s: %m", named);
  if (find_named(place, word, id, err) < 0)
    return -1;
  if (*id == NULL)
    *id = xstrdup(word);
  return 0;
}

int image_find_container(const struct image_place *place, const char *word, const char *bundle,
                         struct image *image, struct error *err)
{
  cleanup_free char *found = NULL;
  cleanup_free char *id = NULL;
  *image = (struct image){.root = NULL};
  int result = check_place(place, err);
  if (result == 0 && bundle != NULL)
    result = find_by_bundle(place, word, bundle, &found, &id, err);
  else if (result == 0)
    result = find_running(place, word, &found, &id, err);
  if (result == 0 && found == NULL) {
    error_set(err, "no running container '%s'", word);
    errno = ENOENT;
    return -1;
  }
  if (result == 0)
    result = ask(place, id, found, image, err);
  errno = EINVAL;
  return result;
}
