/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of all kinds; of a bundle also its statement, as if it were signed.
 *
 * Covers: core/policy/signature.c
 */
#include "folder.h"

#include "policy/signature.h"
#include "policy/trusted_keys.h"

/* ECDSA P-256, of no other use. */
#define KEY                                                            \
  "-----BEGIN EC PRIVATE KEY-----\n"                                   \
  "MHcCAQEEIKuwfQ2F+6AnZEvfZ08lYnHL1yPdvd8hQFs7XdNVv+H6oAoGCCqGSM49\n" \
  "AwEHoUQDQgAE/0Pvaw2iXbwDSVHyIvBm9VQUyhTXju6OMHTaw7qzkcUNLtj/0I+7\n" \
  "w3G08DxMQ7Ln5kcuvMpEI4/gwdpdZZ6Kkw==\n"                             \
  "-----END EC PRIVATE KEY-----\n"

static void read_bundle(const struct sigstore_bundle *bundle)
{
  struct error err;
  struct statement statement;
  size_t length;
  cleanup_free char *signed_bytes = sigstore_bundle_signed_bytes(bundle, &length);
  must(length > bundle->payload_length && text_starts(signed_bytes, "DSSEv1 "));
  if (sigstore_bundle_statement(bundle, "fuzz", &statement, &err) < 0)
    return;
  must(digest_is_set(&statement.digest));
  statement_free(&statement);
}

/* What it says it is over, as far as anybody can tell, is of a known form. */
static void peek(const struct signature *signature)
{
  struct error err = {.text = ""};
  cleanup_claim struct claim claim = {.key = NULL};
  must(signature_kind_name(signature->kind)[0] != '\0');
  if (signature_peek(signature, &claim, &err) < 0)
    must(err.text[0] != '\0');
  else
    must(digest_is_set(&claim.digest) && claim.key == NULL);
}

/* A key of our own, made for this run, which has signed none of what the input has. */
static struct key *our_key(void)
{
  static struct key *key = NULL;
  struct error err;
  if (key != NULL)
    return key;
  cleanup_free char *path = fuzz_path("key.pem");
  fuzz_make_folder();
  must(fuzz_write("key.pem", KEY, strlen(KEY)) && key_read_private(path, NULL, &key, &err) == 0);
  return key;
}

static void expect_refused(const struct signature *signature)
{
  struct error err = {.text = ""};
  cleanup_claim struct claim claim = {.key = NULL};
  struct key *keys[] = {our_key()};
  const struct trusted_keys sigstore = {.type = REQUIREMENT_SIGSTORE, .keys = keys, .count = 1};
  const struct trusted_keys none = {.type = REQUIREMENT_GPG, .keys = NULL};
  must(signature_verify(signature, &sigstore, "/bin/false", &claim, &err) < 0 &&
       err.text[0] != '\0');
  if (signature->kind != SIGNATURE_GPG) /* else a program would be started */
    must(signature_verify(signature, &none, "/bin/false", &claim, &err) < 0);
}

/* The bytes signed by our key: accepted if they are a payload, and then as what they say. */
static void sign_payload(const char *payload, size_t length)
{
  struct error err = {.text = ""};
  struct key *keys[] = {our_key()};
  const struct trusted_keys sigstore = {.type = REQUIREMENT_SIGSTORE, .keys = keys, .count = 1};
  cleanup_claim struct claim claim = {.key = NULL}, peeked = {.key = NULL};
  cleanup_signature struct signature signature;
  cleanup_free char *proof = NULL, *made = NULL;
  size_t proof_length, made_length;
  must(key_sign(keys[0], payload, length, &proof, &proof_length, &err) == 0);
  made = signature_make(payload, length, proof, proof_length, &made_length);
  must(signature_parse(made, made_length, "made", &signature, &err) == 0);
  int result = signature_verify(&signature, &sigstore, NULL, &claim, &err);
  must(signature_peek(&signature, &peeked, &err) == result);
  must(result < 0 || (digest_equal(&claim.digest, &peeked.digest) && claim.key != NULL));
}

/* The statement of a bundle, signed by our key. */
static void sign_bundle(struct sigstore_bundle *bundle)
{
  struct error err = {.text = ""};
  struct key *keys[] = {our_key()};
  const struct trusted_keys sigstore = {.type = REQUIREMENT_SIGSTORE, .keys = keys, .count = 1};
  cleanup_claim struct claim claim = {.key = NULL};
  size_t length;
  cleanup_free char *bytes = sigstore_bundle_signed_bytes(bundle, &length);
  free(bundle->signature);
  must(key_sign(keys[0], bytes, length, &bundle->signature, &bundle->signature_length, &err) == 0);
  const struct signature signature = {.kind = SIGNATURE_BUNDLE, .name = "made", .bundle = *bundle};
  struct statement statement;
  int expected = sigstore_bundle_statement(bundle, "made", &statement, &err);
  must(signature_verify(&signature, &sigstore, NULL, &claim, &err) == expected);
  must(expected < 0 || digest_equal(&claim.digest, &statement.digest));
  if (expected == 0)
    statement_free(&statement);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  cleanup_signature struct signature signature;
  sign_payload((const char *)bytes, length);
  if (signature_parse((const char *)bytes, length, "fuzz", &signature, &err) < 0)
    return 0;
  peek(&signature);
  expect_refused(&signature);
  if (signature.kind == SIGNATURE_BUNDLE) {
    read_bundle(&signature.bundle);
    sign_bundle(&signature.bundle);
  }
  if (signature.kind != SIGNATURE_COSIGN)
    return 0;
  sign_payload(signature.bytes, signature.length);
  size_t made_length;
  cleanup_free char *made = signature_make(signature.bytes, signature.length, signature.proof,
                                           signature.proof_length, &made_length);
  cleanup_signature struct signature again;
  must(signature_parse(made, made_length, "again", &again, &err) == 0);
  must(again.length == signature.length && again.proof_length == signature.proof_length);
  return 0;
}
