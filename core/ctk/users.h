/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where engines name us: in the config at each engine's usual place and in those files that
 * `runtime configure` remembers, under whatever name.
 */
#ifndef CORE_CTK_USERS_H
#define CORE_CTK_USERS_H

#include "ctk/engines/engine.h"

struct user {
  const struct engine *engine;
  char *name;        /* what the engine calls us; owned */
  char *config_file; /* owned; NULL: the usual one */
  bool readable;     /* else `why` says what is wrong with the engine's config */
  struct engine_status status;
  struct error why;
};

struct users {
  struct user *list; /* owned */
  size_t count;
};

/* Looks at one engine: under that name, or (NULL) under all by which it knows us,
   or the usual one if there is none. */
void users_add(struct users *users, const struct engine *engine, const char *name,
               const char *config_file);

/* Looks at all; what is remembered is left out where it cannot be read. */
void users_find(struct users *users);

void users_free(struct users *users);

#define cleanup_users __attribute__((cleanup(users_free)))

#endif
