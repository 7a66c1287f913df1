/* SPDX-License-Identifier: Apache-2.0 */
/* How far a check is, for people who wait. Its threads say what they have done. */
#ifndef CORE_ROOTFS_PROGRESS_H
#define CORE_ROOTFS_PROGRESS_H

#include "common/util.h"

#include <pthread.h>

#define PROGRESS_STEP (16UL * 1024 * 1024) /* bytes, after which it is told again */

/* `done` of `count` layers, and so many bytes of files, those of layers at work among them. */
typedef void progress_tell(size_t done, size_t count, uint64_t bytes);

struct progress {
  progress_tell *tell; /* by one thread at a time, whichever it is; NULL: nobody is told */
  size_t count;
  pthread_mutex_t mutex; /* over what follows, and the telling */
  size_t done;
  uint64_t bytes, told; /* at the last step */
};

/* A layer is done. */
void progress_layer(struct progress *progress);

/* So many bytes of files are. */
void progress_bytes(struct progress *progress, uint64_t bytes);

#endif
