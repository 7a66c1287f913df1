/* SPDX-License-Identifier: Apache-2.0 */
/* What became of each plugin of a chain, for the ctk to show (common/trial.h has the format). */
#ifndef CORE_WORKER_TRACE_H
#define CORE_WORKER_TRACE_H

#include "worker/chain.h"

/* `skip` is the set of entries that were left out. Owned by the caller. */
struct json_object *trace_make(const struct chain *chain, uint64_t skip);

#endif
