/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May this image run? The chain from the admin's policy to the image's id:
 *
 *     policy scope ─▶ key ─▶ signature over a payload ─▶ manifest digest
 *                  [─▶ index, which lists the manifest] ─▶ manifest ─▶ config digest = image id
 *
 * Every step is noted in a trail: what was looked for, where, and what came of it. A refusal's
 * message is made of it, and `container-hooks-ctk image verify` prints it.
 */
#ifndef CORE_IMAGE_VERIFY_H
#define CORE_IMAGE_VERIFY_H

#include "common/error.h"
#include "image/image.h"
#include "image/policy.h"
#include "image/store.h"

/* One step: a line without line end. */
struct trail {
  char **steps; /* owned */
  size_t count;
};

void trail_add(struct trail *trail, const char *format, ...) PRINTF_LIKE(2, 3);
void trail_free(struct trail *trail);

#define cleanup_trail __attribute__((cleanup(trail_free)))

struct verdict {
  bool accepted;
  char *scope;            /* of the policy: "docker 127.0.0.1:5055/team", "default"; owned */
  char *key;              /* whose signature decided: a key id; owned; NULL: none was asked for */
  struct digest manifest; /* what was signed; "" where no signature was asked for */
};

void verdict_free(struct verdict *verdict);

#define cleanup_verdict __attribute__((cleanup(verdict_free)))

/* Returns 0 if the policy accepts the image, -1 with the reason and the mend otherwise. Both fill
   the trail, which may hold steps before. */
int image_verify(const struct policy *policy, const struct store *store, const struct image *image,
                 struct verdict *verdict, struct trail *trail, struct error *err);

#endif
