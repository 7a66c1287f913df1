/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containers/storage with its overlay driver, below its graph root: podman, CRI-O, buildah
 * (containers/storage: containers.go, images.go, layers.go, store.go, drivers/overlay):
 *
 *     overlay-containers/containers.json           container: image, writable layer, metadata
 *     overlay-images/images.json                   image: names, digest, names of its big data
 *     overlay-images/ID/=BASE64                    big data: the config, manifests, signatures
 *     overlay-layers/layers.json                   layer: parent, diff-digest
 *     overlay-layers/LAYER.tar-split.gz
 *     overlay/LAYER/diff                           a layer's files
 *
 * A container is found by its writable
 * layer: only podman's and CRI-O's ids are those of the storage. Layers are followed by their
 * links: their ids are chain ids by custom only.
 */
#include "image/engine.h"
#include "image/reference.h"
#include "image/state.h"
#include "image/storage_table.h"

#include <openssl/evp.h>

#define MANIFEST "manifest-"

/* --- big data ------------------------------------------------------------------------------ */

/* store.go, makeBigDataBaseName: names with other than digits, lower-case letters and dots. */
static char *big_data_path(const struct image *image, const char *name)
{
  size_t length = strlen(name);
  cleanup_free unsigned char *base64 = xcalloc(4 * (length / 3 + 1) + 1, 1);
  EVP_EncodeBlock(base64, (const unsigned char *)name, (int)length);
  return xasprintf("%s/overlay-images/%s/=%s", image->root, digest_hex(&image->id), base64);
}

/* The manifest that the image came by may lie there without its digest in its name only. */
char *storage_blob_path(const struct image *image, const struct digest *digest)
{
  bool is_config = digest_equal(digest, &image->id);
  cleanup_free char *name = xasprintf("%s%s", is_config ? "" : MANIFEST, digest->text);
  char *path = big_data_path(image, name);
  if (is_config || image->manifest_count == 0 || !digest_equal(digest, &image->manifests[0]))
    return path;
  path = state_if_there(path);
  return path != NULL
             ? path
             : xasprintf("%s/overlay-images/%s/manifest", image->root, digest_hex(&image->id));
}

/* --- images -------------------------------------------------------------------------------- */

/* The digest that the image was pulled by, and the manifests that are kept. */
static int read_manifests(const struct value *entry, struct image *image, struct error *err)
{
  struct value names;
  struct digest digest;
  const char *text;
  size_t count = 0;
  if (table_text(entry, "digest", &text, err) < 0)
    return -1;
  if (digest_parse(text, &digest))
    image_add_manifest(image, &digest);
  if (!value_find(entry, "big-data-names", &names) || names.json == NULL)
    return 0;
  if (value_array(&names, MANIFEST_ENTRIES_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value name = value_element(&names, i);
    if (value_text(&name, &text, err) < 0)
      return -1;
    if (text_starts(text, MANIFEST) && digest_parse(text + strlen(MANIFEST), &digest))
      image_add_manifest(image, &digest);
  }
  return 0;
}

/* --- layers -------------------------------------------------------------------------------- */

/* One layer; `*id` becomes its parent's, "" if it has none. */
static int read_layer(const struct table *layers, const struct image *image, const char **id,
                      struct image_layer *layer, struct error *err)
{
  struct value entry;
  const char *text;
  struct digest diff_id;
  if (table_find(layers, "id", *id, &entry, err) < 0)
    return -1;
  if (entry.json == NULL)
    return error_set(err, "%s has no layer '%s'; layers of other stores cannot be verified",
                     layers->path, *id);
  if (table_text(&entry, "diff-digest", &text, err) < 0)
    return -1;
  if (!digest_parse(text, &diff_id))
    return error_set(err,
                     "%s: layer '%s' has no diff-digest: it was not unpacked from a whole "
                     "layer and cannot be verified",
                     layers->path, *id);
  if (!digest_equal(&diff_id, &layer->diff_id))
    return error_set(err, "%s: layer '%s' is of '%s', but the image's config says '%s'",
                     layers->path, *id, diff_id.text, layer->diff_id.text);
  layer->folder = xasprintf("%s/overlay/%s/diff", image->root, *id);
  layer->record = state_if_there(xasprintf("%s/overlay-layers/%s.tar-split.gz", image->root, *id));
  if (table_text(&entry, "parent", id, err) < 0)
    return -1;
  return (*id)[0] == '\0' || state_is_hex(*id)
             ? 0
             : value_error(&entry, err, "has a parent that is no id: '%.100s'", *id);
}

/* Fills the layers from the config of the image's id; `top` is the id of the uppermost one. */
static int read_layers(const struct table *layers, const char *top, struct image *image,
                       struct error *err)
{
  cleanup_image_config struct image_config config = {.diff_ids = NULL};
  cleanup_free char *path = storage_blob_path(image, &image->id);
  if (state_config(path, &image->id, &config, err) < 0)
    return error_wrap(err, "the image's config cannot be read");
  image_set_layers(image, &config, LAYER_TAR_SPLIT);
  for (size_t i = config.count; i-- > 0;) {
    if (top[0] == '\0')
      return error_set(err,
                       "%s: the image's config has %zu layers, but the lowest %zu are not below "
                       "what it is",
                       layers->path, config.count, i + 1);
    if (read_layer(layers, image, &top, &image->layers[i], err) < 0)
      return -1;
  }
  return top[0] == '\0' ? 0
                        : error_set(err, "%s: layer '%s' lies below those of the image's config",
                                    layers->path, top);
}

/* --- containers ---------------------------------------------------------------------------- */

/* What podman and CRI-O note of a container is JSON in a text; others note other things. */
static int read_metadata(const char *text, struct image *image, struct error *err)
{
  cleanup_json struct json_object *tree = NULL;
  struct document document = {.name = "a container's metadata"};
  const char *name = "";
  if (text[0] == '{') {
    if (json_parse(text, strlen(text), document.name, &tree, err) < 0)
      return -1;
    document.tree = tree;
    struct value root = document_root(&document);
    if (table_text(&root, "image-name", &name, err) < 0)
      return -1;
  }
  image_set_name(image, name);
  return 0;
}

/*
 * The entry of the layer that is mounted. A container of podman or CRI-O stands there by its own id
 * too, and must be that one: not one whose --rootfs is where another container is mounted.
 */
static int find_container(const struct table *containers, const char *id, const char *layer,
                          struct value *entry, struct error *err)
{
  struct value own;
  if (table_find(containers, "layer", layer, entry, err) < 0 ||
      table_find(containers, "id", id, &own, err) < 0)
    return -1;
  if (entry->json == NULL)
    return error_set(err, "%s has no container whose layer is '%s', which is mounted",
                     containers->path, layer);
  if (own.json != NULL && own.json != entry->json)
    return error_set(err, "%s: container '%s' has another layer than '%s', which is mounted",
                     containers->path, id, layer);
  return 0;
}

static int read_container(const struct table *containers, const char *container_id,
                          const struct placed *placed, struct image *image, struct error *err)
{
  struct value entry;
  const char *id, *metadata;
  if (find_container(containers, container_id, placed->layer, &entry, err) < 0 ||
      table_text(&entry, "image", &id, err) < 0 ||
      table_text(&entry, "metadata", &metadata, err) < 0)
    return -1;
  if (id[0] == '\0')
    return error_set(err, "%s: container '%s' has no image (--rootfs, FROM scratch)",
                     containers->path, container_id);
  if (!digest_from_hex(id, &image->id))
    return error_set(err, "%s: container '%s' is of image '%.100s', which is no digest of a config",
                     containers->path, container_id, id);
  return read_metadata(metadata, image, err);
}

static int read_image(struct image *image, struct error *err)
{
  cleanup_table struct table images = {.path = NULL};
  struct value entry;
  if (table_read(&images, image->root, "images", err) < 0 ||
      table_find(&images, "id", digest_hex(&image->id), &entry, err) < 0)
    return -1;
  if (entry.json == NULL)
    return error_set(err, "%s has no image '%s'; images of other stores cannot be verified",
                     images.path, digest_hex(&image->id));
  return read_manifests(&entry, image, err);
}

int storage_of_container(const struct image_container *container, const struct placed *placed,
                         struct image *image, struct error *err)
{
  cleanup_table struct table containers = {.path = NULL};
  cleanup_table struct table layers = {.path = NULL};
  struct value entry;
  const char *parent;
  if (!state_is_hex(placed->layer))
    return error_set(err, "'%s' is no layer of containers/storage", placed->layer);
  if (table_read(&containers, placed->root, "containers", err) < 0 ||
      read_container(&containers, container->id, placed, image, err) < 0 ||
      read_image(image, err) < 0 || table_read(&layers, placed->root, "layers", err) < 0 ||
      table_find(&layers, "id", placed->layer, &entry, err) < 0)
    return -1;
  if (entry.json == NULL)
    return error_set(err, "%s has no layer '%s', which is mounted", layers.path, placed->layer);
  if (table_text(&entry, "parent", &parent, err) < 0)
    return -1;
  return read_layers(&layers, parent, image, err);
}

/* --- by name ------------------------------------------------------------------------------- */

static int has_name(const struct value *entry, const char *name, bool *has, struct error *err)
{
  struct value names;
  *has = false;
  if (!value_find(entry, "names", &names) || names.json == NULL)
    return 0;
  cleanup_free const char **texts = NULL;
  if (value_texts(&names, TABLE_ENTRIES_MAX, 0, &texts, err) < 0)
    return -1;
  *has = text_listed(name, texts);
  return 0;
}

/* What an image may be called: its names, its id or the beginning of it, its digest. */
struct wanted {
  const char *typed;
  char *full, *local; /* owned; NULL: it is no name */
  const char *hex;
};

static bool is_called(const struct wanted *wanted, const char *id, const char *digest)
{
  return (strlen(wanted->hex) >= 4 && text_starts(id, wanted->hex)) ||
         (digest[0] != '\0' && text_equal(digest, wanted->typed));
}

/* Does it match, and if so by which name? NULL: by its id or its digest. */
static int match(const struct value *entry, const struct wanted *wanted, bool *matches,
                 const char **name, struct error *err)
{
  const char *const names[] = {wanted->typed, wanted->full, wanted->local};
  const char *id, *digest;
  *name = NULL;
  if (table_text(entry, "id", &id, err) < 0 || table_text(entry, "digest", &digest, err) < 0)
    return -1;
  for (size_t i = 0; i < ARRAY_LENGTH(names) && *name == NULL; i++) {
    bool has = false;
    if (names[i] != NULL && has_name(entry, names[i], &has, err) < 0)
      return -1;
    *name = has ? names[i] : NULL;
  }
  *matches = *name != NULL || is_called(wanted, id, digest);
  return 0;
}

static int find_image(const struct table *images, const struct wanted *wanted, struct value *found,
                      const char **found_name, struct error *err)
{
  const struct document *document = &images->documents[0];
  struct value root = document_root(document);
  size_t count = 0;
  *found = (struct value){.document = document};
  if (document->name != NULL && value_array(&root, TABLE_ENTRIES_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value entry = value_element(&root, i);
    const char *name;
    bool matches;
    if (value_type(&entry, json_type_object, err) < 0 ||
        match(&entry, wanted, &matches, &name, err) < 0)
      return -1;
    if (!matches)
      continue;
    if (found->json != NULL)
      return error_set(err, "%s: several images are called '%s'", images->path, wanted->typed);
    found->json = entry.json;
    *found_name = name;
  }
  return 0;
}

static void want(struct wanted *wanted, const char *typed)
{
  cleanup_free char *local = xasprintf("localhost/%s", typed);
  bool is_digest = text_starts(typed, DIGEST_ALGORITHM);
  *wanted = (struct wanted){.typed = typed,
                            .full = reference_typed(typed),
                            .local = reference_typed(local),
                            .hex = typed + (is_digest ? strlen(DIGEST_ALGORITHM) : 0)};
}

static int read_found(const struct value *entry, struct image *image, struct error *err)
{
  cleanup_table struct table layers = {.path = NULL};
  const char *id, *top;
  if (table_text(entry, "id", &id, err) < 0 || table_text(entry, "layer", &top, err) < 0 ||
      table_read(&layers, image->root, "layers", err) < 0)
    return -1;
  if (!digest_from_hex(id, &image->id) || (top[0] != '\0' && !state_is_hex(top)))
    return value_error(entry, err, "has an id that is no digest of a config");
  return read_manifests(entry, image, err) < 0 ? -1 : read_layers(&layers, top, image, err);
}

int storage_by_name(const char *name, struct image *image, struct error *err)
{
  cleanup_table struct table images = {.path = NULL};
  struct wanted wanted;
  struct value entry;
  const char *called = NULL;
  if (table_read(&images, image->root, "images", err) < 0)
    return -1;
  want(&wanted, name);
  int result = find_image(&images, &wanted, &entry, &called, err);
  if (result == 0 && entry.json == NULL)
    result = image_not_found(image, name, err);
  else if (result == 0)
    result = read_found(&entry, image, err);
  if (result == 0)
    image_set_name(image, called != NULL ? called : "");
  int saved = errno;
  free(wanted.full);
  free(wanted.local);
  errno = saved;
  return result;
}
