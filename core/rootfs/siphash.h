/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): who does not know
   the key can find no two texts of one sum. */
#ifndef CORE_ROOTFS_SIPHASH_H
#define CORE_ROOTFS_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY 16 /* bytes */

uint64_t siphash(const unsigned char key[SIPHASH_KEY], const void *bytes, size_t length);

#endif
