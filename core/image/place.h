/* SPDX-License-Identifier: Apache-2.0 */
/* Whose is an overlay mount? What a container writes to lies in a folder of its engine's. */
#ifndef CORE_IMAGE_PLACE_H
#define CORE_IMAGE_PLACE_H

#include "image/image.h"

/* Where the folders of an overlay mount lie. All owned. */
struct placed {
  enum image_engine engine;
  char *root;  /* the engine's data root */
  char *home;  /* the folder of its layers, from which relative paths count */
  char *layer; /* the container's own one: its folder's name in there */
};

/*
 * Takes a mount's upperdir apart: which engine's it is, and that its data root is one of `roots`
 * (compared without links), in which nobody but root can have put layers. `rootfs` is where it is
 * mounted.
 */
int placed_find(const char *rootfs, const char *upper, const char *const *roots,
                struct placed *placed, struct error *err);

void placed_free(struct placed *placed);

#define cleanup_placed __attribute__((cleanup(placed_free)))

#endif
