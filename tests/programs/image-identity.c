/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints which image a container is, or an image is that is called by a name, as JSON; for
 * tests/e2e/image-identity.sh.
 *
 *     image-identity container ID BUNDLE ROOTFS ROOT…
 *     image-identity name docker|containers-storage|containerd ROOT NAME
 */
#include "common/json.h"
#include "image/image.h"

static struct json_object *text(const char *text)
{
  return text != NULL ? json_object_new_string(text) : NULL;
}

/* The number of bytes of a blob; null if the engine has none. */
static struct json_object *blob_size(const struct image *image, const struct digest *digest)
{
  struct error err = {.text = ""};
  cleanup_free char *bytes = NULL;
  size_t length;
  if (image_blob(image, digest, MANIFEST_SIZE_MAX, &bytes, &length, &err) == 0)
    return json_object_new_int64((int64_t)length);
  return errno == ENOENT ? NULL : text(err.text);
}

static struct json_object *layer_json(const struct image_layer *layer)
{
  struct json_object *json = json_object_new_object();
  json_object_object_add(json, "diff_id", text(layer->diff_id.text));
  json_object_object_add(json, "folder", text(layer->folder));
  json_object_object_add(json, "record", text(layer->record));
  json_object_object_add(json, "blob", text(layer->blob.text));
  return json;
}

static void print(const struct image *image)
{
  struct json_object *json = json_object_new_object(), *layers = json_object_new_array();
  struct json_object *manifests = json_object_new_object();
  for (size_t i = 0; i < image->layer_count; i++)
    json_object_array_add(layers, layer_json(&image->layers[i]));
  for (size_t i = 0; i < image->manifest_count; i++)
    json_object_object_add(manifests, image->manifests[i].text,
                           blob_size(image, &image->manifests[i]));
  json_object_object_add(json, "engine", text(image_engine_name(image->engine)));
  json_object_object_add(json, "root", text(image->root));
  json_object_object_add(json, "recorded", text(image->recorded));
  json_object_object_add(json, "name", text(image->name));
  json_object_object_add(json, "id", text(image->id.text));
  json_object_object_add(json, "config", blob_size(image, &image->id));
  json_object_object_add(json, "manifests", manifests);
  json_object_object_add(json, "layers", layers);
  json_object_object_add(json, "rootfs", text(image->rootfs));
  json_object_object_add(json, "upper", text(image->upper));
  json_object_object_add(json, "init", text(image->init));
  puts(json_object_to_json_string(json));
  json_object_put(json);
}

static int find(char **argv, struct image *image, struct error *err)
{
  if (text_equal(argv[1], "container")) {
    const struct image_container container = {.id = argv[2],
                                              .bundle = argv[3],
                                              .rootfs = argv[4],
                                              .roots = (const char *const *)&argv[5]};
    return image_of_container(&container, image, err);
  }
  for (int engine = IMAGE_DOCKER; engine <= IMAGE_CONTAINERD; engine++)
    if (text_equal(argv[2], image_engine_name((enum image_engine)engine)))
      return image_by_name((enum image_engine)engine, argv[3], argv[4], image, err);
  return error_set(err, "no engine '%s'", argv[2]);
}

int main(int argc, char **argv)
{
  cleanup_image struct image image = {.root = NULL};
  struct error err = {.text = ""};
  if (argc < 5) {
    fputs("usage: image-identity container ID BUNDLE ROOTFS ROOT… | name ENGINE ROOT NAME\n",
          stderr);
    return 2;
  }
  if (find(argv, &image, &err) < 0) {
    fprintf(stderr, "image-identity: %s\n", err.text);
    return EXIT_FAILURE;
  }
  print(&image);
  return EXIT_SUCCESS;
}
