/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statement in a bundle, which only a key's owner can write, and its envelope around it.
 *
 * Covers: core/policy/sigstore_bundle.c
 */
#include "fuzz.h"

#include "policy/sigstore_bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  struct statement statement;
  cleanup_free char *text = fuzz_text(bytes, length);
  const struct sigstore_bundle bundle = {.payload_type =
                                             (char *)(uintptr_t) "application/vnd.in-toto+json",
                                         .payload = text,
                                         .payload_length = length};
  if (sigstore_bundle_statement(&bundle, "fuzz", &statement, &err) == 0)
    must(digest_is_set(&statement.digest));
  else
    must(text_starts(err.text, "fuzz:"));
  statement_free(&statement);

  size_t signed_length;
  cleanup_free char *signed_bytes = sigstore_bundle_signed_bytes(&bundle, &signed_length);
  must(signed_length > length &&
       text_starts(signed_bytes, "DSSEv1 28 application/vnd.in-toto+json "));
  must(length == 0 || memcmp(signed_bytes + signed_length - length, bytes, length) == 0);

  cleanup_sigstore_bundle struct sigstore_bundle envelope;
  if (sigstore_bundle_parse(text, length, "fuzz", &envelope, &err) == 0)
    must(envelope.payload_type != NULL && envelope.payload != NULL && envelope.signature != NULL);
  return 0;
}
