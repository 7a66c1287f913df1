/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648, section 4), padded, without line ends: as tar-split records have it. */
#ifndef CORE_ROOTFS_BASE64_H
#define CORE_ROOTFS_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes that a text of this length stands for. */
size_t base64_room(size_t length);

/* Decodes into `bytes`, which has base64_room(length) of them. False if it is no base64. */
bool base64_decode(const char *text, size_t length, unsigned char *bytes, size_t *count);

/* Writes 4 characters for each 3 bytes begun, without a NUL, and returns their number. */
size_t base64_encode(const unsigned char *bytes, size_t count, char *text);

#endif
