/* SPDX-License-Identifier: Apache-2.0 */
/* Which image a container is, what the policy says of it, and what follows from that. */
#ifndef PLUGINS_IMAGE_VERIFY_JUDGEMENT_H
#define PLUGINS_IMAGE_VERIFY_JUDGEMENT_H

#include "policy/verify.h"
#include "settings.h"

struct judgement {
  struct image image; /* if it was found */
  enum mode mode;     /* what follows if it is not accepted */
  struct verdict verdict;
  struct trail trail;
};

/*
 * Identity first, for the mode hangs on the image's name; in mode off nothing more is done. Returns
 * 0 if the container may start, -1 with the reason if the policy does not accept it or nothing of
 * this can be told. The judgement is filled however it ended.
 */
int judge(struct cht_context *ctx, const struct settings *settings, struct judgement *judgement,
          struct error *err);

/* The image for messages: its name, or its id if it has none; "unknown". Borrowed. */
const char *judgement_image(const struct judgement *judgement);

void judgement_free(struct judgement *judgement);

#define cleanup_judgement __attribute__((cleanup(judgement_free)))

#endif
