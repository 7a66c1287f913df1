/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of sigstore signatures, by libcrypto: public ones that verify, private ones that sign. Both
 * are PEM files as `openssl` makes them (RFC 7468: "PUBLIC KEY", "PRIVATE KEY", and the older "RSA
 * PUBLIC KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY").
 *
 * What is signed is hashed by SHA-256, as cosign and containers/image do for every key; with
 * ECDSA P-384 a signature over a SHA-384 is accepted too, as sigstore's newer clients make it.
 * Ed25519 hashes for itself.
 */
#ifndef CORE_POLICY_KEY_H
#define CORE_POLICY_KEY_H

#include "common/error.h"

#define KEY_SIZE_MAX (64UL * 1024) /* bytes of a file */
#define KEY_RSA_BITS_MIN 2048
#define KEY_RSA_BITS_MAX 16384 /* more take longer than a container may take to start */

struct key; /* of either kind */

/* One public key: ECDSA P-256 or P-384, Ed25519, or RSA. The bytes hold nothing but it and white
   space, since of a second key nobody could say whether it counts. `name` is for messages. */
int key_parse(const char *pem, size_t length, const char *name, struct key **key,
              struct error *err);

/* The file is opened by trust (common/trust.h). */
int key_read(const char *path, struct key **key, struct error *err);

/* A private key to sign with; NULL is no passphrase. The file must be readable by its owner alone.
   -1 with errno EACCES: it is encrypted, and the passphrase is wrong or missing. */
int key_read_private(const char *path, const char *passphrase, struct key **key, struct error *err);

void key_free(struct key *key);

static inline void cleanup_keyp(struct key **key)
{
  key_free(*key);
}

#define cleanup_key __attribute__((cleanup(cleanup_keyp)))

/* "SHA256:" and 64 digits: the digest of the public key (SubjectPublicKeyInfo, DER), as in
   `openssl pkey -pubin -in KEY -outform DER | sha256sum`; borrowed. */
const char *key_id(const struct key *key);

/* "ECDSA P-256", "Ed25519", "RSA 3072"; borrowed. */
const char *key_kind(const struct key *key);

/* Is this a signature by this key over these bytes? ECDSA's is DER, RSA's PKCS #1 v1.5. */
bool key_verify(const struct key *key, const void *bytes, size_t length, const void *signature,
                size_t signature_length);

/* The signature is owned by the caller. */
int key_sign(const struct key *key, const void *bytes, size_t length, char **signature,
             size_t *signature_length, struct error *err);

/* The public key as PEM; owned by the caller. */
char *key_public_pem(const struct key *key);

#endif
