/* SPDX-License-Identifier: Apache-2.0 */
/* What was looked for, where, and what came of it: the steps by which an image was accepted or
   refused. `container-hooks-ctk image verify` prints them, and refusals are made of them. */
#ifndef CORE_POLICY_TRAIL_H
#define CORE_POLICY_TRAIL_H

#include "common/util.h"

#define TRAIL_STEPS_MAX 1000 /* more are left out */

/* One step: a line without line end. */
struct trail {
  char **steps; /* owned */
  size_t count;
};

/* Control characters become spaces. Leaves errno alone. */
void trail_add(struct trail *trail, const char *format, ...) PRINTF_LIKE(2, 3);
void trail_free(struct trail *trail);

#define cleanup_trail __attribute__((cleanup(trail_free)))

#endif
