/* SPDX-License-Identifier: Apache-2.0 */
/* What plugins may call: the functions behind include/container-hooks/plugin.h. */
#ifndef CORE_WORKER_HOST_H
#define CORE_WORKER_HOST_H

#include <container-hooks/plugin.h>

/* Every context that is lent with it must be the first member of a `struct link` (chain.h). */
extern const struct cht_host host_functions;

#endif
