/* SPDX-License-Identifier: Apache-2.0 */
/* Signing an image as cosign does: simple signing by a private key (cosign's SIGNATURE_SPEC.md). */
#ifndef CORE_POLICY_SIGN_H
#define CORE_POLICY_SIGN_H

#include "image/reference.h"
#include "policy/key.h"

/* All owned by who signed. */
struct signed_image {
  char *payload; /* what was signed, a text */
  char *proof;   /* the signature over it, in base64 */
  char *bytes;   /* both, in the form of policy/signature.h */
  size_t length; /* of these */
};

/* Signs the manifest or index of this digest under a name. */
int image_sign(const struct key *key, const struct reference *reference,
               const struct digest *digest, struct signed_image *made, struct error *err);
void signed_image_free(struct signed_image *made);

#define cleanup_signed_image __attribute__((cleanup(signed_image_free)))

#endif
