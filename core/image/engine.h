/* SPDX-License-Identifier: Apache-2.0 */
/* What the engines' files and image.c have between them: an engine a file. */
#ifndef CORE_IMAGE_ENGINE_H
#define CORE_IMAGE_ENGINE_H

#include "image/image.h"
#include "image/place.h"

/*
 * Each finds the engine's record of the container whose writable layer is `placed->layer`, proves
 * that it is the one, and fills the image: recorded, name, id, manifests, layers, init. The mount
 * has not been compared with the layers yet. `image` is empty but for `engine` and `root`.
 */
typedef int engine_of_container(const struct image_container *container,
                                const struct placed *placed, struct image *image,
                                struct error *err);
engine_of_container docker_of_container, storage_of_container, containerd_of_container;

/* The same for image_by_name. */
typedef int engine_by_name(const char *name, struct image *image, struct error *err);
engine_by_name docker_by_name, storage_by_name, containerd_by_name;

/* The path of a blob that the engine may have kept; owned by the caller, NULL if it never keeps
   such. */
typedef char *engine_blob_path(const struct image *image, const struct digest *digest);
engine_blob_path docker_blob_path, storage_blob_path; /* containerd: content_path */

/* --- filling an image ---------------------------------------------------------------------- */

/* Sets the name as it was recorded, and in full if it is one. */
void image_set_name(struct image *image, const char *recorded);

/* Unless it is there. */
void image_add_manifest(struct image *image, const struct digest *digest);

/* "ROOT has no image NAME", errno ENOENT. */
int image_not_found(const struct image *image, const char *name, struct error *err);

/* A layer for each diff id, with nothing else in it yet. */
void image_set_layers(struct image *image, const struct image_config *config,
                      enum layer_record kind);

#endif
