/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that this program shares with one that it starts. Unlike a pipe it is bounded, and what
 * was written stays readable however the other one ended.
 */
#ifndef CORE_COMMON_SHARED_H
#define CORE_COMMON_SHARED_H

#include "common/error.h"

struct shared {
  int fd;       /* -1: none */
  void *memory; /* zeros at first; pages that nobody touches cost nothing */
  size_t size;
};

int shared_open(struct shared *shared, size_t size, struct error *err);

/* The other program's side: maps what it was handed as a descriptor and closes that. NULL if it is
   not of this size. */
void *shared_take(int fd, size_t size);

void shared_close(struct shared *shared);

#define cleanup_shared __attribute__((cleanup(shared_close)))

#endif
