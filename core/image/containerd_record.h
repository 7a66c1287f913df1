/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What containerd's databases say of a container or an image (containerd: metadata/buckets.go,
 * metadata/snapshot.go, snapshots/storage/bolt.go), below its root:
 *
 *     io.containerd.metadata.v1.bolt/meta.db, in bucket v1/NAMESPACE:
 *         containers/ID                    image, snapshotter, snapshotKey
 *         images/NAME/target               digest
 *         snapshots/overlayfs/KEY          name (in the snapshotter), parent (a key)
 *     io.containerd.snapshotter.v1.overlayfs/metadata.db:
 *         v1/snapshots/NAME                id (the folder's number), kind, parent (a name)
 */
#ifndef CORE_IMAGE_CONTAINERD_RECORD_H
#define CORE_IMAGE_CONTAINERD_RECORD_H

#include "image/bolt.h"
#include "image/digest.h"

struct snapshot {
  char *key;       /* in the namespace; owned */
  char *name;      /* in the snapshotter; owned */
  uint64_t number; /* of its folder */
};

/* What the databases say of a container, or of an image. */
struct record {
  const char *namespace, *id; /* borrowed */
  char *image;                /* its name; owned */
  struct digest target;       /* what the name leads to */
  struct snapshot *snapshots; /* owned; the uppermost first: a container's own … */
  size_t count;
  bool of_image; /* … or an image's */
};

/* Frees what was read; namespace and id stay. */
void record_clear(struct record *record);

#define cleanup_record __attribute__((cleanup(record_clear)))

/* Reads the record of the container `id` of a namespace: its image's name and what that leads to,
   its snapshots, and that both databases have them above each other alike. */
int record_read_container(const char *root, struct record *record, struct error *err);

/* The snapshots of an image only, whose uppermost chain id is `id`; errno ENOENT if it is not
   unpacked. */
int record_read_image(const char *root, struct record *record, struct error *err);

/* Views meta.db. */
int record_view(const char *root, bolt_reader *reader, void *data, struct error *err);

/* What an image's bucket leads to. */
int record_target(const struct bolt_bucket *image, struct digest *digest, struct error *err);

#endif
