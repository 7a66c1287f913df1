/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is signed in simple signing (containers-signature(5), cosign's SIGNATURE_SPEC.md): an
 * image's name and the digest of its manifest.
 *
 *     {"critical": {"type": …, "image": {"docker-manifest-digest": …},
 *                   "identity": {"docker-reference": …}}, "optional": …}
 *
 * Parse it only after the signature over its bytes was verified.
 */
#ifndef CORE_POLICY_PAYLOAD_H
#define CORE_POLICY_PAYLOAD_H

#include "common/error.h"
#include "image/reference.h"

#define PAYLOAD_SIZE_MAX (64UL * 1024) /* bytes */

enum payload_type { PAYLOAD_GPG, PAYLOAD_COSIGN };

struct payload {
  struct digest digest;
  struct reference reference;
};

/* Strictly: exactly these keys, the type that is expected, a digest that is SHA-256, a name that is
   one; only "optional" may hold what is not known. */
int payload_parse(const char *bytes, size_t length, enum payload_type type, const char *name,
                  struct payload *payload, struct error *err);
void payload_free(struct payload *payload);

#define cleanup_payload __attribute__((cleanup(payload_free)))

/* A cosign payload for this image, byte for byte as cosign writes it; owned by the caller. */
char *payload_make(const char *reference, const struct digest *digest);

#endif
