/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be checked before a container starts, as the plugin image-verify found it out when the
 * container was created. It passes in a file that only root may write, whose digest is one of
 * verify-rootfs's arguments:
 *
 *     { "version": 1, "id": "…", "bundle": "/…", "rootfs": "/…", "upper": "/…", "init": "/…",
 *       "layers": [
 *         { "diff-id": "sha256:…", "folder": "/…", "kind": "tar-split", "record": "/…" },
 *         { "diff-id": "sha256:…", "folder": "/…", "kind": "blob", "record": "/…",
 *           "blob": "sha256:…" } ],
 *       "first-uid": 200000, "first-gid": 200000 }
 *
 * The lowest layer comes first. "upper", "init", "first-uid" and "first-gid" may be missing, and so
 * may "record": then the engine has kept none, and the layer can be checked only if a record of it
 * is in the cache.
 */
#ifndef CORE_ROOTFS_PLAN_H
#define CORE_ROOTFS_PLAN_H

#include "image/image.h"

#define PLAN_SIZE_MAX (4UL * 1024 * 1024)

/* All paths are absolute. */
struct plan {
  char *id, *bundle, *rootfs;    /* owned; the container's */
  char *upper, *init;            /* owned; NULL: there is none */
  uint32_t first_uid, first_gid; /* as in struct image */
  struct image_layer *layers;    /* owned; the lowest first */
  size_t layer_count;
};

/* The plan's text for a container, which image_of_container has filled; and its digest. Owned by
   the caller. */
char *plan_text(const struct image *image, const char *id, const char *bundle,
                struct digest *digest);

/*
 * Writes the plan of a container as a new file, mode 0600, by a rename; the folder must be there.
 * Stores the digest that verify-rootfs is to be told.
 */
int plan_write(const struct image *image, const char *id, const char *bundle, const char *path,
               struct digest *digest, struct error *err);

/* Opens by trust (common/trust.h); the bytes must be of this digest. */
int plan_read(const char *path, const struct digest *digest, struct plan *plan, struct error *err);

void plan_free(struct plan *plan);

#define cleanup_plan __attribute__((cleanup(plan_free)))

/* How long a check of these layers may take, in seconds: ten, and what reading them from a slow
   disk takes. For the time-out of the hook. */
unsigned plan_timeout(const struct image *image);

#endif
