/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures by OpenPGP keys, verified by the program `gpgv`: it knows nothing but the keys that it
 * is given, and no network, agent or trust database.
 */
#ifndef CORE_POLICY_GPG_H
#define CORE_POLICY_GPG_H

#include "common/error.h"

#define GPG_FINGERPRINT_MAX 64           /* digits: 40 of version 4, 64 of version 5 */
#define KEYRING_SIZE_MAX (1024UL * 1024) /* bytes of one file, and of all of them */

/* Public keys in binary, as gpgv wants them. */
struct keyring {
  char *bytes; /* owned */
  size_t length;
};

/* Adds what a file holds: keys in binary (`gpg --export`) or armored (`gpg --armor --export`),
   several or in several blocks too. Refused: secret keys, keyboxes, and what is damaged. */
int keyring_add(struct keyring *keyring, const char *bytes, size_t length, const char *name,
                struct error *err);
void keyring_free(struct keyring *keyring);

#define cleanup_keyring __attribute__((cleanup(keyring_free)))

/* Does it begin like a binary OpenPGP message that holds what is signed? */
bool gpg_is_signature(const char *bytes, size_t length);

struct gpg_signed {
  char *bytes; /* what was signed; owned */
  size_t length;
  char fingerprint[GPG_FINGERPRINT_MAX + 1]; /* of the primary key of the signer */
};

/*
 * Verifies an OpenPGP signed message. It must hold one text and one signature over it, good, by a
 * hash that is not broken and a key of the keyring that is neither expired nor revoked. `program`
 * is the path of gpgv; NULL: it is looked for where programs of the system are. Without gpgv
 * nothing is accepted.
 */
int gpg_verify(const char *program, const struct keyring *keyring, const char *message,
               size_t length, struct gpg_signed *opened, struct error *err);
void gpg_signed_free(struct gpg_signed *opened);

#define cleanup_gpg_signed __attribute__((cleanup(gpg_signed_free)))

#endif
