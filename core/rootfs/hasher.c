/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/hasher.h"

#include <pthread.h>

#define SLOT (64UL * 1024) /* bytes */
#define SLOTS 8
#define STACK (256UL * 1024)

struct hasher {
  struct hash *hash; /* owned; the thread's, while it runs */
  bool beside;       /* it runs */
  pthread_t thread;
  unsigned char *slots; /* owned; a ring, of which those from `taken` to `given` wait */
  size_t lengths[SLOTS];
  size_t used;           /* bytes of the one that is being filled */
  pthread_mutex_t mutex; /* over what follows */
  pthread_cond_t moved;
  uint64_t given, taken;
  bool ended;
};

/* --- the thread ------------------------------------------------------------------------------ */

/* Waits for a slot that is full. False: there will be no more. */
static bool wait_full(struct hasher *hasher)
{
  pthread_mutex_lock(&hasher->mutex);
  while (hasher->taken == hasher->given && !hasher->ended)
    pthread_cond_wait(&hasher->moved, &hasher->mutex);
  bool full = hasher->taken != hasher->given;
  pthread_mutex_unlock(&hasher->mutex);
  return full;
}

static void *run(void *data)
{
  struct hasher *hasher = data;
  while (wait_full(hasher)) {
    size_t slot = hasher->taken % SLOTS; /* nobody else moves it */
    hash_add(hasher->hash, hasher->slots + slot * SLOT, hasher->lengths[slot]);
    pthread_mutex_lock(&hasher->mutex);
    hasher->taken++;
    pthread_cond_signal(&hasher->moved);
    pthread_mutex_unlock(&hasher->mutex);
  }
  return NULL;
}

static bool start(struct hasher *hasher)
{
  pthread_attr_t attributes;
  pthread_mutex_init(&hasher->mutex, NULL);
  pthread_cond_init(&hasher->moved, NULL);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK);
  int failed = pthread_create(&hasher->thread, &attributes, run, hasher);
  pthread_attr_destroy(&attributes);
  return failed == 0;
}

static void stop(struct hasher *hasher)
{
  pthread_mutex_lock(&hasher->mutex);
  hasher->ended = true;
  pthread_cond_signal(&hasher->moved);
  pthread_mutex_unlock(&hasher->mutex);
  pthread_join(hasher->thread, NULL);
  hasher->beside = false;
}

/* --- those who read -------------------------------------------------------------------------- */

struct hasher *hasher_new(bool beside)
{
  struct hasher *hasher = xcalloc(1, sizeof(*hasher));
  hasher->hash = hash_new();
  if (beside) {
    hasher->slots = xcalloc(SLOTS, SLOT);
    hasher->beside = start(hasher);
  }
  return hasher;
}

/* Gives away the slot that was filled, and waits until the next one is free. */
static void give(struct hasher *hasher)
{
  pthread_mutex_lock(&hasher->mutex);
  hasher->lengths[hasher->given % SLOTS] = hasher->used;
  hasher->given++;
  pthread_cond_signal(&hasher->moved);
  while (hasher->given - hasher->taken == SLOTS)
    pthread_cond_wait(&hasher->moved, &hasher->mutex);
  pthread_mutex_unlock(&hasher->mutex);
  hasher->used = 0;
}

void hasher_add(struct hasher *hasher, const void *bytes, size_t length)
{
  if (!hasher->beside) {
    hash_add(hasher->hash, bytes, length);
    return;
  }
  for (const unsigned char *at = bytes; length > 0;) {
    size_t room = SLOT - hasher->used, count = length < room ? length : room;
    memcpy(hasher->slots + hasher->given % SLOTS * SLOT + hasher->used, at, count);
    hasher->used += count;
    at += count;
    length -= count;
    if (hasher->used == SLOT)
      give(hasher);
  }
}

void hasher_end(struct hasher *hasher, struct digest *digest)
{
  if (hasher->beside) {
    give(hasher);
    stop(hasher);
  }
  hash_end(hasher->hash, digest);
}

void hasher_free(struct hasher *hasher)
{
  if (hasher == NULL)
    return;
  if (hasher->beside)
    stop(hasher);
  if (hasher->slots != NULL) {
    pthread_cond_destroy(&hasher->moved);
    pthread_mutex_destroy(&hasher->mutex);
  }
  hash_free(hasher->hash);
  free(hasher->slots);
  free(hasher);
}
