/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/key.h"

#include "common/file.h"
#include "common/trust.h"
#include "image/hash.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#define SPKI_MAX 8192 /* bytes of a public key; the largest RSA's take a quarter of it */
#define SIGNATURE_MAX (KEY_RSA_BITS_MAX / 8)

struct key {
  EVP_PKEY *pkey;
  char kind[32];
  char id[sizeof("SHA256:") + DIGEST_HEX];
  bool hashes_itself;
  const char *other_hash; /* that a signature may be over, besides SHA-256; NULL: none */
};

/* --- what a key is ------------------------------------------------------------------------- */

static int describe_ec(struct key *key, const char *name, struct error *err)
{
  char curve[64] = "";
  EVP_PKEY_get_group_name(key->pkey, curve, sizeof(curve), NULL);
  if (!text_equal(curve, "prime256v1") && !text_equal(curve, "secp384r1"))
    return error_set(err, "%s: an elliptic curve other than P-256 and P-384 (%s)", name,
                     curve[0] != '\0' ? curve : "one without a name");
  bool larger = text_equal(curve, "secp384r1");
  snprintf(key->kind, sizeof(key->kind), "ECDSA P-%s", larger ? "384" : "256");
  key->other_hash = larger ? "SHA384" : NULL;
  return 0;
}

static int describe_rsa(struct key *key, const char *name, struct error *err)
{
  int bits = EVP_PKEY_get_bits(key->pkey);
  if (bits < KEY_RSA_BITS_MIN || bits > KEY_RSA_BITS_MAX)
    return error_set(err, "%s: an RSA key of %d bits; %d to %d are accepted", name, bits,
                     KEY_RSA_BITS_MIN, KEY_RSA_BITS_MAX);
  snprintf(key->kind, sizeof(key->kind), "RSA %d", bits);
  return 0;
}

static int describe(struct key *key, const char *name, struct error *err)
{
  switch (EVP_PKEY_get_base_id(key->pkey)) {
  case EVP_PKEY_EC:
    return describe_ec(key, name, err);
  case EVP_PKEY_RSA:
    return describe_rsa(key, name, err);
  case EVP_PKEY_ED25519:
    snprintf(key->kind, sizeof(key->kind), "Ed25519");
    key->hashes_itself = true;
    return 0;
  default:
    return error_set(err, "%s: a key that is neither ECDSA, Ed25519 nor RSA", name);
  }
}

static int identify(struct key *key, const char *name, struct error *err)
{
  unsigned char der[SPKI_MAX], *end = der;
  int length = i2d_PUBKEY(key->pkey, NULL);
  if (length <= 0 || length > SPKI_MAX || i2d_PUBKEY(key->pkey, &end) != length)
    return error_set(err, "%s: its public key cannot be written", name);
  struct digest digest;
  hash_bytes(der, (size_t)length, &digest);
  snprintf(key->id, sizeof(key->id), "SHA256:%s", digest_hex(&digest));
  return 0;
}

/* Takes ownership of what libcrypto read. */
static int take(EVP_PKEY *pkey, const char *name, struct key **key, struct error *err)
{
  cleanup_key struct key *taken = xcalloc(1, sizeof(*taken));
  taken->pkey = pkey;
  if (describe(taken, name, err) < 0 || identify(taken, name, err) < 0)
    return -1;
  *key = steal_pointer(&taken);
  return 0;
}

void key_free(struct key *key)
{
  if (key == NULL)
    return;
  EVP_PKEY_free(key->pkey);
  free(key);
}

const char *key_id(const struct key *key)
{
  return key->id;
}

const char *key_kind(const struct key *key)
{
  return key->kind;
}

/* --- reading ------------------------------------------------------------------------------- */

static size_t skip_space(const char *text, size_t at, size_t length)
{
  while (at < length && memchr(" \t\r\n", text[at], 4) != NULL)
    at++;
  return at;
}

/* Is this one PEM block of such a label, with white space around it at most? */
static bool is_one_block(const char *pem, size_t length, const char *label)
{
  cleanup_free char *begin = xasprintf("-----BEGIN %s-----", label);
  cleanup_free char *end = xasprintf("-----END %s-----", label);
  size_t at = skip_space(pem, 0, length);
  if (length - at < strlen(begin) || memcmp(pem + at, begin, strlen(begin)) != 0)
    return false;
  const char *found = memmem(pem, length, end, strlen(end));
  return found != NULL && skip_space(pem, (size_t)(found - pem) + strlen(end), length) == length;
}

static bool holds(const char *pem, size_t length, const char *words)
{
  return memmem(pem, length, words, strlen(words)) != NULL;
}

static int refuse_pem(const char *pem, size_t length, const char *name, struct error *err)
{
  bool is_private = holds(pem, length, "PRIVATE KEY-----");
  bool is_certificate = holds(pem, length, "CERTIFICATE-----");
  return error_set(err, "%s is not one public key in PEM (-----BEGIN PUBLIC KEY-----)%s", name,
                   is_private       ? ": it is a private key; openssl pkey -pubout makes the "
                                      "public one of it"
                   : is_certificate ? ": it is a certificate"
                                    : "");
}

static EVP_PKEY *read_rsa_public(BIO *bio)
{
  EVP_PKEY *pkey = NULL;
  unsigned char *der = NULL;
  long length = 0;
  if (PEM_bytes_read_bio(&der, &length, NULL, PEM_STRING_RSA_PUBLIC, bio, NULL, NULL) == 1) {
    const unsigned char *at = der;
    pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, length);
  }
  OPENSSL_free(der);
  return pkey;
}

int key_parse(const char *pem, size_t length, const char *name, struct key **key, struct error *err)
{
  *key = NULL;
  bool is_rsa = is_one_block(pem, length, PEM_STRING_RSA_PUBLIC);
  if (length > KEY_SIZE_MAX || !(is_rsa || is_one_block(pem, length, PEM_STRING_PUBLIC)))
    return refuse_pem(pem, length, name, err);
  BIO *bio = BIO_new_mem_buf(pem, (int)length);
  EVP_PKEY *pkey = bio == NULL ? NULL
                   : is_rsa    ? read_rsa_public(bio)
                               : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
  BIO_free(bio);
  ERR_clear_error();
  if (pkey == NULL)
    return error_set(err, "%s: its public key is damaged, or of a kind that is not known", name);
  return take(pkey, name, key, err);
}

int key_read(const char *path, struct key **key, struct error *err)
{
  cleanup_free char *pem = NULL;
  size_t length;
  *key = NULL;
  if (trust_read_file(path, KEY_SIZE_MAX, &pem, &length, err) < 0)
    return -1;
  return key_parse(pem, length, path, key, err);
}

/* --- private keys -------------------------------------------------------------------------- */

/* Asks nobody: a passphrase is given or it is not. */
static int give_passphrase(char *buffer, int size, int writing, void *passphrase)
{
  (void)writing;
  if (passphrase == NULL)
    return -1;
  size_t length = strlen(passphrase);
  if (size < 0 || length > (size_t)size)
    return -1;
  memcpy(buffer, passphrase, length);
  return (int)length;
}

/* What is no private key need not be hidden, and is refused for what it is. */
static int read_secret(const char *path, char **pem, size_t *length, struct error *err)
{
  struct stat status;
  cleanup_close int fd = trust_open_file(path, err);
  if (fd < 0)
    return -1;
  if (fstat(fd, &status) < 0)
    return error_set(err, "cannot look at %s: %m", path);
  if (file_read(fd, path, KEY_SIZE_MAX, pem, length, err) < 0)
    return -1;
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0 || !holds(*pem, *length, "PRIVATE KEY"))
    return 0;
  OPENSSL_cleanse(*pem, *length);
  return error_set(err, "%s can be read by others: chmod 600 %s", path, path);
}

static int refuse_private(const char *pem, size_t length, const char *path, struct error *err)
{
  if (holds(pem, length, "SIGSTORE") || holds(pem, length, "COSIGN"))
    return error_set(err,
                     "%s is a key in cosign's own encryption, which only cosign reads; make one by "
                     "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
                     path);
  bool encrypted = holds(pem, length, "ENCRYPTED");
  bool is_public = holds(pem, length, "PUBLIC KEY-----");
  error_set(err, "%s: %s", path,
            encrypted   ? "the passphrase is wrong or missing"
            : is_public ? "it is a public key, which cannot sign: name the private one"
                        : "it is no private key in PEM (-----BEGIN PRIVATE KEY-----)");
  errno = encrypted ? EACCES : EINVAL;
  return -1;
}

int key_read_private(const char *path, const char *passphrase, struct key **key, struct error *err)
{
  cleanup_free char *pem = NULL;
  size_t length;
  *key = NULL;
  if (read_secret(path, &pem, &length, err) < 0)
    return -1;
  BIO *bio = BIO_new_mem_buf(pem, (int)length);
  EVP_PKEY *pkey = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, give_passphrase,
                                                         (char *)(uintptr_t)passphrase)
                               : NULL;
  BIO_free(bio);
  ERR_clear_error();
  int result = pkey != NULL ? take(pkey, path, key, err) : refuse_private(pem, length, path, err);
  int cause = errno;
  OPENSSL_cleanse(pem, length);
  errno = cause;
  return result;
}

/* --- signatures ---------------------------------------------------------------------------- */

static bool verify_by(const struct key *key, const char *hash, const void *bytes, size_t length,
                      const void *signature, size_t signature_length)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool good = context != NULL &&
              EVP_DigestVerifyInit_ex(context, NULL, hash, NULL, NULL, key->pkey, NULL) == 1 &&
              EVP_DigestVerify(context, signature, signature_length, bytes, length) == 1;
  EVP_MD_CTX_free(context);
  ERR_clear_error();
  return good;
}

bool key_verify(const struct key *key, const void *bytes, size_t length, const void *signature,
                size_t signature_length)
{
  if (signature_length == 0 || signature_length > SIGNATURE_MAX)
    return false;
  const char *hash = key->hashes_itself ? NULL : "SHA256";
  if (verify_by(key, hash, bytes, length, signature, signature_length))
    return true;
  return key->other_hash != NULL &&
         verify_by(key, key->other_hash, bytes, length, signature, signature_length);
}

int key_sign(const struct key *key, const void *bytes, size_t length, char **signature,
             size_t *signature_length, struct error *err)
{
  cleanup_free char *made = xcalloc(SIGNATURE_MAX, 1);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  *signature_length = SIGNATURE_MAX;
  bool good = context != NULL &&
              EVP_DigestSignInit_ex(context, NULL, key->hashes_itself ? NULL : "SHA256", NULL, NULL,
                                    key->pkey, NULL) == 1 &&
              EVP_DigestSign(context, (unsigned char *)made, signature_length, bytes, length) == 1;
  EVP_MD_CTX_free(context);
  ERR_clear_error();
  if (!good)
    return error_set(err, "libcrypto cannot sign by this key (%s)", key->kind);
  *signature = steal_pointer(&made);
  return 0;
}

char *key_public_pem(const struct key *key)
{
  char *pem = NULL;
  BIO *bio = BIO_new(BIO_s_mem());
  char *bytes = NULL;
  if (bio != NULL && PEM_write_bio_PUBKEY(bio, key->pkey) == 1) {
    long length = BIO_get_mem_data(bio, &bytes);
    pem = xstrndup(bytes, (size_t)length);
  }
  BIO_free(bio);
  return pem != NULL ? pem : xstrdup("");
}
