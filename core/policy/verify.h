/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May this image run? The chain from the admin's policy to the image's id:
 *
 *     policy scope ─▶ key ─▶ signature over a payload ─▶ manifest digest
 *                  [─▶ index, which lists the manifest] ─▶ manifest ─▶ config digest = image id
 *
 * The chain is walked from its end: of which manifests is this config, which indexes list those,
 * which signatures are there over any of them, and is one of those by a key of the policy, with the
 * name that it asks for? Manifests come from the engine and the trust store, signatures from there
 * too and from lookaside folders: wherever they come from, they prove themselves.
 *
 * Every step is noted in a trail (policy/trail.h). A refusal's message names the image, its id, the
 * scope, what was tried and what would mend it.
 */
#ifndef CORE_POLICY_VERIFY_H
#define CORE_POLICY_VERIFY_H

#include "common/error.h"
#include "image/image.h"
#include "policy/policy.h"
#include "policy/store.h"
#include "policy/trail.h"

/* What is believed, and where signatures are looked for. All borrowed. */
struct image_trust {
  const struct policy *policy;
  const struct store *store; /* NULL: there is none */
  const char *registries;    /* the folder of containers-registries.d(5), whose lookasides with
                                file: are read; NULL: none are */
  const char *gpgv;          /* its path; NULL: where the system has it */
};

#define REGISTRIES_DEFAULT "/etc/containers/registries.d"

struct verdict {
  bool accepted;
  char *scope;            /* of the policy: "docker 127.0.0.1:5055/team", "docker" for all of the
                             transport, "default"; owned; set however it
                             ended */
  char *key;              /* whose signature decided: "SHA256:…" or a GPG fingerprint; owned;
                             NULL: none was asked for */
  struct digest manifest; /* the manifest whose config the image is; "" where neither a signature
                             was asked for nor a digest, by a scope NAME@DIGEST */
  struct digest signed_digest; /* what was signed: the manifest, or an index that lists it; "" where
                                  no signature was asked for */
};

void verdict_free(struct verdict *verdict);

#define cleanup_verdict __attribute__((cleanup(verdict_free)))

/* Returns 0 if the policy accepts the image, -1 with the reason and the mend otherwise. Both fill
   the verdict and add to the trail. */
int image_verify(const struct image_trust *trust, const struct image *image,
                 struct verdict *verdict, struct trail *trail, struct error *err);

#endif
