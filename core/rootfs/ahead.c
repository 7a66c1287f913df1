/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/ahead.h"

#include "common/file.h"
#include "image/tarsplit.h"
#include "rootfs/beneath.h"

#include <pthread.h>

#define STACK (256UL * 1024)

struct ahead {
  int folder;         /* borrowed */
  const char *record; /* borrowed */
  pthread_t thread;
  pthread_mutex_t mutex; /* over all that follows */
  pthread_cond_t moved;
  uint64_t files_done, bytes_done;   /* by the check */
  uint64_t files_asked, bytes_asked; /* by the thread */
  bool stop;
};

/* Waits until the check has come near. False: it is over. */
static bool wait_turn(struct ahead *ahead, uint64_t size)
{
  pthread_mutex_lock(&ahead->mutex);
  while (!ahead->stop && (ahead->files_asked > ahead->files_done + AHEAD_FILES ||
                          ahead->bytes_asked > ahead->bytes_done + AHEAD_BYTES))
    pthread_cond_wait(&ahead->moved, &ahead->mutex);
  ahead->files_asked++;
  ahead->bytes_asked += size;
  bool go_on = !ahead->stop;
  pthread_mutex_unlock(&ahead->mutex);
  return go_on;
}

/* What the check has read already need not be asked for. */
static bool is_behind(struct ahead *ahead)
{
  pthread_mutex_lock(&ahead->mutex);
  bool behind = ahead->files_asked < ahead->files_done;
  pthread_mutex_unlock(&ahead->mutex);
  return behind;
}

static void ask_for(const struct ahead *ahead, const struct tarsplit_file *file)
{
  const char *path = file->name;
  while (*path == '/' || text_starts(path, "./"))
    path += *path == '/' ? 1 : 2;
  cleanup_close int fd = beneath_open(ahead->folder, path, BENEATH_READ);
  if (fd >= 0)
    posix_fadvise(fd, 0, (off_t)(file->size < AHEAD_BYTES ? file->size : AHEAD_BYTES),
                  POSIX_FADV_WILLNEED);
}

static void *run(void *data)
{
  struct ahead *ahead = data;
  struct error ignored;
  struct tarsplit_file file;
  int fd = open(ahead->record, FILE_OPEN_FLAGS);
  if (fd < 0)
    return NULL;
  cleanup_inflate struct inflate *stream = inflate_open(fd, ahead->record, &ignored);
  if (stream == NULL)
    return NULL;
  cleanup_tarsplit struct tarsplit *record = tarsplit_new(stream, ahead->record);
  while (tarsplit_next_file(record, &file, &ignored) == 1 && wait_turn(ahead, file.size))
    if (!is_behind(ahead))
      ask_for(ahead, &file);
  return NULL;
}

struct ahead *ahead_start(int folder, const char *record)
{
  pthread_attr_t attributes;
  struct ahead *ahead = xcalloc(1, sizeof(*ahead));
  *ahead = (struct ahead){.folder = folder, .record = record};
  pthread_mutex_init(&ahead->mutex, NULL);
  pthread_cond_init(&ahead->moved, NULL);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK);
  int failed = pthread_create(&ahead->thread, &attributes, run, ahead);
  pthread_attr_destroy(&attributes);
  if (failed == 0)
    return ahead;
  free(ahead);
  return NULL;
}

void ahead_done(struct ahead *ahead, uint64_t files, uint64_t bytes)
{
  if (ahead == NULL)
    return;
  pthread_mutex_lock(&ahead->mutex);
  ahead->files_done += files;
  ahead->bytes_done += bytes;
  pthread_cond_signal(&ahead->moved);
  pthread_mutex_unlock(&ahead->mutex);
}

void ahead_stop(struct ahead *ahead)
{
  if (ahead == NULL)
    return;
  pthread_mutex_lock(&ahead->mutex);
  ahead->stop = true;
  pthread_cond_signal(&ahead->moved);
  pthread_mutex_unlock(&ahead->mutex);
  pthread_join(ahead->thread, NULL);
  pthread_cond_destroy(&ahead->moved);
  pthread_mutex_destroy(&ahead->mutex);
  free(ahead);
}
