/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/progress.h"

void progress_layer(struct progress *progress)
{
  if (progress->tell == NULL)
    return;
  pthread_mutex_lock(&progress->mutex);
  progress->done++;
  progress->tell(progress->done, progress->count, progress->bytes);
  pthread_mutex_unlock(&progress->mutex);
}

void progress_bytes(struct progress *progress, uint64_t bytes)
{
  if (progress->tell == NULL)
    return;
  pthread_mutex_lock(&progress->mutex);
  progress->bytes += bytes;
  if (progress->bytes - progress->told >= PROGRESS_STEP) {
    progress->told = progress->bytes;
    progress->tell(progress->done, progress->count, progress->bytes);
  }
  pthread_mutex_unlock(&progress->mutex);
}
