/* SPDX-License-Identifier: Apache-2.0 */
/* signedIdentity: which names in a signature fit which images. */
#include "policy/signed_identity.h"

#include <criterion/criterion.h>

TestSuite(signed_identity);

#define D "sha256:dd370a40c5ccdc981eff95b149430668d84810b5471828e8890da2be32eec052"
#define E "sha256:83e57893f50526eef3ae8e401e6cdc34571d916df3be2cb031abe98248539e5e"

static void read_reference(const char *text, struct reference *reference)
{
  struct error err = {.text = ""};
  cr_assert_eq(reference_parse(text, reference, &err), 0, "%s", err.text);
}

/* NULL is no name. */
static void expect_match(const char *identity_json, const char *image, const char *claimed,
                         bool expected)
{
  struct document document = {.name = "p"};
  cleanup_json struct json_object *tree = NULL;
  struct signed_identity identity;
  struct error err = {.text = ""};
  cleanup_reference struct reference of_image = {.repository = NULL};
  cleanup_reference struct reference of_claim = {.repository = NULL};
  cr_assert_eq(json_parse(identity_json, strlen(identity_json), "p", &tree, &err), 0);
  document.tree = tree;
  struct value root = document_root(&document);
  cr_assert_eq(signed_identity_read(&root, &identity, &err), 0, "%s", err.text);
  if (image != NULL)
    read_reference(image, &of_image);
  if (claimed != NULL)
    read_reference(claimed, &of_claim);
  cr_expect_eq(signed_identity_matches(&identity, image != NULL ? &of_image : NULL,
                                       claimed != NULL ? &of_claim : NULL),
               expected, "%s of %s by %s", identity_json, image != NULL ? image : "none",
               claimed != NULL ? claimed : "none");
  signed_identity_free(&identity);
}

#define EXACT "{\"type\":\"matchExact\"}"
#define DIGEST_OR_EXACT "{\"type\":\"matchRepoDigestOrExact\"}"
#define REPOSITORY "{\"type\":\"matchRepository\"}"
#define EXACT_REFERENCE "{\"type\":\"exactReference\",\"dockerReference\":\"h.io/a:1\"}"
#define EXACT_REPOSITORY "{\"type\":\"exactRepository\",\"dockerRepository\":\"h.io/a\"}"
#define REMAP \
  "{\"type\":\"remapIdentity\",\"prefix\":\"mirror:5000/v\",\"signedPrefix\":\"vendor.io\"}"

Test(signed_identity, exact_is_the_whole_name)
{
  expect_match(EXACT, "h.io/a:1", "h.io/a:1", true);
  expect_match(EXACT, "busybox:latest", "docker.io/library/busybox:latest", true);
  expect_match(EXACT, "busybox:1", "index.docker.io/library/busybox:1", true);
  expect_match(EXACT, "h.io/a@" D, "h.io/a@" D, true);
  expect_match(EXACT, "h.io/a:1", "h.io/a:2", false);
  expect_match(EXACT, "h.io/a:1", "h.io/a", false);
  expect_match(EXACT, "h.io/a:1", "h.io/a@" D, false);
  expect_match(EXACT, "h.io/a@" D, "h.io/a:1", false);
  expect_match(EXACT, "h.io/a@" D, "h.io/a@" E, false);
  expect_match(EXACT, "h.io/a", "h.io/a", false);
  expect_match(EXACT, NULL, "h.io/a:1", false);
}

Test(signed_identity, by_digest_any_tag_of_the_repository_will_do)
{
  expect_match(DIGEST_OR_EXACT, "h.io/a:1", "h.io/a:1", true);
  expect_match(DIGEST_OR_EXACT, "h.io/a:1", "h.io/a:2", false);
  expect_match(DIGEST_OR_EXACT, "h.io/a:1", "h.io/a", false);
  expect_match(DIGEST_OR_EXACT, "h.io/a@" D, "h.io/a:1", true);
  expect_match(DIGEST_OR_EXACT, "h.io/a@" D, "h.io/a@" E, true);
  expect_match(DIGEST_OR_EXACT, "h.io/a@" D, "h.io/a", false);
  expect_match(DIGEST_OR_EXACT, "h.io/a@" D, "h.io/b:1", false);
  expect_match(DIGEST_OR_EXACT, NULL, "h.io/a:1", false);
}

Test(signed_identity, a_repository_is_without_tags)
{
  expect_match(REPOSITORY, "h.io/a:1", "h.io/a", true);
  expect_match(REPOSITORY, "h.io/a:1", "h.io/a:2", true);
  expect_match(REPOSITORY, "h.io/a@" D, "h.io/a", true);
  expect_match(REPOSITORY, "h.io/a:1", "h.io/a/b", false);
  expect_match(REPOSITORY, "h.io:5000/a:1", "h.io/a", false);
  expect_match(REPOSITORY, NULL, "h.io/a", false);
}

Test(signed_identity, exact_ones_do_not_ask_for_the_images_name)
{
  expect_match(EXACT_REFERENCE, "x.io/b:7", "h.io/a:1", true);
  expect_match(EXACT_REFERENCE, NULL, "h.io/a:1", true);
  expect_match(EXACT_REFERENCE, "h.io/a:1", "h.io/a:2", false);
  expect_match(EXACT_REFERENCE, "h.io/a:1", "h.io/a", false);
  expect_match(EXACT_REPOSITORY, "x.io/b:7", "h.io/a:2", true);
  expect_match(EXACT_REPOSITORY, NULL, "h.io/a", true);
  expect_match(EXACT_REPOSITORY, "h.io/a:1", "h.io/b", false);
}

Test(signed_identity, a_prefix_is_of_whole_components)
{
  expect_match(REMAP, "mirror:5000/v/a:1", "vendor.io/a:1", true);
  expect_match(REMAP, "mirror:5000/v/a@" D, "vendor.io/a:9", true);
  expect_match(REMAP, "mirror:5000/v/a:1", "mirror:5000/v/a:1", false);
  expect_match(REMAP, "mirror:5000/v/a:1", "vendor.io/a:2", false);
  expect_match(REMAP, "mirror:5000/vv/a:1", "vendor.io/a:1", false);
  expect_match(REMAP, "mirror:5000/vv/a:1", "mirror:5000/vv/a:1", true);
  expect_match(REMAP, "h.io/a:1", "h.io/a:1", true);
  expect_match(REMAP, "mirror:5000/v:1", "vendor.io/v:1", false);
  expect_match(REMAP, NULL, "vendor.io/a:1", false);
}

Test(signed_identity, a_signature_without_a_name_fits_nothing)
{
  static const char *const all[] = {EXACT,           DIGEST_OR_EXACT,  REPOSITORY,
                                    EXACT_REFERENCE, EXACT_REPOSITORY, REMAP};
  for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
    expect_match(all[i], "h.io/a:1", NULL, false);
}
