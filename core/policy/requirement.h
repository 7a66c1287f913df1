/* SPDX-License-Identifier: Apache-2.0 */
/* One requirement of a policy, read strictly: what cannot be checked here is refused. */
#ifndef CORE_POLICY_REQUIREMENT_H
#define CORE_POLICY_REQUIREMENT_H

#include "policy/policy.h"

int requirement_read(const struct value *value, struct requirement *requirement, struct error *err);
void requirement_free(struct requirement *requirement);

/* "insecureAcceptAnything", "signedBy", … */
const char *requirement_name(enum requirement_type type);

#endif
