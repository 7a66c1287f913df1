/* SPDX-License-Identifier: Apache-2.0 */
/* Would the runtime take the config, with conf.d and each of its profiles? */
#ifndef CORE_CTK_CONFIG_CHECK_H
#define CORE_CTK_CONFIG_CHECK_H

#include "common/error.h"

/* `named` is NULL for the file that the runtime would read. Says which files are sound and prints
   the first mistake of each other one ("FILE:LINE: cause"); the error tells how many there are. */
int config_check(const char *named, struct error *err);

#endif
