/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of all kinds; of a bundle also its statement, as if it were signed.
 *
 * Covers: core/image/signature.c
 */
#include "fuzz.h"

#include "image/signature.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  cleanup_signature struct signature signature;
  if (signature_parse((const char *)bytes, length, "fuzz", &signature, &err) < 0)
    return 0;
  if (signature.kind == SIGNATURE_BUNDLE)
    read_bundle(&signature.bundle);
  if (signature.kind != SIGNATURE_COSIGN)
    return 0;
  size_t made_length;
  cleanup_free char *made = signature_make(signature.bytes, signature.length, signature.proof,
                                           signature.proof_length, &made_length);
  cleanup_signature struct signature again;
  must(signature_parse(made, made_length, "again", &again, &err) == 0);
  must(again.length == signature.length && again.proof_length == signature.proof_length);
  return 0;
}
