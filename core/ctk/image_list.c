/* SPDX-License-Identifier: Apache-2.0 */
/* `image list` and `image remove`: what lies in the trust store. */
#include "common/json.h"
#include "ctk/image_commands.h"
#include "ctk/image_options.h"
#include "ctk/text/pretty.h"
#include "image/hash.h"
#include "image/manifest.h"
#include "policy/signature.h"

/* --- a row --------------------------------------------------------------------------------- */

static void add_text(struct json_object *row, const char *key, const char *text)
{
  json_object_object_add(row, key, json_object_new_string(text));
}

static void add_manifests(struct json_object *row, const struct manifest *index)
{
  struct json_object *list = json_object_new_array();
  for (size_t i = 0; i < index->count; i++)
    json_object_array_add(list, json_object_new_string(index->entries[i].digest.text));
  json_object_object_add(row, "manifests", list);
}

/* Signatures may be there before their manifest is. What is damaged is listed, to be removed. */
static void describe(const struct store *store, const struct digest *digest,
                     struct json_object *row)
{
  cleanup_manifest struct manifest manifest = {.is_index = false};
  cleanup_free char *bytes = NULL;
  size_t length;
  struct error ignored;
  if (store_manifest(store, digest, &bytes, &length, &ignored) < 0) {
    add_text(row, "kind", errno == ENOENT ? "missing" : "damaged");
    return;
  }
  if (manifest_parse(bytes, length, digest->text, &manifest, &ignored) < 0) {
    add_text(row, "kind", "damaged");
    return;
  }
  add_text(row, "kind", manifest.is_index ? "index" : "manifest");
  if (manifest.is_index)
    add_manifests(row, &manifest);
  else
    add_text(row, "config", manifest.config.digest.text);
}

static struct json_object *describe_signature(const struct signature_blob *blob)
{
  cleanup_signature struct signature signature = {.name = NULL};
  cleanup_claim struct claim claim = {.key = NULL};
  struct error err;
  struct digest digest;
  struct json_object *row = json_object_new_object();
  hash_bytes(blob->bytes, blob->length, &digest);
  add_text(row, "signature", digest.text);
  if (signature_parse(blob->bytes, blob->length, blob->name, &signature, &err) < 0) {
    add_text(row, "kind", "damaged");
    return row;
  }
  add_text(row, "kind", signature_kind_name(signature.kind));
  if (signature_peek(&signature, &claim, &err) == 0 && claim.reference.repository != NULL) {
    cleanup_free char *name = reference_text(&claim.reference);
    add_text(row, "reference", name);
  }
  return row;
}

static int add_row(const struct store *store, const struct digest *digest, struct json_object *rows,
                   struct error *err)
{
  cleanup_signature_blobs struct signature_blobs blobs = {.items = NULL};
  cleanup_json struct json_object *row = json_object_new_object();
  add_text(row, "digest", digest->text);
  describe(store, digest, row);
  if (store_signatures(store, digest, &blobs, err) < 0)
    return -1;
  struct json_object *signatures = json_object_new_array();
  for (size_t i = 0; i < blobs.count; i++)
    json_object_array_add(signatures, describe_signature(&blobs.items[i]));
  json_object_object_add(row, "signatures", signatures);
  json_object_array_add(rows, steal_pointer(&row));
  return 0;
}

/* --- printing ------------------------------------------------------------------------------ */

static const char *member(struct json_object *row, const char *key)
{
  struct json_object *value = json_object_object_get(row, key);
  return value != NULL ? json_object_get_string(value) : "";
}

static void print_row(struct json_object *row)
{
  struct json_object *signatures = json_object_object_get(row, "signatures");
  printf("%s  %s", member(row, "digest"), member(row, "kind"));
  if (member(row, "config")[0] != '\0')
    printf(" of the image %s", member(row, "config"));
  putchar('\n');
  for (size_t i = 0; i < json_object_array_length(signatures); i++) {
    struct json_object *signature = json_object_array_get_idx(signatures, i);
    const char *reference = member(signature, "reference");
    printf("  %s  %s%s%s\n", member(signature, "signature"), member(signature, "kind"),
           reference[0] != '\0' ? " that says " : "", reference);
  }
}

static void print_all(struct json_object *rows, bool json)
{
  if (json) {
    cleanup_free char *text = text_pretty(rows);
    fputs(text, stdout);
    return;
  }
  for (size_t i = 0; i < json_object_array_length(rows); i++)
    print_row(json_object_array_get_idx(rows, i));
}

/* --- list ---------------------------------------------------------------------------------- */

/* A store that is not there has nothing in it. */
static int add_all(const char *path, struct json_object *rows, struct error *err)
{
  cleanup_store struct store *store = NULL;
  cleanup_digest_list struct digest_list list = {.items = NULL};
  if (store_open(path, &store, err) < 0) {
    if (errno != ENOENT)
      return -1;
    ctk_remark(
        "there is no trust store %s yet: container-hooks-ctk image sign, add, fetch or import "
        "makes it",
        path);
    return 0;
  }
  if (store_list(store, &list, err) < 0)
    return -1;
  for (size_t i = 0; i < list.count; i++)
    if (add_row(store, &list.items[i], rows, err) < 0)
      return -1;
  return 0;
}

int image_list_run(const struct ctk_command *self, char **words, struct error *err)
{
  cleanup_image_settings struct image_settings settings = {.store = NULL};
  bool json = false;
  const struct command_option options[] = {
      {"json", 0, OPTION_FLAG, &json, NULL, "as a JSON array, for scripts"},
      IMAGE_STORE_OPTION(settings.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 || (result = image_check_words(self, words, 0, 0, err)) < 0)
    return result;
  cleanup_json struct json_object *rows = json_object_new_array();
  if (image_settings_store(&settings, err) < 0 || add_all(settings.store, rows, err) < 0)
    return -1;
  print_all(rows, json);
  return 0;
}

/* --- remove -------------------------------------------------------------------------------- */

static int remove_one(struct store *store, const char *word, const char *signature,
                      struct error *err)
{
  struct digest digest, of_signature;
  if (image_find_digest(store, word, &digest, err) < 0)
    return -1;
  if (signature == NULL) {
    if (store_remove(store, &digest, err) < 0)
      return -1;
    ctk_say("removed %s", digest.text);
    return 0;
  }
  if (!digest_parse(signature, &of_signature))
    return error_set(err, "'%s' is no digest of a signature (see: container-hooks-ctk image list)",
                     signature);
  if (store_remove_signature(store, &digest, &of_signature, err) < 0)
    return -1;
  ctk_say("removed the signature %s over %s", of_signature.text, digest.text);
  return 0;
}

int image_remove_run(const struct ctk_command *self, char **words, struct error *err)
{
  cleanup_image_settings struct image_settings settings = {.store = NULL};
  const char *signature = NULL;
  cleanup_store struct store *store = NULL;
  const struct command_option options[] = {
      {"signature", 0, OPTION_TEXT, &signature, "DIGEST", "only this signature over it"},
      IMAGE_STORE_OPTION(settings.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 ||
      (result = image_check_words(self, words, 1, signature != NULL ? 1 : SIZE_MAX, err)) < 0)
    return result;
  if (image_settings_store(&settings, err) < 0 || image_open_store(settings.store, &store, err) < 0)
    return -1;
  for (; *words != NULL; words++)
    if (remove_one(store, *words, signature, err) < 0)
      return -1;
  return 0;
}
