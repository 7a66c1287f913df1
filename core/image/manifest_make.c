/* SPDX-License-Identifier: Apache-2.0 */
#include "image/manifest_make.h"

#include "common/json.h"
#include "image/tarsplit.h"

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define CONFIG_TYPE "application/vnd.oci.image.config.v1+json"
#define LAYER_TYPE "application/vnd.oci.image.layer.v1.tar"

static struct json_object *make_descriptor(const char *media_type, const struct digest *digest,
                                           int64_t size)
{
  struct json_object *descriptor = json_object_new_object();
  json_object_object_add(descriptor, "mediaType", json_object_new_string(media_type));
  json_object_object_add(descriptor, "digest", json_object_new_string(digest->text));
  json_object_object_add(descriptor, "size", json_object_new_int64(size));
  return descriptor;
}

static int add_layers(const struct image *image, struct json_object *layers, struct error *err)
{
  for (size_t i = 0; i < image->layer_count; i++) {
    const struct image_layer *layer = &image->layers[i];
    int64_t size;
    if (layer->kind != LAYER_TAR_SPLIT || layer->record == NULL)
      return error_set(err, "%s has kept no tar-split of the layer %s, whose size is needed",
                       image_engine_name(image->engine), layer->diff_id.text);
    if (tarsplit_size(layer->record, &size, err) < 0)
      return -1;
    json_object_array_add(layers, make_descriptor(LAYER_TYPE, &layer->diff_id, size));
  }
  return 0;
}

int manifest_make(const struct image *image, char **bytes, size_t *length, struct error *err)
{
  cleanup_free char *config = NULL;
  size_t config_length;
  if (image_blob(image, &image->id, IMAGE_CONFIG_SIZE_MAX, &config, &config_length, err) < 0)
    return -1;
  cleanup_json struct json_object *tree = json_object_new_object();
  struct json_object *layers = json_object_new_array();
  json_object_object_add(tree, "schemaVersion", json_object_new_int(2));
  json_object_object_add(tree, "mediaType", json_object_new_string(MANIFEST_TYPE));
  json_object_object_add(tree, "config",
                         make_descriptor(CONFIG_TYPE, &image->id, (int64_t)config_length));
  json_object_object_add(tree, "layers", layers);
  if (add_layers(image, layers, err) < 0)
    return -1;
  *bytes = xstrdup(json_text(tree, length));
  return 0;
}
