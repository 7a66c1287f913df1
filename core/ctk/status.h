/* SPDX-License-Identifier: Apache-2.0 */
/* How engines are configured, by what their files say. */
#ifndef CORE_CTK_STATUS_H
#define CORE_CTK_STATUS_H

#include "ctk/engines/engine.h"

/* Prints it for one engine, or for all (NULL); as a JSON array, or in words. Of the request, name,
   config_file and drop_in count; a name of NULL stands for all that are ours. */
int status_show(const struct engine *engine, const struct engine_request *request, bool json,
                struct error *err);

#endif
