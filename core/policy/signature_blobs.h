/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures as they lie somewhere, each with the place for messages; not yet parsed. */
#ifndef CORE_POLICY_SIGNATURE_BLOBS_H
#define CORE_POLICY_SIGNATURE_BLOBS_H

#include "common/error.h"

#define SIGNATURES_MAX 64                 /* over one digest */
#define SIGNATURE_SIZE_MAX (256UL * 1024) /* bytes */

struct signature_blob {
  char *name; /* owned */
  char *bytes;
  size_t length;
};

struct signature_blobs {
  struct signature_blob *items; /* owned, with what is in them */
  size_t count;
};

/* Adds one if its bytes are not there yet, which may lie in several places. Takes ownership of the
   bytes; `name` is copied. An error if SIGNATURES_MAX are there. */
int signature_blobs_add(struct signature_blobs *blobs, const char *name, char *bytes, size_t length,
                        struct error *err);
void signature_blobs_free(struct signature_blobs *blobs);

#define cleanup_signature_blobs __attribute__((cleanup(signature_blobs_free)))

#endif
