/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed says what was asked for, and can be told from outside without verifying it. */
#include "policy/sign.h"

#include "folder.h"
#include "image/hash.h"
#include "policy/signature.h"
#include "samples.h"

TestSuite(sign, .init = make_folder, .fini = remove_folder);

#define DIGEST "sha256:dd370a40c5ccdc981eff95b149430668d84810b5471828e8890da2be32eec052"

static void sign(struct signed_image *made)
{
  cleanup_key struct key *key = NULL;
  cleanup_reference struct reference reference;
  struct digest digest;
  struct error err = {.text = ""};
  cleanup_free char *path = path_of("key");
  shell("umask 077; openssl genpkey -algorithm ED25519 -out '%s'", path);
  cr_assert_eq(key_read_private(path, NULL, &key, &err), 0, "%s", err.text);
  cr_assert(digest_parse(DIGEST, &digest));
  cr_assert_eq(reference_parse("127.0.0.1:5000/team/app:1", &reference, &err), 0, "%s", err.text);
  cr_assert_eq(image_sign(key, &reference, &digest, made, &err), 0, "%s", err.text);
}

Test(sign, the_payload_is_cosigns_byte_for_byte)
{
  cleanup_signed_image struct signed_image made;
  sign(&made);
  cr_expect_str_eq(made.payload,
                   "{\"critical\":{\"identity\":{\"docker-reference\":"
                   "\"127.0.0.1:5000/team/app:1\"},\"image\":{\"docker-manifest-digest\":\"" DIGEST
                   "\"},\"type\":\"cosign container image signature\"},\"optional\":null}");
}

Test(sign, what_it_is_over_can_be_told)
{
  cleanup_signed_image struct signed_image made;
  cleanup_signature struct signature signature;
  cleanup_claim struct claim claim;
  struct error err = {.text = ""};
  sign(&made);
  cr_assert_eq(signature_parse(made.bytes, made.length, "made", &signature, &err), 0, "%s",
               err.text);
  cr_assert_eq(signature_peek(&signature, &claim, &err), 0, "%s", err.text);
  cr_expect_str_eq(claim.digest.text, DIGEST);
  cr_expect_str_eq(claim.reference.repository, "127.0.0.1:5000/team/app");
  cr_expect_str_eq(claim.reference.tag, "1");
  cr_expect_null(claim.key);
}

Test(sign, of_a_gpg_signature_it_cannot_be_told)
{
  static const char message[] = "\xa3\x01\x02";
  cleanup_signature struct signature signature;
  cleanup_claim struct claim claim;
  struct error err = {.text = ""};
  cr_assert_eq(signature_parse(message, 3, "message", &signature, &err), 0, "%s", err.text);
  cr_expect_eq(signature_peek(&signature, &claim, &err), -1);
  cr_expect_eq(errno, ENOTSUP);
}
