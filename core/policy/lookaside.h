/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures in a folder beside the registry (containers-registries.d(5); containers/image's
 * docs/signature-protocols.md): BASE/PATH@sha256=HEX/signature-1, -2, … up to the first that is
 * missing. Only bases with file: are read, since no network is asked when a container starts.
 */
#ifndef CORE_POLICY_LOOKASIDE_H
#define CORE_POLICY_LOOKASIDE_H

#include "image/reference.h"
#include "policy/signature_blobs.h"

#define LOOKASIDE_DEFAULT "file:///var/lib/containers/sigstore" /* where none is configured */

/* The folder of the signatures over a digest, by the path or URL of all; owned by the caller. */
char *lookaside_place(const char *base, const struct reference *reference,
                      const struct digest *digest);

/* Adds those over a digest of an image of this name. `base` is a URL. An error with errno
   EPROTONOSUPPORT if it is another than file:. */
int lookaside_signatures(const char *base, const struct reference *reference,
                         const struct digest *digest, struct signature_blobs *blobs,
                         struct error *err);

#endif
