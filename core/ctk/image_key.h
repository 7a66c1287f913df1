/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CTK_IMAGE_KEY_H
#define CORE_CTK_IMAGE_KEY_H

#include "policy/key.h"

/* Reads a private key. If it is encrypted, the passphrase is the first line of a file, which only
   its owner may read; without a file (NULL) it is asked for on the terminal. */
int image_read_key(const char *path, const char *passphrase_file, struct key **key,
                   struct error *err);

#endif
