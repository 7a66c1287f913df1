/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648, section 4), the only way in which it can be written: padded, no line ends, no
   bits that are left over. */
#ifndef CORE_COMMON_BASE64_H
#define CORE_COMMON_BASE64_H

#include "common/util.h"

/* False if the text is none. The bytes are owned by the caller, with a NUL behind the last. */
bool base64_decode(const char *text, size_t length, char **bytes, size_t *size);

/* Owned by the caller. */
char *base64_encode(const void *bytes, size_t size);

#endif
