/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries of an index are for this machine (OCI image spec, image-index.md "platform"). */
#ifndef CORE_IMAGE_PLATFORM_H
#define CORE_IMAGE_PLATFORM_H

#include "image/manifest.h"

/* What says no platform may be for any. */
bool platform_is_ours(const struct descriptor *entry);

#endif
