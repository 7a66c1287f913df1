/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the image, or the running container's image, that a user means. */
#ifndef CORE_CTK_IMAGE_FIND_H
#define CORE_CTK_IMAGE_FIND_H

#include "image/image.h"

/* Where to look; both may be NULL: in the usual data roots of all engines. Borrowed. */
struct image_place {
  const char *engine; /* as image_engine_name has it, or "podman" or "crio" */
  const char *root;   /* its data root; goes with an engine */
};

/* By name, id or digest. Two engines may have it if it is the same one in both. -1 with errno
   ENOENT if none has it. */
int image_find(const struct image_place *place, const char *word, struct image *image,
               struct error *err);

/* By a running container's name, id, or the beginning of that. With a bundle it is looked for
   nowhere else, and an id must be whole. -1 with errno ENOENT if there is none. */
int image_find_container(const struct image_place *place, const char *word, const char *bundle,
                         struct image *image, struct error *err);

#endif
