/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/plan.h"

#include "common/document.h"
#include "common/file.h"
#include "common/trust.h"
#include "image/hash.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define VERSION_NUMBER 1
#define KIND_TAR_SPLIT "tar-split"
#define KIND_BLOB "blob"

/* Of the time-out. */
#define TIMEOUT_BASE 10             /* seconds */
#define TIMEOUT_UNKNOWN 60          /* for a layer whose size is not known */
#define TIMEOUT_MAX 3600            /* an engine that waits longer is not waiting any more */
#define BYTES_A_SECOND (20UL << 20) /* of a slow disk, read in small files */
#define RATIO 4                     /* of what a layer unpacks to and its blob */

/* --- writing --------------------------------------------------------------------------------- */

static void add_text(struct json_object *object, const char *key, const char *text)
{
  if (text != NULL)
    json_object_object_add(object, key, json_object_new_string(text));
}

static void add_number(struct json_object *object, const char *key, uint32_t number)
{
  if (number != 0)
    json_object_object_add(object, key, json_object_new_int64(number));
}

static struct json_object *layer_json(const struct image_layer *layer)
{
  struct json_object *object = json_object_new_object();
  add_text(object, "diff-id", layer->diff_id.text);
  add_text(object, "folder", layer->folder);
  add_text(object, "kind", layer->kind == LAYER_BLOB ? KIND_BLOB : KIND_TAR_SPLIT);
  add_text(object, "record", layer->record);
  if (digest_is_set(&layer->blob))
    add_text(object, "blob", layer->blob.text);
  return object;
}

char *plan_text(const struct image *image, const char *id, const char *bundle,
                struct digest *digest)
{
  cleanup_json struct json_object *root = json_object_new_object();
  struct json_object *layers = json_object_new_array();
  size_t length;
  json_object_object_add(root, "version", json_object_new_int(VERSION_NUMBER));
  add_text(root, "id", id);
  add_text(root, "bundle", bundle);
  add_text(root, "rootfs", image->rootfs);
  add_text(root, "upper", image->upper);
  add_text(root, "init", image->init);
  add_number(root, "first-uid", image->first_uid);
  add_number(root, "first-gid", image->first_gid);
  for (size_t i = 0; i < image->layer_count; i++)
    json_object_array_add(layers, layer_json(&image->layers[i]));
  json_object_object_add(root, "layers", layers);
  const char *text = json_text(root, &length);
  hash_bytes(text, length, digest);
  return xstrndup(text, length);
}

static int write_new(const char *path, const char *text, struct error *err)
{
  unlink(path);
  cleanup_close int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return error_set(err, "cannot make %s: %m", path);
  return file_write_all(fd, text, strlen(text)) == 0 ? 0
                                                     : error_set(err, "cannot write %s: %m", path);
}

int plan_write(const struct image *image, const char *id, const char *bundle, const char *path,
               struct digest *digest, struct error *err)
{
  cleanup_free char *text = plan_text(image, id, bundle, digest);
  cleanup_free char *new_path = xasprintf("%s.new", path);
  if (write_new(new_path, text, err) == 0) {
    if (rename(new_path, path) == 0)
      return 0;
    error_set(err, "cannot rename %s to %s: %m", new_path, path);
  }
  unlink(new_path);
  return -1;
}

/* --- reading --------------------------------------------------------------------------------- */

/* An absolute path, owned by the caller. */
static int read_path(const struct value *value, char **path, struct error *err)
{
  const char *text;
  if (value_text(value, &text, err) < 0)
    return -1;
  if (text[0] != '/' || strlen(text) >= PATH_MAX)
    return value_error(value, err, "is not an absolute path");
  *path = xstrdup(text);
  return 0;
}

static int need_path(const struct value *object, const char *key, char **path, struct error *err)
{
  struct value member;
  return value_need(object, key, &member, err) < 0 ? -1 : read_path(&member, path, err);
}

static int find_path(const struct value *object, const char *key, char **path, struct error *err)
{
  struct value member;
  return value_find(object, key, &member) ? read_path(&member, path, err) : 0;
}

static int find_number(const struct value *object, const char *key, uint32_t *number,
                       struct error *err)
{
  struct value member;
  int64_t found = 0;
  if (value_find(object, key, &member) && value_number(&member, 0, UINT32_MAX, &found, err) < 0)
    return -1;
  *number = (uint32_t)found;
  return 0;
}

static int read_digest(const struct value *value, struct digest *digest, struct error *err)
{
  const char *text;
  if (value_text(value, &text, err) < 0)
    return -1;
  return digest_parse(text, digest) ? 0 : value_error(value, err, "is no digest");
}

static int read_kind(const struct value *layer, enum layer_record *kind, struct error *err)
{
  struct value member;
  const char *text;
  if (value_need(layer, "kind", &member, err) < 0 || value_text(&member, &text, err) < 0)
    return -1;
  *kind = text_equal(text, KIND_BLOB) ? LAYER_BLOB : LAYER_TAR_SPLIT;
  return *kind == LAYER_BLOB || text_equal(text, KIND_TAR_SPLIT)
             ? 0
             : value_error(&member, err, "is neither " KIND_TAR_SPLIT " nor " KIND_BLOB);
}

static int read_layer(const struct value *value, struct image_layer *layer, struct error *err)
{
  static const char *const keys[] = {"diff-id", "folder", "kind", "record", "blob", NULL};
  struct value member;
  if (value_object(value, keys, err) < 0 || value_need(value, "diff-id", &member, err) < 0 ||
      read_digest(&member, &layer->diff_id, err) < 0 ||
      need_path(value, "folder", &layer->folder, err) < 0 ||
      read_kind(value, &layer->kind, err) < 0 ||
      find_path(value, "record", &layer->record, err) < 0)
    return -1;
  return value_find(value, "blob", &member) ? read_digest(&member, &layer->blob, err) : 0;
}

static int read_layers(const struct value *root, struct plan *plan, struct error *err)
{
  struct value layers;
  size_t count;
  if (value_need(root, "layers", &layers, err) < 0 ||
      value_array(&layers, IMAGE_LAYERS_MAX, &count, err) < 0)
    return -1;
  plan->layers = xcalloc(count + 1, sizeof(*plan->layers));
  for (size_t i = 0; i < count; i++) {
    struct value layer = value_element(&layers, i);
    plan->layer_count++;
    if (read_layer(&layer, &plan->layers[i], err) < 0)
      return -1;
  }
  return 0;
}

static int read_plan(const struct value *root, struct plan *plan, struct error *err)
{
  static const char *const keys[] = {"version", "id",     "bundle",    "rootfs",    "upper",
                                     "init",    "layers", "first-uid", "first-gid", NULL};
  struct value version, id;
  const char *text;
  int64_t number;
  if (value_object(root, keys, err) < 0 || value_need(root, "version", &version, err) < 0 ||
      value_number(&version, VERSION_NUMBER, VERSION_NUMBER, &number, err) < 0 ||
      value_need(root, "id", &id, err) < 0 || value_text(&id, &text, err) < 0)
    return -1;
  plan->id = xstrdup(text);
  return need_path(root, "bundle", &plan->bundle, err) < 0 ||
                 need_path(root, "rootfs", &plan->rootfs, err) < 0 ||
                 find_path(root, "upper", &plan->upper, err) < 0 ||
                 find_path(root, "init", &plan->init, err) < 0 ||
                 find_number(root, "first-uid", &plan->first_uid, err) < 0 ||
                 find_number(root, "first-gid", &plan->first_gid, err) < 0
             ? -1
             : read_layers(root, plan, err);
}

int plan_read(const char *path, const struct digest *digest, struct plan *plan, struct error *err)
{
  cleanup_free char *bytes = NULL;
  struct document document = {.name = path};
  size_t length;
  *plan = (struct plan){.id = NULL};
  if (trust_read_file(path, PLAN_SIZE_MAX, &bytes, &length, err) < 0 ||
      hash_check(bytes, length, digest, path, err) < 0)
    return -1;
  cleanup_json struct json_object *tree = NULL;
  if (json_parse(bytes, length, path, &tree, err) < 0)
    return -1;
  document.tree = tree;
  struct value root = document_root(&document);
  if (read_plan(&root, plan, err) == 0)
    return 0;
  plan_free(plan);
  return -1;
}

/* --- how long it may take -------------------------------------------------------------------- */

/* Bytes that the layer unpacks to; 0: not known. docker has written it down beside the record. */
static uint64_t size_of(const struct image_layer *layer)
{
  struct stat status;
  if (layer->record == NULL || stat(layer->record, &status) < 0)
    return 0;
  if (layer->kind == LAYER_BLOB)
    return (uint64_t)status.st_size * RATIO;
  const char *slash = strrchr(layer->record, '/');
  cleanup_free char *path = xasprintf("%.*s/size", (int)(slash - layer->record), layer->record);
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  char text[32] = "";
  if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
    return 0;
  return strtoull(text, NULL, 10);
}

unsigned plan_timeout(const struct image *image)
{
  uint64_t seconds = TIMEOUT_BASE;
  for (size_t i = 0; i < image->layer_count; i++) {
    uint64_t size = size_of(&image->layers[i]);
    seconds += size > 0 ? size / BYTES_A_SECOND : TIMEOUT_UNKNOWN;
  }
  return seconds < TIMEOUT_MAX ? (unsigned)seconds : TIMEOUT_MAX;
}

void plan_free(struct plan *plan)
{
  for (size_t i = 0; i < plan->layer_count; i++) {
    free(plan->layers[i].folder);
    free(plan->layers[i].record);
  }
  free(plan->layers);
  free(plan->id);
  free(plan->bundle);
  free(plan->rootfs);
  free(plan->upper);
  free(plan->init);
  *plan = (struct plan){.id = NULL};
}
