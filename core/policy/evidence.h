/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What there is that can prove an image: its manifests, the indexes that list those, and the
 * signatures over any of them, from all places where they may lie. Each manifest has the digest
 * that it goes by and leads to the image's id; the signatures are not verified yet.
 */
#ifndef CORE_POLICY_EVIDENCE_H
#define CORE_POLICY_EVIDENCE_H

#include "policy/verify.h"

#define EVIDENCE_MAX 64 /* manifests and indexes that are looked at */

/* What a signer may have signed. */
struct evidence_item {
  struct digest digest;   /* of the manifest or index */
  struct digest manifest; /* the manifest that it is, or that it lists */
  struct signature_blobs signatures;
};

struct evidence {
  struct evidence_item *items; /* owned */
  size_t count;
  struct error unread; /* the first thing that could not be read; "": none */
};

/* Goes as far as it can: what cannot be read is noted in the trail. `reference` is the image's
   name, by which lookasides are found; NULL: none. */
void evidence_find(const struct image_trust *trust, const struct image *image,
                   const struct reference *reference, struct evidence *evidence,
                   struct trail *trail);
void evidence_free(struct evidence *evidence);

#define cleanup_evidence __attribute__((cleanup(evidence_free)))

/* How many signatures there are in all. */
size_t evidence_signatures(const struct evidence *evidence);

#endif
