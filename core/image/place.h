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
 * The path of a lower folder as an overlay was told it: relative to `home`, maybe. For a container
 * with a user namespace of its own, containers/storage mounts the layers' folder at
 * HOME/LAYER/mapped/N with other owners, until the overlay is mounted. Owned by the caller.
 */
char *placed_lower(const char *home, const char *layer, const char *lower);

/* With userns-remap, docker's data lie in ROOT/UID.GID, the numbers of the user and group that are
   0 in containers. False, and both 0: it is no such folder. */
bool placed_is_remapped(const char *root, uint32_t *uid, uint32_t *gid);

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
