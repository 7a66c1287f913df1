/* SPDX-License-Identifier: Apache-2.0 */
/* `image add`: files with manifests, indexes and signatures go into the trust store. */
#include "common/base64.h"
#include "common/json.h"
#include "ctk/image_commands.h"
#include "ctk/image_options.h"
#include "image/manifest.h"
#include "policy/payload.h"
#include "policy/signature.h"

#include <ctype.h>

/* --- what a file is ------------------------------------------------------------------------ */

enum file_kind {
  FILE_MANIFEST,  /* or an index */
  FILE_PAYLOAD,   /* what cosign signs; the next file is the signature over it */
  FILE_PROOF,     /* that one: as it is, or in base64 */
  FILE_SIGNATURE, /* of a form of policy/signature.h */
};

struct file {
  const char *path; /* borrowed */
  char *bytes;      /* owned */
  size_t length;
  enum file_kind kind;
};

struct files {
  struct file *items; /* owned, with what is in them */
  size_t count;
};

static void free_files(struct files *files)
{
  for (size_t i = 0; i < files->count; i++)
    free(files->items[i].bytes);
  free(files->items);
}

#define cleanup_files __attribute__((cleanup(free_files)))

/* What is no manifest and no payload is taken for a signature, which says itself if it is none. */
static int classify(struct file *file, struct error *err)
{
  cleanup_json struct json_object *tree = NULL;
  file->kind = FILE_SIGNATURE;
  if (file->length == 0 || strchr("{ \t\r\n", file->bytes[0]) == NULL || file->bytes[0] == '\0')
    return 0;
  if (json_parse(file->bytes, file->length, file->path, &tree, err) < 0)
    return -1;
  if (json_object_object_get(tree, "schemaVersion") != NULL)
    file->kind = FILE_MANIFEST;
  else if (json_object_object_get(tree, "critical") != NULL)
    file->kind = FILE_PAYLOAD;
  return 0;
}

static int read_one(const char *path, struct files *files, struct error *err)
{
  struct file *file = &files->items[files->count];
  const struct file *before = files->count > 0 ? file - 1 : NULL;
  file->path = path;
  if (image_read_file(path, MANIFEST_SIZE_MAX, &file->bytes, &file->length, err) < 0)
    return -1;
  files->count++;
  if (before == NULL || before->kind != FILE_PAYLOAD)
    return classify(file, err);
  file->kind = FILE_PROOF;
  return 0;
}

static int read_files(char **paths, struct files *files, struct error *err)
{
  size_t count = 0;
  while (paths[count] != NULL)
    count++;
  files->items = xcalloc(count + 1, sizeof(*files->items));
  for (; *paths != NULL; paths++)
    if (read_one(*paths, files, err) < 0)
      return -1;
  const struct file *last = &files->items[count - 1];
  return last->kind != FILE_PAYLOAD
             ? 0
             : error_set(err,
                         "%s is what was signed: the file with the signature over it must "
                         "come next",
                         last->path);
}

/* --- which digest a signature is over ------------------------------------------------------ */

/* A lookaside folder is called NAME@sha256=HEX. */
static bool digest_of_folder(const char *path, struct digest *digest)
{
  const char *mark = strstr(path, "@sha256=");
  if (mark == NULL)
    return false;
  cleanup_free char *hex = xstrndup(mark + strlen("@sha256="), DIGEST_HEX);
  return digest_from_hex(hex, digest);
}

/* `known` is from the command line: --digest, or the only manifest there; "" if neither is. */
static int find_digest(const struct file *file, const struct signature *signature,
                       const struct digest *known, struct digest *digest, struct error *err)
{
  cleanup_claim struct claim claim = {.key = NULL};
  if (signature_peek(signature, &claim, err) == 0) {
    *digest = claim.digest;
    return 0;
  }
  if (errno != ENOTSUP)
    return -1;
  *digest = *known;
  if (digest_is_set(known) || digest_of_folder(file->path, digest))
    return 0;
  return error_set(err,
                   "%s is a GPG signature: --digest sha256:… says what it is over, or the "
                   "manifest among the files, or a folder called NAME@sha256=…",
                   file->path);
}

/* --- adding -------------------------------------------------------------------------------- */

static int add_signature(struct store *store, const struct file *file, const char *bytes,
                         size_t length, const struct digest *known, struct error *err)
{
  cleanup_signature struct signature signature = {.name = NULL};
  struct digest digest;
  if (signature_parse(bytes, length, file->path, &signature, err) < 0 ||
      find_digest(file, &signature, known, &digest, err) < 0 ||
      store_add_signature(store, &digest, bytes, length, err) < 0)
    return -1;
  ctk_say("%s: a %s over %s", file->path, signature_kind_name(signature.kind), digest.text);
  return 0;
}

static size_t trimmed(const struct file *file)
{
  size_t length = file->length;
  while (length > 0 && isspace((unsigned char)file->bytes[length - 1]))
    length--;
  return length;
}

/* cosign writes signatures in base64, openssl as they are: DER, which is no base64. */
static int add_pair(struct store *store, const struct file *payload, const struct file *proof,
                    struct error *err)
{
  const struct digest none = {.text = ""};
  cleanup_free char *decoded = NULL, *made = NULL;
  size_t size, length;
  bool is_text = proof->length > 0 && base64_decode(proof->bytes, trimmed(proof), &decoded, &size);
  if (payload->length > PAYLOAD_SIZE_MAX || proof->length > PAYLOAD_SIZE_MAX || proof->length == 0)
    return error_set(err, "%s and %s are no payload and signature", payload->path, proof->path);
  made = is_text ? signature_make(payload->bytes, payload->length, decoded, size, &length)
                 : signature_make(payload->bytes, payload->length, proof->bytes, proof->length,
                                  &length);
  return add_signature(store, payload, made, length, &none, err);
}

/* The digest of the only manifest among the files, if there is one. */
static int add_manifests(struct store *store, const struct files *files, struct digest *only,
                         struct error *err)
{
  size_t count = 0;
  struct digest digest;
  *only = (struct digest){.text = ""};
  for (size_t i = 0; i < files->count; i++) {
    const struct file *file = &files->items[i];
    if (file->kind != FILE_MANIFEST)
      continue;
    if (store_add_manifest(store, file->bytes, file->length, &digest, err) < 0)
      return error_wrap(err, "%s", file->path);
    ctk_say("%s: the manifest %s", file->path, digest.text);
    *only = ++count == 1 ? digest : (struct digest){.text = ""};
  }
  return 0;
}

static int add_signatures(struct store *store, const struct files *files,
                          const struct digest *known, struct error *err)
{
  for (size_t i = 0; i < files->count; i++) {
    const struct file *file = &files->items[i];
    if (file->kind == FILE_PAYLOAD && add_pair(store, file, file + 1, err) < 0)
      return -1;
    if (file->kind == FILE_SIGNATURE &&
        add_signature(store, file, file->bytes, file->length, known, err) < 0)
      return -1;
  }
  return 0;
}

static int add(const char *path, char **paths, const struct digest *given, struct error *err)
{
  cleanup_files struct files files = {.items = NULL};
  cleanup_store struct store *store = NULL;
  struct digest only;
  if (read_files(paths, &files, err) < 0 || store_create(path, &store, err) < 0 ||
      add_manifests(store, &files, &only, err) < 0)
    return -1;
  return add_signatures(store, &files, digest_is_set(given) ? given : &only, err);
}

int image_add_run(const struct ctk_command *self, char **words, struct error *err)
{
  cleanup_image_settings struct image_settings settings = {.store = NULL};
  const char *text = NULL;
  struct digest digest = {.text = ""};
  const struct command_option options[] = {
      {"digest", 0, OPTION_TEXT, &text, "DIGEST", "the manifest that GPG signatures are over"},
      IMAGE_STORE_OPTION(settings.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 || (result = image_check_words(self, words, 1, SIZE_MAX, err)) < 0)
    return result;
  if (text != NULL && !digest_parse(text, &digest))
    return command_usage(self, err, "'%s' is no digest (sha256:…)", text);
  if (image_settings_store(&settings, err) < 0)
    return -1;
  return add(settings.store, words, &digest, err);
}
