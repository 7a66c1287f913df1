/* SPDX-License-Identifier: Apache-2.0 */
#include "image/manifest.h"

#include "common/document.h"
#include "image/hash.h"

/* --- descriptors --------------------------------------------------------------------------- */

static int read_digest(const struct value *value, struct digest *digest, struct error *err)
{
  const char *text;
  if (value_text(value, &text, err) < 0)
    return -1;
  return digest_parse(text, digest)
             ? 0
             : value_error(value, err, "is not sha256: and 64 hexadecimal digits");
}

/* A copy, or `absent`. */
static int read_text(const struct value *object, const char *key, const char *absent, char **text,
                     struct error *err)
{
  struct value member;
  const char *found = absent;
  if (value_find(object, key, &member) && value_text(&member, &found, err) < 0)
    return -1;
  *text = found != NULL ? xstrdup(found) : NULL;
  return 0;
}

static int read_platform(const struct value *platform, struct descriptor *descriptor,
                         struct error *err)
{
  if (value_type(platform, json_type_object, err) < 0 ||
      read_text(platform, "os", NULL, &descriptor->os, err) < 0 ||
      read_text(platform, "architecture", NULL, &descriptor->architecture, err) < 0)
    return -1;
  return read_text(platform, "variant", NULL, &descriptor->variant, err);
}

static int read_descriptor(const struct value *value, struct descriptor *descriptor,
                           struct error *err)
{
  struct value digest, size, platform;
  if (value_type(value, json_type_object, err) < 0 ||
      value_need(value, "digest", &digest, err) < 0 ||
      read_digest(&digest, &descriptor->digest, err) < 0 ||
      value_need(value, "size", &size, err) < 0 ||
      value_number(&size, 0, INT64_MAX, &descriptor->size, err) < 0 ||
      read_text(value, "mediaType", "", &descriptor->media_type, err) < 0)
    return -1;
  return value_find(value, "platform", &platform) ? read_platform(&platform, descriptor, err) : 0;
}

static void free_descriptor(struct descriptor *descriptor)
{
  free(descriptor->media_type);
  free(descriptor->os);
  free(descriptor->architecture);
  free(descriptor->variant);
}

/* --- manifests ----------------------------------------------------------------------------- */

static int read_entries(const struct value *array, size_t max, struct manifest *manifest,
                        struct error *err)
{
  size_t count;
  if (value_array(array, max, &count, err) < 0)
    return -1;
  manifest->entries = xcalloc(count + 1, sizeof(*manifest->entries));
  for (; manifest->count < count; manifest->count++) {
    struct value element = value_element(array, manifest->count);
    if (read_descriptor(&element, &manifest->entries[manifest->count], err) < 0) {
      manifest->count++; /* what of it was read is freed too */
      return -1;
    }
  }
  return 0;
}

static int check_version(const struct value *root, struct error *err)
{
  struct value version;
  int64_t number;
  if (value_type(root, json_type_object, err) < 0 ||
      value_need(root, "schemaVersion", &version, err) < 0 ||
      value_number(&version, INT64_MIN, INT64_MAX, &number, err) < 0)
    return -1;
  return number == 2 ? 0
                     : value_error(&version, err,
                                   "is not 2: manifests of docker's first schema "
                                   "cannot be verified");
}

static int read_manifest(const struct value *root, struct manifest *manifest, struct error *err)
{
  struct value manifests, config, layers;
  if (check_version(root, err) < 0)
    return -1;
  bool has_config = value_find(root, "config", &config);
  manifest->is_index = value_find(root, "manifests", &manifests);
  /* One that could be taken for either could be signed as one and run as the other. */
  if (manifest->is_index && has_config)
    return value_error(root, err, "has both \"manifests\" and \"config\"");
  if (manifest->is_index)
    return read_entries(&manifests, MANIFEST_ENTRIES_MAX, manifest, err);
  if (value_need(root, "config", &config, err) < 0 ||
      read_descriptor(&config, &manifest->config, err) < 0 ||
      value_need(root, "layers", &layers, err) < 0)
    return -1;
  return read_entries(&layers, IMAGE_LAYERS_MAX, manifest, err);
}

int manifest_parse(const char *bytes, size_t length, const char *name, struct manifest *manifest,
                   struct error *err)
{
  *manifest = (struct manifest){.is_index = false};
  if (length > MANIFEST_SIZE_MAX)
    return error_set(err, "%s: a manifest of more than %lu bytes", name, MANIFEST_SIZE_MAX);
  struct document document = {.name = name, .text = (char *)(uintptr_t)bytes, .length = length};
  cleanup_json struct json_object *tree = NULL;
  if (json_parse(bytes, length, name, &tree, err) < 0)
    return -1;
  document.tree = tree;
  struct value root = document_root(&document);
  if (read_manifest(&root, manifest, err) == 0)
    return 0;
  manifest_free(manifest);
  return -1;
}

void manifest_free(struct manifest *manifest)
{
  free_descriptor(&manifest->config);
  for (size_t i = 0; i < manifest->count; i++)
    free_descriptor(&manifest->entries[i]);
  free(manifest->entries);
  *manifest = (struct manifest){.is_index = false};
}

bool manifest_lists(const struct manifest *index, const struct digest *digest)
{
  for (size_t i = 0; index->is_index && i < index->count; i++)
    if (digest_equal(&index->entries[i].digest, digest))
      return true;
  return false;
}

/* --- the config ---------------------------------------------------------------------------- */

static int read_config(const struct value *root, struct image_config *config, struct error *err)
{
  struct value rootfs, ids;
  size_t count;
  if (value_type(root, json_type_object, err) < 0 || value_need(root, "rootfs", &rootfs, err) < 0 ||
      value_type(&rootfs, json_type_object, err) < 0 ||
      value_need(&rootfs, "diff_ids", &ids, err) < 0)
    return -1;
  if (ids.json == NULL)
    return 0; /* an image without layers, as docker writes it */
  if (value_array(&ids, IMAGE_LAYERS_MAX, &count, err) < 0)
    return -1;
  config->diff_ids = xcalloc(count + 1, sizeof(*config->diff_ids));
  for (; config->count < count; config->count++) {
    struct value id = value_element(&ids, config->count);
    if (read_digest(&id, &config->diff_ids[config->count], err) < 0)
      return -1;
  }
  return 0;
}

int image_config_parse(const char *bytes, size_t length, const char *name,
                       struct image_config *config, struct error *err)
{
  *config = (struct image_config){.diff_ids = NULL};
  if (length > IMAGE_CONFIG_SIZE_MAX)
    return error_set(err, "%s: an image's config of more than %lu bytes", name,
                     IMAGE_CONFIG_SIZE_MAX);
  struct document document = {.name = name, .text = (char *)(uintptr_t)bytes, .length = length};
  cleanup_json struct json_object *tree = NULL;
  if (json_parse(bytes, length, name, &tree, err) < 0)
    return -1;
  document.tree = tree;
  struct value root = document_root(&document);
  if (read_config(&root, config, err) == 0)
    return 0;
  image_config_free(config);
  return -1;
}

void image_config_free(struct image_config *config)
{
  free(config->diff_ids);
  *config = (struct image_config){.diff_ids = NULL};
}

void image_chain_add(struct digest *chain, const struct digest *diff_id)
{
  if (!digest_is_set(chain)) {
    *chain = *diff_id;
    return;
  }
  cleanup_free char *pair = xasprintf("%s %s", chain->text, diff_id->text);
  hash_bytes(pair, strlen(pair), chain);
}

void image_chain_id(const struct image_config *config, size_t count, struct digest *chain)
{
  *chain = (struct digest){.text = ""};
  for (size_t i = 0; i < count && i < config->count; i++)
    image_chain_add(chain, &config->diff_ids[i]);
}
