/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One layer: the tar stream that its digest is of, against the folder that the engine unpacked it
 * into.
 *
 *     record + the files' bytes ─▶ tar stream ─┬▶ SHA-256 = diff id?      the bytes are the image's
 *     or blob, unpacked                        └▶ headers ─▶ each entry   type, mode, owner, links
 * … paths   ─▶ the folder   nothing else lies there
 *
 * The digest alone is not enough: a changed mode or owner, a file too many, and a link in a file's
 * place leave it as it is. And what the headers say holds only if the digest is right in the end,
 * so no difference is not yet a good layer: layer_check says.
 */
#ifndef CORE_ROOTFS_LAYER_H
#define CORE_ROOTFS_LAYER_H

#include "image/hash.h"
#include "image/image.h"
#include "rootfs/differences.h"
#include "rootfs/folders.h"
#include "rootfs/links.h"
#include "rootfs/paths.h"
#include "rootfs/progress.h"
#include "rootfs/record.h"
#include "rootfs/repeats.h"
#include "rootfs/tar.h"

struct layer {
  const struct image_layer *plan; /* borrowed */
  char *where;                    /* owned; "layer 2 (sha256:…)", for messages */
  const struct folders *folders;  /* borrowed */
  size_t index;                   /* which of them is this one's */
  struct differences *found;      /* borrowed */
  struct progress *progress;      /* borrowed; of layers only */
  bool beside;                    /* as in the task */

  struct paths *paths; /* owned; what the image has in it */
  struct links *links; /* owned */
  char **whiteouts;    /* owned; paths that must be hidden */
  size_t whiteout_count;
  struct repeats *repeats; /* owned */
  bool reread;             /* the repeats are those of the reading before this one */
  size_t differences;      /* of this layer */
};

/* What is compared with what; all borrowed. */
struct layer_task {
  const struct image_layer *plan;
  const struct folders *folders; /* all of the root file system's */
  size_t index;                  /* which of them is this layer's */
  struct differences *found;     /* for what differs */
  struct progress *progress;
  bool beside; /* it is hashed by a thread of its own (rootfs/hasher.h) */
};

/*
 * Compares a layer. 0: it is what its digest says; 1: it is not, as was added to `found`; -1: it
 * could not be compared to the end, which is no better. Of a blob a record is written, if `record`
 * is not NULL (borrowed); it is worth something only after 0.
 */
int layer_check(const struct layer_task *task, struct record *record, struct error *err);

/* --- for the files of this check -------------------------------------------------------------- */

void layer_difference(struct layer *layer, const char *path, const char *format, ...)
    PRINTF_LIKE(3, 4);
void layer_tolerated(struct layer *layer, const char *name, const char *path);

static inline int layer_folder(const struct layer *layer)
{
  return layer->folders->fds[layer->index];
}

/* Of what lies in its folder, whose owner becomes the image's (rootfs/owners.h). */
static inline void layer_translate(const struct layer *layer, struct stat *status)
{
  owners_translate(folders_owners(layer->folders, layer->index), status);
}

#endif
