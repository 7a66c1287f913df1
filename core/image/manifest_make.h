/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manifest for an image that has none: docker keeps only the config and the layers of what it has
 * built or loaded. The manifest is that of the image with its layers uncompressed (OCI image spec,
 * manifest.md): its config is the image's id, its layers are the diff ids. The same image always
 * gives the same bytes.
 */
#ifndef CORE_IMAGE_MANIFEST_MAKE_H
#define CORE_IMAGE_MANIFEST_MAKE_H

#include "image/image.h"

/* The bytes are owned by the caller. */
int manifest_make(const struct image *image, char **bytes, size_t *length, struct error *err);

#endif
