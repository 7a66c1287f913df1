/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests, indexes and configs of images: what is taken has a valid digest wherever it has one.
 *
 * Covers: core/image/manifest.c core/image/digest.c
 */
#include "fuzz.h"

#include "image/manifest.h"

static void expect_descriptor(const struct descriptor *descriptor)
{
  struct digest again;
  must(digest_parse(descriptor->digest.text, &again) && descriptor->size >= 0);
  must(descriptor->media_type != NULL);
}

static void read_manifest(const char *bytes, size_t length)
{
  struct error err;
  cleanup_manifest struct manifest manifest = {.is_index = false};
  if (manifest_parse(bytes, length, "fuzz", &manifest, &err) < 0) {
    must(text_starts(err.text, "fuzz:"));
    return;
  }
  must(manifest.count <= MANIFEST_ENTRIES_MAX);
  if (!manifest.is_index)
    expect_descriptor(&manifest.config);
  for (size_t i = 0; i < manifest.count; i++) {
    expect_descriptor(&manifest.entries[i]);
    must(!manifest.is_index || manifest_lists(&manifest, &manifest.entries[i].digest));
  }
}

static void read_config(const char *bytes, size_t length)
{
  struct error err;
  struct digest chain = {.text = ""}, whole;
  cleanup_image_config struct image_config config = {.diff_ids = NULL};
  if (image_config_parse(bytes, length, "fuzz", &config, &err) < 0) {
    must(text_starts(err.text, "fuzz:"));
    return;
  }
  must(config.count <= IMAGE_LAYERS_MAX);
  for (size_t i = 0; i < config.count; i++)
    image_chain_add(&chain, &config.diff_ids[i]);
  image_chain_id(&config, config.count, &whole);
  must(text_equal(whole.text, chain.text) && digest_is_set(&whole) == (config.count > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  read_manifest((const char *)bytes, length);
  read_config((const char *)bytes, length);
  return 0;
}
