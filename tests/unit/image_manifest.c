/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes, manifests and configs of images: real ones, and such as must be refused. */
#include "image/manifest.h"

#include "common/file.h"
#include "image/hash.h"

#include <criterion/criterion.h>
#include <fcntl.h>

TestSuite(image_manifest);

#define SAMPLES "tests/samples/signatures/image/"
#define DIGEST "sha256:dd37b8a1c0e1d4b0f6f4f3a0c1b2d3e4f5061728394a5b6c7d8e9f0011223344"
#define DESCRIPTOR "{\"mediaType\":\"m\",\"digest\":\"" DIGEST "\",\"size\":1}"

static char *read_sample(const char *name, size_t *length)
{
  cleanup_free char *path = xasprintf(SAMPLES "%s", name);
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  char *bytes = NULL;
  struct error err = {.text = ""};
  cr_assert_geq(fd, 0, "%s: %m", path);
  cr_assert_eq(file_read(fd, path, MANIFEST_SIZE_MAX, &bytes, length, &err), 0, "%s", err.text);
  return bytes;
}

static void parse_sample(const char *name, struct manifest *manifest, struct digest *digest)
{
  size_t length;
  struct error err = {.text = ""};
  cleanup_free char *bytes = read_sample(name, &length);
  hash_bytes(bytes, length, digest);
  cr_assert_eq(manifest_parse(bytes, length, name, manifest, &err), 0, "%s", err.text);
}

Test(image_manifest, an_index_leads_to_a_manifest_to_a_config_to_its_layers)
{
  cleanup_manifest struct manifest index, manifest;
  cleanup_image_config struct image_config config;
  struct digest ignored, digest, config_digest;
  struct error err = {.text = ""};
  size_t length;
  parse_sample("index.json", &index, &ignored);
  parse_sample("manifest.json", &manifest, &digest);
  cr_expect(index.is_index);
  cr_expect(manifest_lists(&index, &digest));
  cr_expect_not(manifest_lists(&manifest, &digest));

  cleanup_free char *bytes = read_sample("config.json", &length);
  hash_bytes(bytes, length, &config_digest);
  cr_expect(digest_equal(&manifest.config.digest, &config_digest));
  cr_expect_eq((size_t)manifest.config.size, length);
  cr_assert_eq(image_config_parse(bytes, length, "config", &config, &err), 0, "%s", err.text);
  cr_expect_eq(config.count, manifest.count);
}

static void expect_refused(const char *text, const char *why)
{
  struct manifest manifest;
  struct error err = {.text = ""};
  cr_expect_eq(manifest_parse(text, strlen(text), "m", &manifest, &err), -1, "accepted: %s", text);
  cr_expect_not_null(strstr(err.text, why), "'%s' is not in: %s", why, err.text);
}

Test(image_manifest, what_is_none_is_refused)
{
  expect_refused("", "");
  expect_refused("[]", "is an array, not an object");
  expect_refused("{}", "has no \"schemaVersion\"");
  expect_refused("{\"schemaVersion\":1}", "is not 2");
  expect_refused("{\"schemaVersion\":2}", "has no \"config\"");
  expect_refused("{\"schemaVersion\":2,\"config\":" DESCRIPTOR "}", "has no \"layers\"");
  expect_refused("{\"schemaVersion\":2,\"config\":" DESCRIPTOR ",\"layers\":{}}", "not an array");
  expect_refused("{\"schemaVersion\":2,\"config\":" DESCRIPTOR ",\"layers\":[],\"manifests\":[]}",
                 "has both");
  expect_refused("{\"schemaVersion\":2,\"schemaVersion\":2,\"manifests\":[]}", "twice");
  expect_refused("{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:1\",\"size\":1}]}",
                 "/manifests/0/digest is not sha256:");
  expect_refused("{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"" DIGEST "\",\"size\":-1}]}",
                 "/manifests/0/size is -1");
  expect_refused("{\"schemaVersion\":2,\"manifests\":[" DESCRIPTOR ",[]]}",
                 "/manifests/1 is an array, not an object");
}

Test(image_manifest, the_chain_id_is_made_of_pairs)
{
  /* OCI image spec, config.md: ChainID(A) = A; ChainID(A|B) = sha256(ChainID(A) " " B) */
  struct digest diff_ids[2], chain, expected;
  cr_assert(digest_parse(DIGEST, &diff_ids[0]));
  hash_bytes("b", 1, &diff_ids[1]);
  const struct image_config config = {.diff_ids = diff_ids, .count = 2};
  image_chain_id(&config, 0, &chain);
  cr_expect_not(digest_is_set(&chain));
  image_chain_id(&config, 1, &chain);
  cr_expect(digest_equal(&chain, &diff_ids[0]));
  cleanup_free char *pair = xasprintf("%s %s", diff_ids[0].text, diff_ids[1].text);
  hash_bytes(pair, strlen(pair), &expected);
  image_chain_id(&config, 2, &chain);
  cr_expect(digest_equal(&chain, &expected));
}

Test(image_manifest, a_config_without_layers_has_none)
{
  static const char text[] = "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null}}";
  cleanup_image_config struct image_config config;
  struct error err = {.text = ""};
  cr_expect_eq(image_config_parse(text, strlen(text), "c", &config, &err), 0, "%s", err.text);
  cr_expect_eq(config.count, 0);
}
