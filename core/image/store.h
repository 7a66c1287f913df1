/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trust store: manifests, indexes and signatures of images, put there by `container-hooks-ctk
 * image` so that no network is needed when a container starts. Only root may write it, but nothing
 * in it needs to be believed: every file is of the digest that it is named by, or a signature that
 * is verified.
 *
 *     STORE/sha256/HEX/manifest     the bytes of the manifest or index of this digest
 *     STORE/sha256/HEX/…            signatures over it
 *     STORE/by-config/HEX/HEX       which manifests have this config, which indexes list those
 */
#ifndef CORE_IMAGE_STORE_H
#define CORE_IMAGE_STORE_H

#include "common/error.h"
#include "image/digest.h"

#define STORE_DEFAULT "/var/lib/container-hooks/trust"

struct store; /* opened */

#endif
