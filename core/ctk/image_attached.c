/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_attached.h"

#include "common/document.h"
#include "ctk/command.h"
#include "ctk/engines/program.h"
#include "ctk/image_options.h"
#include "image/hash.h"
#include "image/manifest.h"
#include "policy/signature.h"

#define REFERRERS_MAX 64

static char *tag_of(const char *repository, const struct digest *digest, const char *suffix)
{
  return xasprintf("%s:sha256-%s%s", repository, digest_hex(digest), suffix);
}

/* --- an image of signatures, as skopeo has copied it --------------------------------------- */

static int read_manifest(const char *folder, struct document *document, struct error *err)
{
  document->path = xasprintf("%s/manifest.json", folder);
  document->name = document->path;
  if (image_read_file(document->path, MANIFEST_SIZE_MAX, &document->text, &document->length, err) <
      0)
    return -1;
  return json_parse(document->text, document->length, document->name, &document->tree, err);
}

static int layers_of(const struct document *document, struct value *root, struct value *layers,
                     size_t *count, struct error *err)
{
  *root = document_root(document);
  if (value_type(root, json_type_object, err) < 0 || value_need(root, "layers", layers, err) < 0)
    return -1;
  return value_array(layers, SIGNATURES_MAX, count, err);
}

static int layer_text(const struct value *layer, const char *key, const char **text,
                      struct error *err)
{
  struct value member;
  return value_need(layer, key, &member, err) < 0 ? -1 : value_text(&member, text, err);
}

/* NULL if there is none. */
static const char *annotation_of(const struct value *layer)
{
  struct value annotations, member;
  struct error ignored;
  const char *text = NULL;
  if (value_find(layer, "annotations", &annotations) &&
      value_type(&annotations, json_type_object, &ignored) == 0 &&
      value_find(&annotations, SIGNATURE_COSIGN_ANNOTATION, &member) &&
      value_text(&member, &text, &ignored) < 0)
    return NULL;
  return text;
}

static int read_blob(const char *folder, const char *digest_text, char **bytes, size_t *length,
                     struct error *err)
{
  struct digest digest;
  if (!digest_parse(digest_text, &digest))
    return error_set(err, "'%s' is no digest", digest_text);
  cleanup_free char *path = xasprintf("%s/%s", folder, digest_hex(&digest));
  if (image_read_file(path, SIGNATURE_SIZE_MAX, bytes, length, err) < 0)
    return -1;
  return hash_check(*bytes, *length, &digest, path, err);
}

static int keep_layer(const char *folder, const struct value *layer, const struct digest *digest,
                      struct store *store, struct error *err)
{
  cleanup_free char *bytes = NULL, *made = NULL;
  const char *blob, *type;
  size_t length, made_length;
  if (value_type(layer, json_type_object, err) < 0 || layer_text(layer, "digest", &blob, err) < 0 ||
      layer_text(layer, "mediaType", &type, err) < 0 ||
      read_blob(folder, blob, &bytes, &length, err) < 0) {
    errno = EBADMSG; /* as store_add_signature says it of one that is none */
    return -1;
  }
  made = signature_from_layer(type, bytes, length, annotation_of(layer), &made_length);
  return store_add_signature(store, digest, made, made_length, err);
}

/* Anybody who may push could have put something else among them: that harms the others not. */
static int keep_layers(const char *folder, const struct digest *digest, struct store *store,
                       size_t *kept, struct error *err)
{
  cleanup_document struct document document = {.name = NULL};
  struct value root, layers;
  struct error cause;
  size_t count;
  if (read_manifest(folder, &document, err) < 0 ||
      layers_of(&document, &root, &layers, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value layer = value_element(&layers, i);
    if (keep_layer(folder, &layer, digest, store, &cause) == 0)
      ++*kept;
    else if (errno == EBADMSG)
      ctk_say("left out: %s", cause.text);
    else {
      *err = cause;
      return -1;
    }
  }
  return 0;
}

/* 0, too, if there is no such image. */
static int fetch_image(const struct registry *registry, const char *reference,
                       const struct digest *digest, struct store *store, size_t *count,
                       struct error *err)
{
  cleanup_program_folder char *folder = program_folder(err);
  if (folder == NULL)
    return -1;
  if (registry_fetch(registry, reference, folder, err) < 0)
    return errno == ENOENT ? 0 : -1;
  return keep_layers(folder, digest, store, count, err);
}

/* --- what refers to it --------------------------------------------------------------------- */

static bool is_bundle(const struct value *entry)
{
  struct value type;
  struct error ignored;
  const char *text;
  return value_type(entry, json_type_object, &ignored) == 0 &&
         value_find(entry, "artifactType", &type) && value_text(&type, &text, &ignored) == 0 &&
         text_starts(text, "application/vnd.dev.sigstore.bundle.");
}

static int fetch_referrer(const struct registry *registry, const char *repository,
                          const struct value *entry, const struct digest *digest,
                          struct store *store, size_t *count, struct error *err)
{
  const char *text;
  struct digest of_entry;
  if (!is_bundle(entry))
    return 0;
  if (layer_text(entry, "digest", &text, err) < 0)
    return -1;
  if (!digest_parse(text, &of_entry))
    return error_set(err, "'%s' is no digest", text);
  cleanup_free char *reference = xasprintf("%s@%s", repository, of_entry.text);
  return fetch_image(registry, reference, digest, store, count, err);
}

static int fetch_referrers(const struct registry *registry, const char *repository,
                           const struct digest *digest, struct store *store, size_t *count,
                           struct error *err)
{
  cleanup_document struct document document = {.name = NULL};
  struct value root, manifests;
  size_t entries;
  document.path = tag_of(repository, digest, "");
  document.name = document.path;
  if (registry_manifest(registry, document.path, &document.text, &document.length, err) < 0)
    return errno == ENOENT ? 0 : -1;
  if (json_parse(document.text, document.length, document.name, &document.tree, err) < 0)
    return -1;
  root = document_root(&document);
  if (value_type(&root, json_type_object, err) < 0 ||
      value_need(&root, "manifests", &manifests, err) < 0 ||
      value_array(&manifests, REFERRERS_MAX, &entries, err) < 0)
    return -1;
  for (size_t i = 0; i < entries; i++) {
    struct value entry = value_element(&manifests, i);
    if (fetch_referrer(registry, repository, &entry, digest, store, count, err) < 0)
      return -1;
  }
  return 0;
}

int attached_fetch(const struct registry *registry, const char *repository,
                   const struct digest *digest, struct store *store, size_t *count,
                   struct error *err)
{
  cleanup_free char *reference = tag_of(repository, digest, ".sig");
  if (fetch_image(registry, reference, digest, store, count, err) < 0)
    return -1;
  return fetch_referrers(registry, repository, digest, store, count, err);
}

/* --- pushing ------------------------------------------------------------------------------- */

#define CONFIG_TYPE "application/vnd.oci.image.config.v1+json"
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"

static struct json_object *add_member(struct json_object *object, const char *key,
                                      struct json_object *member)
{
  json_object_object_add(object, key, member);
  return member;
}

static struct json_object *make_descriptor(const char *type, const char *bytes)
{
  struct digest digest;
  struct json_object *descriptor = json_object_new_object();
  hash_bytes(bytes, strlen(bytes), &digest);
  add_member(descriptor, "mediaType", json_object_new_string(type));
  add_member(descriptor, "size", json_object_new_int64((int64_t)strlen(bytes)));
  add_member(descriptor, "digest", json_object_new_string(digest.text));
  return descriptor;
}

/* The folder's manifest; a new one if it has none. */
static int open_manifest(const char *folder, bool is_new, struct json_object **manifest,
                         struct error *err)
{
  cleanup_document struct document document = {.name = NULL};
  struct value root, layers;
  size_t count;
  if (is_new) {
    *manifest = json_object_new_object();
    add_member(*manifest, "schemaVersion", json_object_new_int(2));
    add_member(*manifest, "mediaType", json_object_new_string(MANIFEST_TYPE));
    add_member(*manifest, "config", NULL);
    add_member(*manifest, "layers", json_object_new_array());
    return 0;
  }
  if (read_manifest(folder, &document, err) < 0 ||
      layers_of(&document, &root, &layers, &count, err) < 0)
    return -1;
  if (count == SIGNATURES_MAX)
    return error_set(err, "the image has %d signatures already", SIGNATURES_MAX);
  *manifest = steal_pointer(&document.tree);
  return 0;
}

/* As cosign makes it: it says nothing but which layers there are. */
static char *make_config(struct json_object *layers)
{
  size_t length;
  cleanup_json struct json_object *config = json_object_new_object();
  add_member(config, "architecture", json_object_new_string(""));
  add_member(config, "os", json_object_new_string(""));
  add_member(config, "config", json_object_new_object());
  struct json_object *rootfs = add_member(config, "rootfs", json_object_new_object());
  add_member(rootfs, "type", json_object_new_string("layers"));
  struct json_object *ids = add_member(rootfs, "diff_ids", json_object_new_array());
  for (size_t i = 0; i < json_object_array_length(layers); i++) {
    struct json_object *layer = json_object_array_get_idx(layers, i);
    json_object_array_add(ids, json_object_get(json_object_object_get(layer, "digest")));
  }
  return xstrdup(json_text(config, &length));
}

/* Each under its digest; what is there has these bytes already. */
static int write_blob(const char *folder, const char *bytes, struct error *err)
{
  struct digest digest;
  hash_bytes(bytes, strlen(bytes), &digest);
  cleanup_free char *there = xasprintf("%s/%s", folder, digest_hex(&digest));
  if (access(there, F_OK) == 0)
    return 0;
  cleanup_free char *path = program_write(folder, digest_hex(&digest), bytes, err);
  return path != NULL ? 0 : -1;
}

static int write_anew(const char *folder, const char *name, const char *bytes, struct error *err)
{
  cleanup_free char *there = xasprintf("%s/%s", folder, name);
  unlink(there);
  cleanup_free char *path = program_write(folder, name, bytes, err);
  return path != NULL ? 0 : -1;
}

static int add_signature(const char *folder, struct json_object *manifest,
                         const struct signed_image *made, struct error *err)
{
  size_t length;
  struct json_object *layers = json_object_object_get(manifest, "layers");
  struct json_object *layer = make_descriptor(SIGNATURE_COSIGN_TYPE, made->payload);
  struct json_object *annotations = add_member(layer, "annotations", json_object_new_object());
  add_member(annotations, SIGNATURE_COSIGN_ANNOTATION, json_object_new_string(made->proof));
  json_object_array_add(layers, layer);
  cleanup_free char *config = make_config(layers);
  add_member(manifest, "config", make_descriptor(CONFIG_TYPE, config));
  if (write_blob(folder, made->payload, err) < 0 || write_blob(folder, config, err) < 0 ||
      write_anew(folder, "version", "Directory Transport Version: 1.1\n", err) < 0)
    return -1;
  return write_anew(folder, "manifest.json", json_text(manifest, &length), err);
}

int attached_push(const struct registry *registry, const char *repository,
                  const struct digest *digest, const struct signed_image *made, struct error *err)
{
  cleanup_free char *tag = tag_of(repository, digest, ".sig");
  cleanup_json struct json_object *manifest = NULL;
  cleanup_program_folder char *folder = program_folder(err);
  if (folder == NULL)
    return -1;
  bool is_new = registry_fetch(registry, tag, folder, err) < 0;
  if (is_new && errno != ENOENT)
    return -1;
  if (open_manifest(folder, is_new, &manifest, err) < 0 ||
      add_signature(folder, manifest, made, err) < 0)
    return -1;
  return registry_push(registry, folder, tag, err);
}
