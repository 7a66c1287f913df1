/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Being in a plugin's code, which may do anything: before it the front is told whose, and after it
 * is put right what the plugins behind it would feel.
 */
#ifndef CORE_WORKER_VISIT_H
#define CORE_WORKER_VISIT_H

#include "worker/chain.h"

/* `phase` is what is called: "load", "modify", "finish" or "check". */
void visit_begin(struct link *link, const char *phase);

/* The plugin has returned. Until the visit is over, the front still takes an end of this process
   for that plugin's doing. */
void visit_end(struct link *link);
void visit_over(const struct chain *chain);

#endif
