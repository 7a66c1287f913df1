/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures that lie beside a registry, on a server of files (policy/lookaside.h): by the program
 * curl(1), since skopeo fetches them with the whole image only. They are put into the store,
 * because no network is asked when a container starts.
 */
#ifndef CORE_CTK_IMAGE_LOOKASIDE_H
#define CORE_CTK_IMAGE_LOOKASIDE_H

#include "ctk/image_registry.h"
#include "image/reference.h"
#include "policy/registries.h"
#include "policy/store.h"

/* Puts those over a digest of an image of this name into the store, and adds their number to
   `count`. There are none where no lookaside is configured, or one with file:, which is read at
   each start. What is no signature is left out with a word about it. */
int lookaside_fetch(const struct registry *registry, const struct registries *registries,
                    const struct reference *reference, const struct digest *digest,
                    struct store *store, size_t *count, struct error *err);

#endif
