/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature over an image, of any of the kinds that are known, in the forms in which
 * containers/storage, lookaside folders and our own store keep them:
 *
 *     an OpenPGP message                       GPG simple signing (containers-signature(5))
 *     NUL "sigstore-json\n" {"mimeType", "payload", "annotations"}
 *                                              what was attached to the image in a registry:
 *                                              cosign simple signing, or a sigstore bundle
 *     {"mediaType": "…sigstore.bundle.v0.3+json", …}
 *                                              a sigstore bundle as a file
 *
 * Nothing in a signature is looked at before its bytes are verified, but for what is needed to
 * verify them.
 */
#ifndef CORE_POLICY_SIGNATURE_H
#define CORE_POLICY_SIGNATURE_H

#include "image/reference.h"
#include "policy/sigstore_bundle.h"
#include "policy/trusted_keys.h"

#define SIGNATURE_COSIGN_TYPE "application/vnd.dev.cosign.simplesigning.v1+json"
#define SIGNATURE_COSIGN_ANNOTATION "dev.cosignproject.cosign/signature"

enum signature_kind { SIGNATURE_GPG, SIGNATURE_COSIGN, SIGNATURE_BUNDLE };

struct signature {
  enum signature_kind kind;
  const char *name; /* for messages; borrowed */
  char *bytes;      /* GPG: the message; cosign: the payload; owned */
  size_t length;
  char *proof; /* cosign: the signature itself; owned */
  size_t proof_length;
  struct sigstore_bundle bundle;
};

int signature_parse(const char *bytes, size_t length, const char *name, struct signature *signature,
                    struct error *err);
void signature_free(struct signature *signature);

#define cleanup_signature __attribute__((cleanup(signature_free)))

/* "GPG signature", "cosign signature", "sigstore bundle". */
const char *signature_kind_name(enum signature_kind kind);

/* What a signer said, and who it was. */
struct claim {
  struct digest digest;       /* of the manifest or index */
  struct reference reference; /* the image's name; its repository is NULL if none was signed */
  char *key;                  /* "SHA256:…", or the fingerprint of a GPG key; owned */
};

/* Verifies with each of the keys, then reads what was signed. `gpgv` as in gpg_verify(). */
int signature_verify(const struct signature *signature, const struct trusted_keys *keys,
                     const char *gpgv, struct claim *claim, struct error *err);
void claim_free(struct claim *claim);

/* What a signature says that it is over, which nobody has verified: only to put it where it will be
   looked for, and for lists. The claim has no key. Of a GPG signature that cannot be told: -1 with
   errno ENOTSUP. */
int signature_peek(const struct signature *signature, struct claim *claim, struct error *err);

#define cleanup_claim __attribute__((cleanup(claim_free)))

/* A cosign signature in the form above, of a payload and the signature over it (key_sign); owned by
   the caller. */
char *signature_make(const char *payload, size_t payload_length, const char *proof,
                     size_t proof_length, size_t *length);

/* The same of a layer of an image of signatures in a registry: what lies in it, its media type, and
   its annotation SIGNATURE_COSIGN_ANNOTATION (base64; NULL: it has none, as a bundle). */
char *signature_from_layer(const char *media_type, const char *bytes, size_t size,
                           const char *annotation, size_t *length);

#endif
