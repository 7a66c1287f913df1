/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by libcrypto, which picks the processor's instructions for it. */
#ifndef CORE_IMAGE_HASH_H
#define CORE_IMAGE_HASH_H

#include "common/error.h"
#include "image/digest.h"

/* A sum under way. Several may be, each of one thread. */
struct hash;

struct hash *hash_new(void);
void hash_add(struct hash *hash, const void *bytes, size_t length);

/* The digest of all that was added; the next that is added begins a new sum. */
void hash_end(struct hash *hash, struct digest *digest);

void hash_free(struct hash *hash);

static inline void cleanup_hashp(struct hash **hash)
{
  hash_free(*hash);
}

#define cleanup_hash __attribute__((cleanup(cleanup_hashp)))

void hash_bytes(const void *bytes, size_t length, struct digest *digest);

/* Is this the digest of these bytes? If not, the error says which it was, of `name`. */
int hash_check(const void *bytes, size_t length, const struct digest *expected, const char *name,
               struct error *err);

#endif
