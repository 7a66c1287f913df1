/* SPDX-License-Identifier: Apache-2.0 */
/* OpenPGP's armor (RFC 4880, section 6.2): keys as text, as they are mailed and packaged. */
#ifndef CORE_POLICY_ARMOR_H
#define CORE_POLICY_ARMOR_H

#include "common/error.h"

/* Is there a line that begins an armored public key? */
bool armor_is_in(const char *text, size_t length);

/*
 * Decodes all armored public keys of a text, one behind the other; what stands around them is of no
 * concern, as in the key files of distributions. The bytes are owned by the caller and never more
 * than the text's. Any block of another kind, and one that is damaged, is an error with its line.
 */
int armor_decode(const char *text, size_t length, const char *name, char **bytes, size_t *size,
                 struct error *err);

#endif
