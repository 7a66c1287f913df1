/* SPDX-License-Identifier: Apache-2.0 */
/* Digests in their text form, "sha256:" and 64 hexadecimal digits (OCI image spec, descriptor.md
   "Digests"). Only SHA-256: what the engines use. */
#ifndef CORE_IMAGE_DIGEST_H
#define CORE_IMAGE_DIGEST_H

#include "common/util.h"

#define DIGEST_ALGORITHM "sha256:"
#define DIGEST_HEX 64 /* digits */
#define DIGEST_BYTES 32

struct digest {
  char text[sizeof(DIGEST_ALGORITHM) + DIGEST_HEX]; /* "" is none */
};

/* False if the text is not of this form; *digest is "" then. Upper-case digits are refused, as
   there is only one way to write a digest. */
bool digest_parse(const char *text, struct digest *digest);

/* The same from the 64 digits alone, as the engines name files. */
bool digest_from_hex(const char *hex, struct digest *digest);

void digest_from_bytes(const unsigned char bytes[DIGEST_BYTES], struct digest *digest);

/* The 64 digits; borrowed. "" for none. */
const char *digest_hex(const struct digest *digest);

bool digest_equal(const struct digest *a, const struct digest *b);
bool digest_is_set(const struct digest *digest);

#endif
