/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-64 by the polynomial of ISO 3309, as Go's hash/crc64 and so tar-split make it. No protection
   against anybody: it tells which file it was. */
#ifndef CORE_ROOTFS_CRC64_H
#define CORE_ROOTFS_CRC64_H

#include <stddef.h>
#include <stdint.h>

/* Begin with 0. */
uint64_t crc64_iso(uint64_t crc, const void *bytes, size_t length);

#endif
