/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which name a signature must give its image: "signedIdentity" of containers-policy.json(5). What
 * is compared is the name that a container was started by, by which its scope was found, with the
 * one that the signer signed.
 */
#ifndef CORE_POLICY_SIGNED_IDENTITY_H
#define CORE_POLICY_SIGNED_IDENTITY_H

#include "common/document.h"
#include "image/reference.h"

enum identity_type {
  IDENTITY_REPO_DIGEST_OR_EXACT, /* the default */
  IDENTITY_EXACT,
  IDENTITY_REPOSITORY,
  IDENTITY_EXACT_REFERENCE,
  IDENTITY_EXACT_REPOSITORY,
  IDENTITY_REMAP,
};

struct signed_identity {
  enum identity_type type;
  struct reference exact;       /* of the two exact… ones; owned */
  char *prefix, *signed_prefix; /* of remapIdentity; owned */
};

int signed_identity_read(const struct value *value, struct signed_identity *identity,
                         struct error *err);
void signed_identity_free(struct signed_identity *identity);

/*
 * `image` is the name of the container's image; NULL: it has none, and can then only have been
 * signed by the name in the policy. `claimed` is the name in the signature; NULL: it has none, and
 * matches nothing, since whoever asks for an identity did not say that any will do.
 */
bool signed_identity_matches(const struct signed_identity *identity, const struct reference *image,
                             const struct reference *claimed);

/* For messages: "matchRepository", "exactRepository host/path"; owned by the caller. */
char *signed_identity_text(const struct signed_identity *identity);

#endif
