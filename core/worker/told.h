/* SPDX-License-Identifier: Apache-2.0 */
/* What plugins tell those behind them: which image the container is. */
#ifndef CORE_WORKER_TOLD_H
#define CORE_WORKER_TOLD_H

#include "worker/chain.h"

/* Keeps a copy of what a plugin tells. Only the first one's word counts: a second is an error. */
int told_image_set(const struct link *link, const struct cht_image *image, struct error *err);

/* NULL: nobody has told. Borrowed from the chain. In a part of one where nobody has, it is some
   image without a name. */
const struct cht_image *told_image(const struct chain *chain);

/* Forgets what a plugin has told whose edits are taken back; NULL: whoever it was. */
void told_drop(struct chain *chain, const struct link *link);

#endif
