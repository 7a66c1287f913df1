/* SPDX-License-Identifier: Apache-2.0 */
#include "image/hash.h"

#include <openssl/evp.h>

struct hash {
  EVP_MD *algorithm; /* fetched once: looking it up costs more than hashing a small file */
  EVP_MD_CTX *context;
};

/* libcrypto fails where it has no memory, or no SHA-256: then nothing can be verified. */
static void must(bool worked)
{
  if (worked)
    return;
  fputs("libcrypto cannot make a SHA-256\n", stderr);
  _exit(EXIT_FAILURE);
}

struct hash *hash_new(void)
{
  struct hash *hash = xcalloc(1, sizeof(*hash));
  hash->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
  hash->context = EVP_MD_CTX_new();
  must(hash->algorithm != NULL && hash->context != NULL &&
       EVP_DigestInit_ex2(hash->context, hash->algorithm, NULL) == 1);
  return hash;
}

void hash_add(struct hash *hash, const void *bytes, size_t length)
{
  must(EVP_DigestUpdate(hash->context, bytes, length) == 1);
}

void hash_end(struct hash *hash, struct digest *digest)
{
  unsigned char bytes[DIGEST_BYTES];
  must(EVP_DigestFinal_ex(hash->context, bytes, NULL) == 1 &&
       EVP_DigestInit_ex2(hash->context, NULL, NULL) == 1);
  digest_from_bytes(bytes, digest);
}

void hash_free(struct hash *hash)
{
  if (hash == NULL)
    return;
  EVP_MD_CTX_free(hash->context);
  EVP_MD_free(hash->algorithm);
  free(hash);
}

void hash_bytes(const void *bytes, size_t length, struct digest *digest)
{
  cleanup_hash struct hash *hash = hash_new();
  hash_add(hash, bytes, length);
  hash_end(hash, digest);
}

int hash_check(const void *bytes, size_t length, const struct digest *expected, const char *name,
               struct error *err)
{
  struct digest found;
  hash_bytes(bytes, length, &found);
  if (digest_equal(expected, &found))
    return 0;
  return error_set(err, "%s: its digest is %s, not %s", name, found.text, expected->text);
}
