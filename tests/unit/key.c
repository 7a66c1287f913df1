/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that the openssl program makes, its signatures, and ours before it. */
#include "policy/key.h"

#include "folder.h"
#include "samples.h"

static char *top; /* where the samples are found from */

static void start(void)
{
  top = getcwd(NULL, 0);
  make_folder();
  cr_assert_eq(chdir(folder), 0);
}

TestSuite(key, .init = start, .fini = remove_folder);

static void make_pair(const char *genpkey)
{
  shell("umask 077; openssl genpkey %s -out key 2>/dev/null && "
        "openssl pkey -in key -pubout -out key.pub && "
        "openssl pkey -pubin -in key.pub -outform DER | sha256sum | cut -c -64 | tr -d '\\n' >id",
        genpkey);
}

static void read_key(struct key **key)
{
  cleanup_free char *path = path_of("key.pub");
  struct error err = {.text = ""};
  cr_assert_eq(key_read(path, key, &err), 0, "%s", err.text);
}

static void expect_id(const struct key *key)
{
  size_t length;
  cleanup_free char *id = read_bytes("id", &length);
  cr_expect(text_starts(key_id(key), "SHA256:"));
  cr_expect_str_eq(key_id(key) + strlen("SHA256:"), id);
}

/* openssl signs, we verify; a byte more, or another key, and it is no signature. */
static void expect_verifies(const char *genpkey, const char *kind, const char *sign)
{
  static const char text[] = "what is signed";
  cleanup_key struct key *key = NULL, *other = NULL;
  size_t length;
  make_pair(genpkey);
  read_key(&other);
  make_pair(genpkey);
  read_key(&key);
  cr_expect_str_eq(key_kind(key), kind);
  expect_id(key);
  write_bytes("text", text, strlen(text));
  shell("openssl %s text", sign);
  cleanup_free char *signature = read_bytes("signature", &length);
  cr_expect(key_verify(key, text, strlen(text), signature, length));
  cr_expect_not(key_verify(key, text, sizeof(text), signature, length));
  cr_expect_not(key_verify(other, text, strlen(text), signature, length));
  cr_expect_not(key_verify(key, text, strlen(text), signature, length - 1));
  cr_expect_not(key_verify(key, text, strlen(text), signature, 0));
  signature[length / 2] ^= 1;
  cr_expect_not(key_verify(key, text, strlen(text), signature, length));
}

/* We sign, openssl verifies. */
static void expect_signs(const char *verify)
{
  static const char text[] = "what is signed";
  cleanup_free char *path = path_of("key");
  cleanup_free char *signature = NULL;
  cleanup_key struct key *key = NULL;
  size_t length;
  struct error err = {.text = ""};
  cr_assert_eq(key_read_private(path, NULL, &key, &err), 0, "%s", err.text);
  expect_id(key);
  cr_assert_eq(key_sign(key, text, strlen(text), &signature, &length, &err), 0, "%s", err.text);
  cr_expect(key_verify(key, text, strlen(text), signature, length));
  write_bytes("text", text, strlen(text));
  write_bytes("signature", signature, length);
  shell("openssl %s text >/dev/null", verify);
  cleanup_free char *pem = key_public_pem(key), *theirs = read_bytes("key.pub", &length);
  cr_expect_str_eq(pem, theirs);
}

#define P256 "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"
#define P384 "-algorithm EC -pkeyopt ec_paramgen_curve:P-384"
#define SIGN256 "dgst -sha256 -sign key -out signature"
#define VERIFY256 "dgst -sha256 -verify key.pub -signature signature"

Test(key, ecdsa_p256)
{
  expect_verifies(P256, "ECDSA P-256", SIGN256);
  expect_signs(VERIFY256);
}

Test(key, ecdsa_p384_over_either_hash)
{
  expect_verifies(P384, "ECDSA P-384", SIGN256);
  expect_verifies(P384, "ECDSA P-384", "dgst -sha384 -sign key -out signature");
  expect_signs(VERIFY256);
}

Test(key, rsa)
{
  expect_verifies("-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "RSA 2048", SIGN256);
  expect_signs(VERIFY256);
}

Test(key, ed25519)
{
  expect_verifies("-algorithm ED25519", "Ed25519",
                  "pkeyutl -sign -rawin -inkey key -out signature -in");
  expect_signs("pkeyutl -verify -rawin -pubin -inkey key.pub -sigfile signature -in");
}

Test(key, the_older_form_of_rsa_is_the_same_key)
{
  cleanup_key struct key *key = NULL;
  make_pair("-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
  shell("openssl rsa -pubin -in key.pub -RSAPublicKey_out -out old 2>/dev/null && mv old key.pub");
  read_key(&key);
  expect_id(key);
}

Test(key, a_real_cosign_key_and_signature)
{
  size_t pem_length, payload_length, signature_length;
  cr_assert_eq(chdir(top), 0);
  cleanup_free char *pem = read_sample("cosign-simple/cosign.pub", &pem_length);
  cleanup_free char *payload = read_sample("cosign-simple/payload.json", &payload_length);
  cleanup_free char *signature = read_sample("cosign-simple/sig.der", &signature_length);
  cleanup_key struct key *key = NULL;
  struct error err = {.text = ""};
  cr_assert_eq(key_parse(pem, pem_length, "k", &key, &err), 0, "%s", err.text);
  cr_expect(key_verify(key, payload, payload_length, signature, signature_length));
}

/* --- refused -------------------------------------------------------------------------------- */

static void expect_refused(const char *name, const char *why)
{
  struct key *key = NULL;
  struct error err = {.text = ""};
  cleanup_free char *path = path_of(name);
  cr_expect_eq(key_read(path, &key, &err), -1, "accepted: %s", name);
  expect_in(err.text, why);
  key_free(key);
}

Test(key, weak_and_unknown_kinds_are_refused)
{
  make_pair("-algorithm RSA -pkeyopt rsa_keygen_bits:1024");
  expect_refused("key.pub", "an RSA key of 1024 bits; 2048 to 16384 are accepted");
  make_pair("-algorithm EC -pkeyopt ec_paramgen_curve:P-521");
  expect_refused("key.pub", "an elliptic curve other than P-256 and P-384 (secp521r1)");
  make_pair("-algorithm ED448");
  expect_refused("key.pub", "neither ECDSA, Ed25519 nor RSA");
}

Test(key, what_is_not_one_public_key_is_refused)
{
  make_pair(P256);
  expect_refused("none", "does not exist");
  expect_refused("key", "it is a private key; openssl pkey -pubout makes the public one of it");
  shell("cat key.pub key.pub >two; echo hidden | cat - key.pub >text; cat key.pub text >behind; "
        "sed 's/M/N/' key.pub >broken; : >empty; head -n 2 key.pub >cut; "
        "openssl req -x509 -key key -subj /CN=x -out certificate 2>/dev/null; "
        "head -c 70000 /dev/zero | tr '\\0' '\\n' | cat key.pub - >large");
  expect_refused("two", "is not one public key in PEM");
  expect_refused("text", "is not one public key in PEM");
  expect_refused("behind", "is not one public key in PEM");
  expect_refused("empty", "is not one public key in PEM");
  expect_refused("cut", "is not one public key in PEM");
  expect_refused("certificate", "it is a certificate");
  expect_refused("broken", "its public key is damaged, or of a kind that is not known");
  expect_refused("large", "is larger than");
}

Test(key, a_private_key_is_its_owners_alone)
{
  struct key *key = NULL;
  struct error err = {.text = ""};
  cleanup_free char *path = path_of("key");
  make_pair(P256);
  shell("chmod 0640 key");
  cr_expect_eq(key_read_private(path, NULL, &key, &err), -1);
  expect_in(err.text, "can be read by others: chmod 600 ");
}

/* Whoever may read it: that is no reason to hide it. */
Test(key, a_public_key_is_told_to_be_no_private_one)
{
  struct key *key = NULL;
  struct error err = {.text = ""};
  cleanup_free char *path = path_of("key.pub");
  make_pair(P256);
  shell("chmod 0644 key.pub");
  cr_expect_eq(key_read_private(path, NULL, &key, &err), -1);
  expect_in(err.text, "it is a public key, which cannot sign: name the private one");
}

Test(key, an_encrypted_private_key_needs_its_passphrase)
{
  cleanup_key struct key *key = NULL;
  struct key *none = NULL;
  struct error err = {.text = ""};
  cleanup_free char *path = path_of("secret"), *cosign = path_of("cosign.key");
  make_pair(P256);
  shell("umask 077; openssl pkey -in key -aes256 -passout pass:right -out secret; printf "
        "'%%s\\n' '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----' >cosign.key");
  cr_expect_eq(key_read_private(path, NULL, &none, &err), -1);
  cr_expect_eq(errno, EACCES);
  expect_in(err.text, "the passphrase is wrong or missing");
  cr_expect_eq(key_read_private(path, "wrong", &none, &err), -1);
  cr_expect_eq(errno, EACCES);
  cr_expect_eq(key_read_private(path, "right", &key, &err), 0, "%s", err.text);
  cr_expect_eq(key_read_private(cosign, "right", &none, &err), -1);
  expect_in(err.text, "cosign's own encryption");
}
