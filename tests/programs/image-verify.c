/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks a policy about an image, and fills a trust store; for tests/e2e/image-signatures.sh.
 *
 *     image-verify check POLICY
 *     image-verify ask POLICY STORE|- REGISTRIES|- ENGINE ROOT NAME
 *     image-verify manifest STORE FILE
 *     image-verify signature STORE DIGEST FILE
 *     image-verify sign STORE DIGEST REFERENCE KEY
 *
 * `ask` prints the trail; the last line of an accepted image is "accepted …".
 */
#include "common/file.h"
#include "policy/payload.h"
#include "policy/signature.h"
#include "policy/verify.h"

#include <fcntl.h>

static int read_bytes(const char *path, char **bytes, size_t *length, struct error *err)
{
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  if (fd < 0)
    return error_set(err, "cannot open %s: %m", path);
  return file_read(fd, path, MANIFEST_SIZE_MAX, bytes, length, err);
}

static int parse_digest(const char *text, struct digest *digest, struct error *err)
{
  return digest_parse(text, digest) ? 0 : error_set(err, "'%s' is no digest", text);
}

/* --- asking -------------------------------------------------------------------------------- */

static int check(char **argv, struct error *err)
{
  cleanup_policy struct policy *policy = NULL;
  if (policy_read(argv[2], &policy, err) < 0)
    return -1;
  return policy_check_keys(policy, err);
}

static int find_image(char **argv, struct image *image, struct error *err)
{
  for (int engine = IMAGE_DOCKER; engine <= IMAGE_CONTAINERD; engine++)
    if (text_equal(argv[0], image_engine_name((enum image_engine)engine)))
      return image_by_name((enum image_engine)engine, argv[1], argv[2], image, err);
  return error_set(err, "no engine '%s'", argv[0]);
}

static const char *unless_dash(const char *text)
{
  return text_equal(text, "-") ? NULL : text;
}

static int ask(char **argv, struct error *err)
{
  cleanup_policy struct policy *policy = NULL;
  cleanup_store struct store *store = NULL;
  cleanup_image struct image image = {.root = NULL};
  cleanup_verdict struct verdict verdict = {.accepted = false};
  cleanup_trail struct trail trail = {.steps = NULL};
  if (policy_read(argv[2], &policy, err) < 0 ||
      (unless_dash(argv[3]) != NULL && store_open(argv[3], &store, err) < 0) ||
      find_image(argv + 5, &image, err) < 0)
    return -1;
  const struct image_trust trust = {
      .policy = policy, .store = store, .registries = unless_dash(argv[4])};
  int result = image_verify(&trust, &image, &verdict, &trail, err);
  for (size_t i = 0; i < trail.count; i++)
    puts(trail.steps[i]);
  return result;
}

/* --- filling the store --------------------------------------------------------------------- */

static int add_manifest(struct store *store, char **argv, struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t length;
  struct digest digest;
  if (read_bytes(argv[3], &bytes, &length, err) < 0 ||
      store_add_manifest(store, bytes, length, &digest, err) < 0)
    return -1;
  puts(digest.text);
  return 0;
}

static int add_signature(struct store *store, char **argv, struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t length;
  struct digest digest;
  if (parse_digest(argv[3], &digest, err) < 0 || read_bytes(argv[4], &bytes, &length, err) < 0)
    return -1;
  return store_add_signature(store, &digest, bytes, length, err);
}

static int sign(struct store *store, char **argv, struct error *err)
{
  cleanup_key struct key *key = NULL;
  cleanup_free char *proof = NULL;
  size_t proof_length, length;
  struct digest digest;
  if (parse_digest(argv[3], &digest, err) < 0 || key_read_private(argv[5], NULL, &key, err) < 0)
    return -1;
  cleanup_free char *payload = payload_make(argv[4], &digest);
  if (key_sign(key, payload, strlen(payload), &proof, &proof_length, err) < 0)
    return -1;
  cleanup_free char *made = signature_make(payload, strlen(payload), proof, proof_length, &length);
  return store_add_signature(store, &digest, made, length, err);
}

static int fill(int argc, char **argv, struct error *err)
{
  cleanup_store struct store *store = NULL;
  if (store_create(argv[2], &store, err) < 0)
    return -1;
  if (text_equal(argv[1], "manifest") && argc == 4)
    return add_manifest(store, argv, err);
  if (text_equal(argv[1], "signature") && argc == 5)
    return add_signature(store, argv, err);
  if (text_equal(argv[1], "sign") && argc == 6)
    return sign(store, argv, err);
  return error_set(err, "what is '%s'?", argv[1]);
}

int main(int argc, char **argv)
{
  struct error err = {.text = ""};
  int result = argc == 3 && text_equal(argv[1], "check") ? check(argv, &err)
               : argc == 8 && text_equal(argv[1], "ask") ? ask(argv, &err)
               : argc > 3                                ? fill(argc, argv, &err)
                                                         : error_set(&err, "see the source");
  if (result < 0)
    fprintf(stderr, "image-verify: %s\n", err.text);
  return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
