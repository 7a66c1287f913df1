/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_IMAGE_COVERED_H
#define CORE_IMAGE_COVERED_H

#include "common/document.h"

/*
 * -1 if one of config.json's mounts lies upon the whole root file system, which would then be
 * another than the one at `rootfs` that is verified. docker refuses such a mount; ctr
 * and the OCI runtimes make it.
 */
int covered_check(const struct value *spec, const char *rootfs, struct error *err);

#endif
