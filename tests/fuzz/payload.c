/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a payload says is said again, the same, by the payload that is made of it.
 *
 * Covers: core/policy/payload.c
 */
#include "fuzz.h"

#include "policy/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  cleanup_payload struct payload payload, again;
  payload_parse((const char *)bytes, length, PAYLOAD_GPG, "fuzz", &again, &err);
  payload_free(&again);
  if (payload_parse((const char *)bytes, length, PAYLOAD_COSIGN, "fuzz", &payload, &err) < 0) {
    must(text_starts(err.text, "fuzz:"));
    return 0;
  }
  cleanup_free char *name = reference_text(&payload.reference);
  cleanup_free char *made = payload_make(name, &payload.digest);
  must(payload_parse(made, strlen(made), PAYLOAD_COSIGN, "again", &again, &err) == 0);
  cleanup_free char *name_again = reference_text(&again.reference);
  must(text_equal(name, name_again) && digest_equal(&payload.digest, &again.digest));
  return 0;
}
