/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signatures that containers/storage keeps of an image that podman or CRI-O pulled: in the big
 * data `signature-HEX` of the image, all over the manifest with these digits one behind the other,
 * their lengths in the image's metadata ("signatures-sizes"; containers/image, storage_image.go).
 */
#ifndef CORE_POLICY_STORAGE_SIGNATURES_H
#define CORE_POLICY_STORAGE_SIGNATURES_H

#include "image/image.h"
#include "policy/signature_blobs.h"

/* Adds those over a digest; of an image of another engine there are none. */
int storage_signatures(const struct image *image, const struct digest *digest,
                       struct signature_blobs *blobs, struct error *err);

#endif
