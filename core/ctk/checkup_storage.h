/* SPDX-License-Identifier: Apache-2.0 */
/* Can image-verify tell of the engine's containers which image they are? Otherwise it refuses them
   all, which is better known before. */
#ifndef CORE_CTK_CHECKUP_STORAGE_H
#define CORE_CTK_CHECKUP_STORAGE_H

#include "ctk/findings.h"
#include "ctk/users.h"

/* Looks at the storage of an engine that runs `user->status.path`, if the config of that lists
   image-verify. */
void checkup_storage(struct findings *findings, const struct user *user);

#endif
