/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures that are attached to images in a registry (cosign's SIGNATURE_SPEC.md and
 * BUNDLE_SPEC.md):
 *
 *     REPOSITORY:sha256-HEX.sig   an image whose layers are payloads, each with its signature as
 *                                 an annotation
 *     REPOSITORY:sha256-HEX       an index of what refers to that digest, sigstore bundles among
 *                                 it (distribution spec, "Referrers Tag Schema")
 */
#ifndef CORE_CTK_IMAGE_ATTACHED_H
#define CORE_CTK_IMAGE_ATTACHED_H

#include "ctk/image_registry.h"
#include "policy/sign.h"
#include "policy/store.h"

/* Puts all signatures over a digest into the store, and adds their number to `count`. One that is
   of no known form is left out with a word about it. */
int attached_fetch(const struct registry *registry, const char *repository,
                   const struct digest *digest, struct store *store, size_t *count,
                   struct error *err);

/* Adds a signature to those under cosign's tag; the others stay as they are. */
int attached_push(const struct registry *registry, const char *repository,
                  const struct digest *digest, const struct signed_image *made, struct error *err);

#endif
