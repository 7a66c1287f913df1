/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/sign.h"

#include "common/base64.h"
#include "policy/payload.h"
#include "policy/signature.h"

int image_sign(const struct key *key, const struct reference *reference,
               const struct digest *digest, struct signed_image *made, struct error *err)
{
  cleanup_free char *name = reference_text(reference), *proof = NULL;
  size_t proof_length;
  *made = (struct signed_image){.payload = payload_make(name, digest)};
  size_t length = strlen(made->payload);
  if (key_sign(key, made->payload, length, &proof, &proof_length, err) < 0) {
    signed_image_free(made);
    return -1;
  }
  made->proof = base64_encode(proof, proof_length);
  made->bytes = signature_from_layer(SIGNATURE_COSIGN_TYPE, made->payload, length, made->proof,
                                     &made->length);
  return 0;
}

void signed_image_free(struct signed_image *made)
{
  free(made->payload);
  free(made->proof);
  free(made->bytes);
  *made = (struct signed_image){.payload = NULL};
}
