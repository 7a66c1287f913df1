/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containers-policy.json(5): the admin's word on which images may run. The strict subset that can
 * be honoured offline: a file that asks for more (fulcio, pki, rekor, …) is refused as a whole,
 * since to leave a requirement out would be to weaken it. The same file keeps working for podman
 * and skopeo.
 */
#ifndef CORE_IMAGE_POLICY_H
#define CORE_IMAGE_POLICY_H

#include "common/error.h"

struct policy; /* parsed; texts live in it */

int policy_read(const char *path, struct policy **policy, struct error *err);
void policy_free(struct policy *policy);

#endif
