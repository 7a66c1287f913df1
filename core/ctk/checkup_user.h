/* SPDX-License-Identifier: Apache-2.0 */
/* Does an engine use us: by what its files say, and by what it says itself where it runs? */
#ifndef CORE_CTK_CHECKUP_USER_H
#define CORE_CTK_CHECKUP_USER_H

#include "ctk/findings.h"
#include "ctk/users.h"

/* One of `users`. If it was asked for, not being configured is a problem. */
void checkup_user(struct findings *findings, const struct users *users, const struct user *user,
                  bool asked_for);

#endif
