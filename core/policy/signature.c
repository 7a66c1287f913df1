/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/signature.h"

#include "common/base64.h"
#include "common/document.h"
#include "policy/payload.h"
#include "policy/signature_blobs.h"

/* containers/image's form of what is no OpenPGP message: internal/signature/signature.go. */
#define ATTACHED_MARK "\0sigstore-json\n"
#define ATTACHED_MARK_LENGTH (sizeof(ATTACHED_MARK) - 1)

/* --- parsing ------------------------------------------------------------------------------- */

static int take_bundle(struct signature *signature, struct error *err)
{
  signature->kind = SIGNATURE_BUNDLE;
  return sigstore_bundle_parse(signature->bytes, signature->length, signature->name,
                               &signature->bundle, err);
}

static int read_attached(const struct value *root, struct signature *signature, struct error *err)
{
  static const char *const keys[] = {"mimeType", "payload", "annotations", NULL};
  struct value type, member, annotations;
  const char *text;
  if (value_object(root, keys, err) < 0 ||
      value_need_text(root, "mimeType", &type, &text, err) < 0 ||
      value_need(root, "payload", &member, err) < 0 ||
      value_base64(&member, &signature->bytes, &signature->length, err) < 0)
    return -1;
  if (text_equal(text, SIGSTORE_BUNDLE_TYPE))
    return take_bundle(signature, err);
  if (!text_equal(text, SIGNATURE_COSIGN_TYPE))
    return value_error(&type, err, "is no signature that is known");
  signature->kind = SIGNATURE_COSIGN;
  if (value_need(root, "annotations", &annotations, err) < 0 ||
      value_type(&annotations, json_type_object, err) < 0 ||
      value_need(&annotations, SIGNATURE_COSIGN_ANNOTATION, &member, err) < 0)
    return -1;
  return value_base64(&member, &signature->proof, &signature->proof_length, err);
}

static int parse_attached(const char *json, size_t length, struct signature *signature,
                          struct error *err)
{
  struct document document = {
      .name = signature->name, .text = (char *)(uintptr_t)json, .length = length};
  cleanup_json struct json_object *tree = NULL;
  if (json_parse(json, length, signature->name, &tree, err) < 0)
    return -1;
  document.tree = tree;
  struct value root = document_root(&document);
  return read_attached(&root, signature, err);
}

static char *copy_of(const char *bytes, size_t length)
{
  char *copy = xcalloc(length + 1, 1);
  if (length > 0)
    memcpy(copy, bytes, length);
  return copy;
}

static int parse(const char *bytes, size_t length, struct signature *signature, struct error *err)
{
  if (length > SIGNATURE_SIZE_MAX)
    return error_set(err, "%s: a signature of more than %lu bytes", signature->name,
                     SIGNATURE_SIZE_MAX);
  if (length > ATTACHED_MARK_LENGTH && memcmp(bytes, ATTACHED_MARK, ATTACHED_MARK_LENGTH) == 0)
    return parse_attached(bytes + ATTACHED_MARK_LENGTH, length - ATTACHED_MARK_LENGTH, signature,
                          err);
  bool is_gpg = gpg_is_signature(bytes, length);
  if (!is_gpg && (length == 0 || bytes[0] != '{'))
    return error_set(err, "%s is neither an OpenPGP message nor a sigstore signature",
                     signature->name);
  signature->bytes = copy_of(bytes, length);
  signature->length = length;
  return is_gpg ? 0 : take_bundle(signature, err);
}

int signature_parse(const char *bytes, size_t length, const char *name, struct signature *signature,
                    struct error *err)
{
  *signature = (struct signature){.kind = SIGNATURE_GPG, .name = name};
  if (parse(bytes, length, signature, err) == 0)
    return 0;
  signature_free(signature);
  return -1;
}

void signature_free(struct signature *signature)
{
  free(signature->bytes);
  free(signature->proof);
  sigstore_bundle_free(&signature->bundle);
  *signature = (struct signature){.name = NULL};
}

const char *signature_kind_name(enum signature_kind kind)
{
  switch (kind) {
  case SIGNATURE_GPG:
    return "GPG signature";
  case SIGNATURE_COSIGN:
    return "cosign signature";
  case SIGNATURE_BUNDLE:
    return "sigstore bundle";
  }
  return "";
}

/* --- verifying ----------------------------------------------------------------------------- */

static int claim_payload(const char *bytes, size_t length, enum payload_type type, const char *name,
                         struct claim *claim, struct error *err)
{
  struct payload payload;
  if (payload_parse(bytes, length, type, name, &payload, err) < 0)
    return error_wrap(err, "its signature is good, but not what it is over");
  claim->digest = payload.digest;
  claim->reference = payload.reference; /* owned by the claim now */
  return 0;
}

static int verify_gpg(const struct signature *signature, const struct trusted_keys *keys,
                      const char *gpgv, struct claim *claim, struct error *err)
{
  cleanup_gpg_signed struct gpg_signed opened;
  if (gpg_verify(gpgv, &keys->keyring, signature->bytes, signature->length, &opened, err) < 0)
    return -1;
  claim->key = xstrdup(opened.fingerprint);
  return claim_payload(opened.bytes, opened.length, PAYLOAD_GPG, signature->name, claim, err);
}

/* The key by which the bytes are signed; NULL: none of them. */
static const struct key *find_signer(const struct trusted_keys *keys, const char *bytes,
                                     size_t length, const char *proof, size_t proof_length)
{
  for (size_t i = 0; i < keys->count; i++)
    if (key_verify(keys->keys[i], bytes, length, proof, proof_length))
      return keys->keys[i];
  return NULL;
}

static int refuse_signer(const struct signature *signature, struct error *err)
{
  return error_set(err, "the %s is by a key that is none of the policy's, or it is damaged",
                   signature_kind_name(signature->kind));
}

static int verify_cosign(const struct signature *signature, const struct trusted_keys *keys,
                         struct claim *claim, struct error *err)
{
  const struct key *signer = find_signer(keys, signature->bytes, signature->length,
                                         signature->proof, signature->proof_length);
  if (signer == NULL)
    return refuse_signer(signature, err);
  claim->key = xstrdup(key_id(signer));
  return claim_payload(signature->bytes, signature->length, PAYLOAD_COSIGN, signature->name, claim,
                       err);
}

static int verify_bundle(const struct signature *signature, const struct trusted_keys *keys,
                         struct claim *claim, struct error *err)
{
  const struct sigstore_bundle *bundle = &signature->bundle;
  struct statement statement;
  size_t length;
  cleanup_free char *bytes = sigstore_bundle_signed_bytes(bundle, &length);
  const struct key *signer =
      find_signer(keys, bytes, length, bundle->signature, bundle->signature_length);
  if (signer == NULL)
    return refuse_signer(signature, err);
  claim->key = xstrdup(key_id(signer));
  if (sigstore_bundle_statement(bundle, signature->name, &statement, err) < 0)
    return error_wrap(err, "its signature is good, but not what it is over");
  claim->digest = statement.digest;
  claim->reference = statement.reference; /* owned by the claim now */
  return 0;
}

static int verify(const struct signature *signature, const struct trusted_keys *keys,
                  const char *gpgv, struct claim *claim, struct error *err)
{
  bool wants_gpg = keys->type == REQUIREMENT_GPG;
  if (wants_gpg != (signature->kind == SIGNATURE_GPG))
    return error_set(err, "it is a %s, and the policy wants %s",
                     signature_kind_name(signature->kind), wants_gpg ? "GPG's" : "sigstore's");
  switch (signature->kind) {
  case SIGNATURE_GPG:
    return verify_gpg(signature, keys, gpgv, claim, err);
  case SIGNATURE_COSIGN:
    return verify_cosign(signature, keys, claim, err);
  case SIGNATURE_BUNDLE:
    break;
  }
  return verify_bundle(signature, keys, claim, err);
}

int signature_verify(const struct signature *signature, const struct trusted_keys *keys,
                     const char *gpgv, struct claim *claim, struct error *err)
{
  *claim = (struct claim){.key = NULL};
  if (verify(signature, keys, gpgv, claim, err) == 0)
    return 0;
  claim_free(claim);
  return -1;
}

/* --- without verifying --------------------------------------------------------------------- */

static int peek_cosign(const struct signature *signature, struct claim *claim, struct error *err)
{
  struct payload payload;
  if (payload_parse(signature->bytes, signature->length, PAYLOAD_COSIGN, signature->name, &payload,
                    err) < 0)
    return -1;
  claim->digest = payload.digest;
  claim->reference = payload.reference; /* owned by the claim now */
  return 0;
}

static int peek_bundle(const struct signature *signature, struct claim *claim, struct error *err)
{
  struct statement statement;
  if (sigstore_bundle_statement(&signature->bundle, signature->name, &statement, err) < 0)
    return -1;
  claim->digest = statement.digest;
  claim->reference = statement.reference; /* owned by the claim now */
  return 0;
}

int signature_peek(const struct signature *signature, struct claim *claim, struct error *err)
{
  int result = -1;
  *claim = (struct claim){.key = NULL};
  switch (signature->kind) {
  case SIGNATURE_COSIGN:
    result = peek_cosign(signature, claim, err);
    break;
  case SIGNATURE_BUNDLE:
    result = peek_bundle(signature, claim, err);
    break;
  case SIGNATURE_GPG:
    error_set(err, "%s: only gpgv can say what a GPG signature is over", signature->name);
    errno = ENOTSUP;
    return -1;
  }
  errno = EINVAL;
  return result;
}

void claim_free(struct claim *claim)
{
  reference_free(&claim->reference);
  free(claim->key);
  *claim = (struct claim){.key = NULL};
}

/* --- making -------------------------------------------------------------------------------- */

char *signature_from_layer(const char *media_type, const char *bytes, size_t size,
                           const char *annotation, size_t *length)
{
  char *made = NULL;
  cleanup_free char *payload = base64_encode(bytes, size);
  cleanup_json struct json_object *tree = json_object_new_object();
  struct json_object *annotations = json_object_new_object();
  if (annotation != NULL)
    json_object_object_add(annotations, SIGNATURE_COSIGN_ANNOTATION,
                           json_object_new_string(annotation));
  json_object_object_add(tree, "mimeType", json_object_new_string(media_type));
  json_object_object_add(tree, "payload", json_object_new_string(payload));
  json_object_object_add(tree, "annotations", annotations);
  size_t text_length;
  const char *text = json_text(tree, &text_length);
  FILE *stream = xmemstream(&made, length);
  fwrite(ATTACHED_MARK, 1, ATTACHED_MARK_LENGTH, stream);
  fwrite(text, 1, text_length, stream);
  xmemstream_close(stream);
  return made;
}

char *signature_make(const char *payload, size_t payload_length, const char *proof,
                     size_t proof_length, size_t *length)
{
  cleanup_free char *annotation = base64_encode(proof, proof_length);
  return signature_from_layer(SIGNATURE_COSIGN_TYPE, payload, payload_length, annotation, length);
}
