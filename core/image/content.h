/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs by their digest: containerd's content store below its root, and OCI layouts. */
#ifndef CORE_IMAGE_CONTENT_H
#define CORE_IMAGE_CONTENT_H

#include "image/image.h"

/* The path that a blob would have; owned by the caller. */
char *content_path(const struct image *image, const struct digest *digest);

/*
 * Fills the image's id, manifests and layers (but their folders) from what its name leads to: a
 * manifest, or an index of which one manifest is chosen. With a chain id that is the one whose
 * layers make it; else the one for this machine. None, or several with different configs: an error.
 */
int content_read_image(const struct digest *target, const struct digest *chain, struct image *image,
                       struct error *err);

#endif
