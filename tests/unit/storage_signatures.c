/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures in containers/storage, as podman has them and as nobody should
   (e2e/image-signatures.sh has those that skopeo wrote). */
#include "policy/storage_signatures.h"

#include "folder.h"
#include "samples.h"

TestSuite(storage_signatures, .init = make_folder, .fini = remove_folder);

#define ID "83e57893f50526eef3ae8e401e6cdc34571d916df3be2cb031abe98248539e5e"
#define MANIFEST "dd370a40c5ccdc981eff95b149430668d84810b5471828e8890da2be32eec052"

/* Of base64("signature-MANIFEST"), as containers/storage names it. */
static void write_storage(const char *metadata, const char *signatures)
{
  shell("cd %s && mkdir -p overlay-images/" ID " && name=$(printf %%s signature-" MANIFEST
        " | base64 -w 0) && printf %%s '%s' >\"overlay-images/" ID "/=$name\"",
        folder, signatures);
  cleanup_free char *images =
      xasprintf("[{\"id\":\"other\"},{\"id\":\"" ID "\",\"metadata\":\"%s\"}]", metadata);
  write_file("overlay-images/images.json", images);
}

static int find(struct signature_blobs *blobs, struct error *err)
{
  struct image image = {.engine = IMAGE_STORAGE, .root = folder};
  struct digest manifest;
  cr_assert(digest_from_hex(ID, &image.id));
  cr_assert(digest_from_hex(MANIFEST, &manifest));
  *blobs = (struct signature_blobs){.items = NULL};
  return storage_signatures(&image, &manifest, blobs, err);
}

static void expect_count(const char *metadata, size_t count)
{
  cleanup_signature_blobs struct signature_blobs blobs;
  struct error err = {.text = ""};
  write_storage(metadata, "firstsecond");
  cr_assert_eq(find(&blobs, &err), 0, "%s", err.text);
  cr_expect_eq(blobs.count, count, "%s", metadata);
}

static void expect_refused(const char *metadata, const char *why)
{
  cleanup_signature_blobs struct signature_blobs blobs;
  struct error err = {.text = ""};
  write_storage(metadata, "firstsecond");
  cr_expect_eq(find(&blobs, &err), -1, "accepted: %s", metadata);
  expect_in(err.text, why);
}

#define SIZES(sizes) "{\\\"signatures-sizes\\\":{\\\"sha256:" MANIFEST "\\\":" sizes "}}"

Test(storage_signatures, they_lie_one_behind_the_other)
{
  cleanup_signature_blobs struct signature_blobs blobs;
  struct error err = {.text = ""};
  write_storage(SIZES("[5,6]"), "firstsecond");
  cr_assert_eq(find(&blobs, &err), 0, "%s", err.text);
  cr_assert_eq(blobs.count, 2);
  cr_expect_str_eq(blobs.items[0].bytes, "first");
  cr_expect_str_eq(blobs.items[1].bytes, "second");
}

Test(storage_signatures, an_image_may_have_none)
{
  expect_count("", 0);
  expect_count("{}", 0);
  expect_count("{\\\"signatures-sizes\\\":null}", 0);
  expect_count("{\\\"signatures-sizes\\\":{\\\"sha256:" ID "\\\":[5]}}", 0);
  expect_count(SIZES("[]"), 0);
}

Test(storage_signatures, lengths_that_lie_are_refused)
{
  expect_refused(SIZES("[5,7]"), "is shorter than its signatures");
  expect_refused(SIZES("[-1]"), "/0 is -1, not a number from 0 to 262144");
  expect_refused(SIZES("[9223372036854775807]"), "not a number from 0 to 262144");
  expect_refused(SIZES("{}"), "is an object, not an array");
  expect_refused("[]", "is an array, not an object");
  expect_refused("{", "the text ends where");
}
