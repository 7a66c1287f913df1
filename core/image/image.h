/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which image a container really is, by the engine's own state on disk. Never by annotations, which
 * its user writes.
 *
 *     container ─▶ its mounted root file system ─▶ the engine's record of just this mount
 *               ─▶ image id = digest of the config ─▶ diff ids ─▶ the layers' folders
 *
 * What comes out hangs together: the config's bytes have the digest that is the id, the diff ids
 * are that config's, and the layers that the engine put below this container's own are those of
 * these diff ids. Whether the layers hold what they should is not looked at (verify-rootfs does).
 * An engine or a storage that is not known, a record that is ambiguous or contradicts another, and
 * whatever changes while it is read: an error that says so. Nobody shall start a container on a
 * guess.
 */
#ifndef CORE_IMAGE_IMAGE_H
#define CORE_IMAGE_IMAGE_H

#include "common/error.h"
#include "image/manifest.h"

enum image_engine {
  IMAGE_DOCKER,     /* its own layer store, overlay2 */
  IMAGE_STORAGE,    /* containers/storage, overlay: podman, CRI-O, buildah */
  IMAGE_CONTAINERD, /* its overlayfs snapshotter: ctr, CRI, nerdctl */
  IMAGE_LAYOUT,     /* none: a folder with an OCI image layout (image-layout.md) */
};

/* What tells which files a layer has: the tar stream whose digest is the diff id. */
enum layer_record {
  LAYER_TAR_SPLIT, /* all of the tar stream but the files' bytes, which lie in the folder; gzip */
  LAYER_BLOB,      /* the tar stream, compressed or not */
};

struct image_layer {
  struct digest diff_id;
  char *folder; /* absolute; the files as the engine unpacked them; owned; NULL: of an image by its
                   name only, which containerd has not unpacked */
  enum layer_record kind;
  char *record;       /* absolute; owned; NULL: the engine has kept none */
  struct digest blob; /* of LAYER_BLOB: the digest of the record's bytes */
};

struct image {
  enum image_engine engine;
  char *root;       /* the engine's data root, links resolved; owned */
  char *recorded;   /* the name as the engine recorded it, for messages; owned; "" for none */
  char *name;       /* the same in full, "latest" put in where it has neither tag nor digest
                       (reference_typed); owned; NULL: it goes by its id only */
  struct digest id; /* of its config */
  struct digest *manifests; /* owned; of manifests and indexes that, the engine says, it came by */
  size_t manifest_count;
  struct image_layer *layers; /* owned; the lowest first; an image of no layers has none */
  size_t layer_count;
  uint32_t first_uid,
      first_gid; /* the layers' owners on disk: the numbers of user and group 0, from
                    which all others count on. 0 but for docker with userns-remap */

  /* Of a container, else NULL; all absolute and owned. */
  char *rootfs; /* where it is mounted */
  char *upper;  /* what the container writes to */
  char *init;   /* docker: the layer with the files that docker makes itself, above the image's */
};

/* All borrowed. */
struct image_container {
  const char *id, *bundle;
  const char *rootfs;       /* root.path; relative to the bundle, if it is */
  const char *const *roots; /* the data roots of engines that are believed; ended by NULL */
  const char *mountinfo;    /* NULL: /proc/self/mountinfo */
};

/* The usual data roots of all engines; ended by NULL. */
extern const char *const image_default_roots[];

int image_of_container(const struct image_container *container, struct image *image,
                       struct error *err);

/* An image by a name, an id or a digest, as users type them, in one engine's data root: for those
   who sign and try. containerd's namespaces are all looked through; NAMESPACE/NAME says which, and
   must where they differ. An error with errno ENOENT if it has none of that name. */
int image_by_name(enum image_engine engine, const char *root, const char *name, struct image *image,
                  struct error *err);

/* The image that a manifest or index in an OCI layout is, by the name that it shall go by (NULL:
   none). Nothing is unpacked there: layers have no folder. */
int image_of_layout(const char *folder, const struct digest *target, const char *name,
                    struct image *image, struct error *err);

/*
 * The bytes of a config, manifest or index that the engine has kept, of the right digest; owned by
 * the caller. An error with errno ENOENT if it has none (docker keeps no manifests).
 */
int image_blob(const struct image *image, const struct digest *digest, size_t limit, char **bytes,
               size_t *length, struct error *err);

/* "docker", "containers-storage", "containerd", "an OCI layout". */
const char *image_engine_name(enum image_engine engine);

void image_free(struct image *image);

#define cleanup_image __attribute__((cleanup(image_free)))

#endif
