/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docker's own layer store, below its data root (moby: layer/filestore.go, image/fs.go,
 * reference/store.go, container/container.go, daemon/graphdriver/overlay2):
 *
 *     containers/CID/config.v2.json                the image's id, the name as it was typed
 *     image/overlay2/layerdb/mounts/CID/           mount-id, init-id, parent (a chain id)
 *     image/overlay2/layerdb/sha256/CHAIN/         diff, cache-id, parent, tar-split.json.gz
 *     image/overlay2/imagedb/content/sha256/ID     the config
 *     image/overlay2/repositories.json             names and digests -> id
 *     overlay2/CACHE-ID/diff                       a layer's files (BuildKit's ids are shorter)
 */
#include "common/document.h"
#include "image/engine.h"
#include "image/reference.h"
#include "image/state.h"

#include <json-c/linkhash.h>

#define STORE "image/overlay2"
#define INIT "-init"
#define SHORT_ID_MIN 4 /* digits of an id that are taken for one here; docker takes any number */

/* --- names --------------------------------------------------------------------------------- */

/* What is looked for in repositories.json. */
struct search {
  const char *name;        /* in full; NULL: none */
  struct digest found;     /* what it stands for */
  const struct digest *id; /* whose digests are added to … */
  struct image *manifests; /* NULL: nowhere */
};

/* docker writes its own names short there, and a tag always. */
static int read_name(const struct value *member, struct search *search, struct error *err)
{
  const char *text;
  struct digest id;
  struct error ignored;
  cleanup_reference struct reference reference = {.repository = NULL};
  if (value_text(member, &text, err) < 0)
    return -1;
  if (!digest_parse(text, &id))
    return value_error(member, err, "is no digest");
  if (reference_parse(member->key, &reference, &ignored) < 0)
    return 0; /* what is no name to us is none that we look for */
  cleanup_free char *name = reference_text(&reference);
  if (search->name != NULL && text_equal(name, search->name))
    search->found = id;
  if (search->manifests != NULL && digest_equal(search->id, &id) &&
      digest_is_set(&reference.digest))
    image_add_manifest(search->manifests, &reference.digest);
  return 0;
}

/* All names of one repository. */
static int read_repository(const struct value *repository, struct search *search, struct error *err)
{
  if (value_type(repository, json_type_object, err) < 0)
    return -1;
  json_object_object_foreach (repository->json, key, json) {
    const struct value member = {
        .document = repository->document, .parent = repository, .key = key, .json = json};
    if (read_name(&member, search, err) < 0)
      return -1;
  }
  return 0;
}

static int read_repositories(const struct value *root, struct search *search, struct error *err)
{
  struct value all;
  if (value_type(root, json_type_object, err) < 0 ||
      value_need(root, "Repositories", &all, err) < 0 ||
      value_type(&all, json_type_object, err) < 0)
    return -1;
  json_object_object_foreach (all.json, key, json) {
    const struct value repository = {
        .document = root->document, .parent = &all, .key = key, .json = json};
    if (read_repository(&repository, search, err) < 0)
      return -1;
  }
  return 0;
}

/* An engine that has never had a name has no such file. */
static int search_names(const char *root, struct search *search, struct error *err)
{
  cleanup_document struct document document = {.name = NULL};
  cleanup_free char *path = xasprintf("%s/" STORE "/repositories.json", root);
  if (document_read(path, STATE_TABLE_MAX, &document, err) < 0)
    return errno == ENOENT ? 0 : -1;
  struct value value = document_root(&document);
  return read_repositories(&value, search, err);
}

static const char *without_algorithm(const char *id)
{
  return text_starts(id, DIGEST_ALGORITHM) ? id + strlen(DIGEST_ALGORITHM) : id;
}

static bool may_be_short_id(const char *typed)
{
  const char *hex = without_algorithm(typed);
  size_t length = strlen(hex);
  return length >= SHORT_ID_MIN && length <= DIGEST_HEX &&
         strspn(hex, "0123456789abcdef") == length;
}

/*
 * The name that the container was made by. What could be the beginning of an id could be a name as
 * well; docker looks for the name first, and so it is one only if the image has it.
 */
static int read_names(const char *typed, struct image *image, struct error *err)
{
  cleanup_free char *name = reference_typed(typed);
  struct search search = {.name = name, .id = &image->id, .manifests = image};
  if (search_names(image->root, &search, err) < 0)
    return -1;
  bool by_id = may_be_short_id(typed) &&
               text_starts(digest_hex(&image->id), without_algorithm(typed)) &&
               !digest_equal(&search.found, &image->id);
  image->recorded = xstrdup(typed);
  image->name = by_id ? NULL : steal_pointer(&name);
  return 0;
}

/* --- layers -------------------------------------------------------------------------------- */

/* A file that says which chain id is below; none where there is nothing. */
static int check_parent(const char *path, const struct digest *parent, struct error *err)
{
  struct digest found = {.text = ""};
  if (state_digest(path, &found, err) < 0 && errno != ENOENT)
    return -1;
  if (text_equal(found.text, parent->text))
    return 0;
  return error_set(err, "%s says '%s', but the image's layers make '%s'", path, found.text,
                   parent->text);
}

static int read_layer(const struct image *image, const struct digest *chain,
                      const struct digest *below, struct image_layer *layer, struct error *err)
{
  cleanup_free char *folder =
      xasprintf("%s/" STORE "/layerdb/sha256/%s", image->root, digest_hex(chain));
  cleanup_free char *diff = xasprintf("%s/diff", folder);
  cleanup_free char *parent = xasprintf("%s/parent", folder);
  cleanup_free char *cache = xasprintf("%s/cache-id", folder);
  cleanup_free char *name = NULL;
  struct digest diff_id;
  if (state_digest(diff, &diff_id, err) < 0)
    return -1;
  if (!digest_equal(&diff_id, &layer->diff_id))
    return error_set(err, "%s says '%s', but the image's config '%s'", diff, diff_id.text,
                     layer->diff_id.text);
  if (check_parent(parent, below, err) < 0 || state_id(cache, &name, err) < 0)
    return -1;
  layer->folder = xasprintf("%s/overlay2/%s/diff", image->root, name);
  layer->record = state_if_there(xasprintf("%s/tar-split.json.gz", folder));
  return 0;
}

/* Fills the layers from the config of the image's id; `top` is the uppermost chain id. */
static int read_layers(struct image *image, struct digest *top, struct error *err)
{
  cleanup_image_config struct image_config config = {.diff_ids = NULL};
  cleanup_free char *path = docker_blob_path(image, &image->id);
  struct digest chain = {.text = ""};
  if (state_config(path, &image->id, &config, err) < 0)
    return -1;
  image_set_layers(image, &config, LAYER_TAR_SPLIT);
  for (size_t i = 0; i < config.count; i++) {
    struct digest below = chain;
    image_chain_add(&chain, &config.diff_ids[i]);
    if (read_layer(image, &chain, &below, &image->layers[i], err) < 0)
      return -1;
  }
  *top = chain;
  return 0;
}

/* --- containers ---------------------------------------------------------------------------- */

/* config.v2.json: which image, and that it is one of the store that is read here. */
static int read_record(const struct value *root, const char *id, struct digest *image,
                       const char **typed, struct error *err)
{
  struct value member, config, name;
  const char *text;
  if (value_type(root, json_type_object, err) < 0 || value_need(root, "ID", &member, err) < 0 ||
      value_text(&member, &text, err) < 0)
    return -1;
  if (!text_equal(text, id))
    return value_error(&member, err, "is '%s', not '%s'", text, id);
  if (value_need(root, "Driver", &member, err) < 0 || value_text(&member, &text, err) < 0)
    return -1;
  if (!text_equal(text, "overlay2"))
    return value_error(&member, err, "is '%s': only overlay2 can be verified", text);
  if (value_find(root, "ImageManifest", &member) && member.json != NULL)
    return value_error(&member, err,
                       "is of docker's containerd image store, which cannot be "
                       "verified");
  if (value_need(root, "Image", &member, err) < 0 || value_text(&member, &text, err) < 0)
    return -1;
  if (!digest_parse(text, image))
    return value_error(&member, err, "is no image's id");
  return value_need(root, "Config", &config, err) < 0 ||
                 value_type(&config, json_type_object, err) < 0 ||
                 value_need(&config, "Image", &name, err) < 0
             ? -1
             : value_text(&name, typed, err);
}

static int read_container(const char *id, struct image *image, struct error *err)
{
  cleanup_document struct document document = {.name = NULL};
  cleanup_free char *path = xasprintf("%s/containers/%s/config.v2.json", image->root, id);
  const char *typed = "";
  if (document_read(path, STATE_RECORD_MAX, &document, err) < 0)
    return -1;
  struct value root = document_root(&document);
  if (read_record(&root, id, &image->id, &typed, err) < 0)
    return -1;
  return read_names(typed, image, err);
}

/* The container's mount is of just this layer, above the init layer, above this chain. */
static int check_mount(const char *folder, const struct placed *placed, const struct digest *top,
                       struct error *err)
{
  cleanup_free char *mount_path = xasprintf("%s/mount-id", folder);
  cleanup_free char *init_path = xasprintf("%s/init-id", folder);
  cleanup_free char *parent_path = xasprintf("%s/parent", folder);
  cleanup_free char *mount = NULL, *init = NULL;
  if (state_hex(mount_path, "", &mount, err) < 0)
    return -1;
  if (!text_equal(mount, placed->layer))
    return error_set(err, "%s says '%s', but '%s' is mounted", mount_path, mount, placed->layer);
  if (state_hex(init_path, INIT, &init, err) < 0)
    return -1;
  if (strncmp(init, mount, DIGEST_HEX) != 0)
    return error_set(err, "%s says '%s', which is not of '%s'", init_path, init, mount);
  return check_parent(parent_path, top, err);
}

int docker_of_container(const struct image_container *container, const struct placed *placed,
                        struct image *image, struct error *err)
{
  if (!state_is_hex(container->id))
    return error_set(err, "the container's id '%s' is none of docker's", container->id);
  cleanup_free char *folder =
      xasprintf("%s/" STORE "/layerdb/mounts/%s", placed->root, container->id);
  struct digest top = {.text = ""};
  if (read_container(container->id, image, err) < 0 || read_layers(image, &top, err) < 0 ||
      check_mount(folder, placed, &top, err) < 0)
    return -1;
  image->init = xasprintf("%s/%s" INIT "/diff", placed->home, placed->layer);
  return 0;
}

/* --- by name ------------------------------------------------------------------------------- */

static int find_by_name(const char *name, struct image *image, struct error *err)
{
  struct search search = {.name = name};
  if (search_names(image->root, &search, err) < 0)
    return -1;
  image->id = search.found;
  return 0;
}

/* An id, or its beginning, with or without "sha256:". */
static int find_by_id(const char *typed, struct image *image, struct error *err)
{
  cleanup_free char *folder = xasprintf("%s/" STORE "/imagedb/content/sha256", image->root);
  if (!may_be_short_id(typed))
    return 0;
  return state_find_hex(folder, without_algorithm(typed), &image->id, err);
}

int docker_by_name(const char *name, struct image *image, struct error *err)
{
  cleanup_free char *full = reference_typed(name);
  struct digest top;
  if (full != NULL && find_by_name(full, image, err) < 0)
    return -1;
  bool named = digest_is_set(&image->id);
  if (!named && find_by_id(name, image, err) < 0)
    return -1;
  if (!digest_is_set(&image->id))
    return image_not_found(image, name, err);
  image->recorded = xstrdup(name);
  image->name = named ? steal_pointer(&full) : NULL;
  struct search search = {.id = &image->id, .manifests = image};
  return search_names(image->root, &search, err) < 0 ? -1 : read_layers(image, &top, err);
}

/* Only configs: docker keeps no manifests. */
char *docker_blob_path(const struct image *image, const struct digest *digest)
{
  return digest_equal(digest, &image->id)
             ? xasprintf("%s/" STORE "/imagedb/content/sha256/%s", image->root, digest_hex(digest))
             : NULL;
}
