/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/sigstore_bundle.h"

#include "common/document.h"

#define BUNDLE_SIZE_MAX (256UL * 1024) /* bytes */
#define PAYLOAD_TYPE "application/vnd.in-toto+json"
#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define PREDICATE_TYPE "https://sigstore.dev/cosign/sign/v1"

/* --- the envelope -------------------------------------------------------------------------- */

static int need_exactly(const struct value *object, const char *key, const char *expected,
                        struct error *err)
{
  struct value member;
  const char *text;
  if (value_need_text(object, key, &member, &text, err) < 0)
    return -1;
  return text_equal(text, expected) ? 0 : value_error(&member, err, "is not \"%s\"", expected);
}

static int need_bytes(const struct value *object, const char *key, char **bytes, size_t *length,
                      struct error *err)
{
  struct value member;
  if (value_need(object, key, &member, err) < 0)
    return -1;
  return value_base64(&member, bytes, length, err);
}

static int read_envelope(const struct value *envelope, struct sigstore_bundle *bundle,
                         struct error *err)
{
  static const char *const keys[] = {"payload", "payloadType", "signatures", NULL};
  static const char *const signature_keys[] = {"sig", "keyid", NULL};
  struct value type, signatures;
  const char *text;
  size_t count;
  if (value_object(envelope, keys, err) < 0 ||
      value_need_text(envelope, "payloadType", &type, &text, err) < 0)
    return -1;
  bundle->payload_type = xstrdup(text);
  if (need_bytes(envelope, "payload", &bundle->payload, &bundle->payload_length, err) < 0 ||
      value_need(envelope, "signatures", &signatures, err) < 0 ||
      value_array(&signatures, 1, &count, err) < 0)
    return -1;
  if (count == 0)
    return value_error(&signatures, err, "is empty");
  struct value signature = value_element(&signatures, 0);
  if (value_object(&signature, signature_keys, err) < 0)
    return -1;
  return need_bytes(&signature, "sig", &bundle->signature, &bundle->signature_length, err);
}

/* What it can be verified by: a key, of which there may be a hint, which is not needed. */
static int check_material(const struct value *material, struct error *err)
{
  static const char *const keys[] = {"publicKey",
                                     "certificate",
                                     "x509CertificateChain",
                                     "tlogEntries",
                                     "timestampVerificationData",
                                     NULL};
  static const char *const key_keys[] = {"hint", NULL};
  struct value member;
  if (value_object(material, keys, err) < 0)
    return -1;
  if (value_find(material, "certificate", &member) ||
      value_find(material, "x509CertificateChain", &member))
    return value_error(&member, err,
                       "cannot be checked here: it was made without a key of the signer's own");
  if (value_need(material, "publicKey", &member, err) < 0)
    return -1;
  return value_object(&member, key_keys, err);
}

static int read_bundle(const struct value *root, struct sigstore_bundle *bundle, struct error *err)
{
  static const char *const keys[] = {"mediaType", "verificationMaterial", "dsseEnvelope",
                                     "messageSignature", NULL};
  struct value material, envelope;
  if (value_object(root, keys, err) < 0 ||
      need_exactly(root, "mediaType", SIGSTORE_BUNDLE_TYPE, err) < 0 ||
      value_need(root, "verificationMaterial", &material, err) < 0 ||
      check_material(&material, err) < 0)
    return -1;
  if (value_find(root, "messageSignature", &envelope))
    return value_error(&envelope, err, "is a signature over a file, not over an image");
  if (value_need(root, "dsseEnvelope", &envelope, err) < 0)
    return -1;
  return read_envelope(&envelope, bundle, err);
}

/* Parses a text and reads its root by `read`. */
static int read_json(const char *bytes, size_t length, const char *name,
                     int (*read)(const struct value *root, void *data, struct error *err),
                     void *data, struct error *err)
{
  struct document document = {.name = name, .text = (char *)(uintptr_t)bytes, .length = length};
  cleanup_json struct json_object *tree = NULL;
  if (length > BUNDLE_SIZE_MAX)
    return error_set(err, "%s: more than %lu bytes", name, BUNDLE_SIZE_MAX);
  if (json_parse(bytes, length, name, &tree, err) < 0)
    return -1;
  document.tree = tree;
  struct value root = document_root(&document);
  return read(&root, data, err);
}

static int read_bundle_into(const struct value *root, void *data, struct error *err)
{
  return read_bundle(root, data, err);
}

int sigstore_bundle_parse(const char *bytes, size_t length, const char *name,
                          struct sigstore_bundle *bundle, struct error *err)
{
  *bundle = (struct sigstore_bundle){.payload = NULL};
  if (read_json(bytes, length, name, read_bundle_into, bundle, err) == 0)
    return 0;
  sigstore_bundle_free(bundle);
  return -1;
}

void sigstore_bundle_free(struct sigstore_bundle *bundle)
{
  free(bundle->payload_type);
  free(bundle->payload);
  free(bundle->signature);
  *bundle = (struct sigstore_bundle){.payload = NULL};
}

/* DSSE, protocol.md: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body */
char *sigstore_bundle_signed_bytes(const struct sigstore_bundle *bundle, size_t *length)
{
  char *bytes = NULL;
  FILE *stream = xmemstream(&bytes, length);
  fprintf(stream, "DSSEv1 %zu %s %zu ", strlen(bundle->payload_type), bundle->payload_type,
          bundle->payload_length);
  fwrite(bundle->payload, 1, bundle->payload_length, stream);
  xmemstream_close(stream);
  return bytes;
}

/* --- the statement ------------------------------------------------------------------------- */

static int read_digest(const struct value *subject, struct digest *digest, struct error *err)
{
  struct value digests, member;
  const char *text;
  if (value_need(subject, "digest", &digests, err) < 0 ||
      value_type(&digests, json_type_object, err) < 0 ||
      value_need_text(&digests, "sha256", &member, &text, err) < 0)
    return -1;
  return digest_from_hex(text, digest)
             ? 0
             : value_error(&member, err, "is not 64 hexadecimal digits in lower case");
}

/* in-toto's ResourceDescriptor; names and annotations need not be there. */
static int read_subject(const struct value *subject, struct statement *statement, struct error *err)
{
  static const char *const keys[] = {
      "name", "uri", "digest", "content", "mediaType", "downloadLocation", "annotations", NULL};
  struct value name;
  struct error cause;
  const char *text;
  if (value_object(subject, keys, err) < 0 || read_digest(subject, &statement->digest, err) < 0)
    return -1;
  if (!value_find(subject, "name", &name))
    return 0;
  if (value_text(&name, &text, err) < 0)
    return -1;
  if (text[0] != '\0' && reference_parse(text, &statement->reference, &cause) < 0)
    return value_error(&name, err, "names no image: %s", cause.text);
  return 0;
}

static int read_statement(const struct value *root, void *data, struct error *err)
{
  static const char *const keys[] = {"_type", "subject", "predicateType", "predicate", NULL};
  struct value subjects;
  size_t count;
  if (value_object(root, keys, err) < 0 || need_exactly(root, "_type", STATEMENT_TYPE, err) < 0 ||
      need_exactly(root, "predicateType", PREDICATE_TYPE, err) < 0 ||
      value_need(root, "subject", &subjects, err) < 0 || value_array(&subjects, 1, &count, err) < 0)
    return -1;
  if (count == 0)
    return value_error(&subjects, err, "is empty");
  struct value subject = value_element(&subjects, 0);
  return read_subject(&subject, data, err);
}

int sigstore_bundle_statement(const struct sigstore_bundle *bundle, const char *name,
                              struct statement *statement, struct error *err)
{
  *statement = (struct statement){.digest = {.text = ""}};
  if (!text_equal(bundle->payload_type, PAYLOAD_TYPE))
    return error_set(err, "%s: its payload is of type \"%.100s\", not \"" PAYLOAD_TYPE "\"", name,
                     bundle->payload_type);
  if (read_json(bundle->payload, bundle->payload_length, name, read_statement, statement, err) == 0)
    return 0;
  statement_free(statement);
  return -1;
}

void statement_free(struct statement *statement)
{
  reference_free(&statement->reference);
  *statement = (struct statement){.digest = {.text = ""}};
}
