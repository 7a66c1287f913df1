/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/storage_signatures.h"

#include "common/base64.h"
#include "common/document.h"
#include "common/trust.h"
#include "image/state.h"

/* --- the lengths --------------------------------------------------------------------------- */

/* The entry of images.json for this image; false if there is none. */
static bool find_image(const struct value *images, size_t count, const char *id,
                       struct value *image)
{
  struct value member;
  for (size_t i = 0; i < count; i++) {
    *image = value_element(images, i);
    if (json_object_is_type(image->json, json_type_object) && value_find(image, "id", &member) &&
        json_object_is_type(member.json, json_type_string) &&
        text_equal(json_object_get_string(member.json), id))
      return true;
  }
  return false;
}

/* `metadata` is a JSON text within the JSON. */
static int read_sizes(const char *metadata, const struct digest *digest, const char *name,
                      int64_t sizes[SIGNATURES_MAX], size_t *count, struct error *err)
{
  struct document document = {.name = name};
  cleanup_json struct json_object *tree = NULL;
  struct value all, list;
  if (metadata[0] == '\0')
    return 0;
  if (json_parse(metadata, strlen(metadata), name, &tree, err) < 0)
    return -1;
  document.tree = tree;
  struct value root = document_root(&document);
  if (value_type(&root, json_type_object, err) < 0)
    return -1;
  if (!value_find(&root, "signatures-sizes", &all) || all.json == NULL)
    return 0;
  if (value_type(&all, json_type_object, err) < 0)
    return -1;
  if (!value_find(&all, digest->text, &list))
    return 0;
  if (value_array(&list, SIGNATURES_MAX, count, err) < 0)
    return -1;
  for (size_t i = 0; i < *count; i++) {
    struct value size = value_element(&list, i);
    if (value_number(&size, 0, SIGNATURE_SIZE_MAX, &sizes[i], err) < 0)
      return -1;
  }
  return 0;
}

static int find_sizes(const struct image *image, const struct digest *digest,
                      int64_t sizes[SIGNATURES_MAX], size_t *count, struct error *err)
{
  cleanup_free char *path = xasprintf("%s/overlay-images/images.json", image->root);
  cleanup_document struct document document;
  size_t images;
  struct value entry, member;
  const char *metadata;
  if (document_read(path, STATE_TABLE_MAX, &document, err) < 0)
    return -1;
  struct value root = document_root(&document);
  if (value_array(&root, SIZE_MAX, &images, err) < 0)
    return -1;
  if (!find_image(&root, images, digest_hex(&image->id), &entry) ||
      !value_find(&entry, "metadata", &member))
    return 0;
  if (value_text(&member, &metadata, err) < 0)
    return -1;
  return read_sizes(metadata, digest, path, sizes, count, err);
}

/* --- the signatures ------------------------------------------------------------------------ */

/* Cuts what lies there into its signatures. */
static int add_all(const char *path, const int64_t *sizes, size_t count,
                   struct signature_blobs *blobs, struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t length, at = 0;
  if (trust_read_file(path, (size_t)SIGNATURES_MAX * SIGNATURE_SIZE_MAX, &bytes, &length, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    size_t size = (size_t)sizes[i];
    if (size > length - at)
      return error_set(err, "%s is shorter than its signatures", path);
    char *one = xcalloc(size + 1, 1);
    memcpy(one, bytes + at, size);
    cleanup_free char *name = xasprintf("%s (signature %zu)", path, i + 1);
    if (signature_blobs_add(blobs, name, one, size, err) < 0)
      return -1;
    at += size;
  }
  return 0;
}

int storage_signatures(const struct image *image, const struct digest *digest,
                       struct signature_blobs *blobs, struct error *err)
{
  int64_t sizes[SIGNATURES_MAX];
  size_t count = 0;
  if (image->engine != IMAGE_STORAGE)
    return 0;
  if (find_sizes(image, digest, sizes, &count, err) < 0)
    return -1;
  if (count == 0)
    return 0;
  /* containers/storage, images.go: names with other than a few characters are base64. */
  cleanup_free char *key = xasprintf("signature-%s", digest_hex(digest));
  cleanup_free char *encoded = base64_encode(key, strlen(key));
  cleanup_free char *path =
      xasprintf("%s/overlay-images/%s/=%s", image->root, digest_hex(&image->id), encoded);
  return add_all(path, sizes, count, blobs, err);
}
