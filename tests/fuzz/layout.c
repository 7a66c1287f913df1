/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI layouts that skopeo or others wrote (tests/fuzz/store.h), below "layout": what is found has
 * the digest that it is listed by.
 *
 * Covers: core/ctk/image_layout.c
 */
#include "store.h"

#include "ctk/image_layout.h"

static void open_it(const char *tag)
{
  struct error err = {.text = ""};
  struct digest digest;
  struct layout layout;
  cleanup_free char *folder = fuzz_path("layout");
  cleanup_free char *word = xasprintf(LAYOUT_PREFIX "%s%s", folder, tag);
  if (layout_open(word, &layout, &err) < 0) {
    must(err.text[0] != '\0' && layout.folder == NULL);
    return;
  }
  hash_bytes(layout.subject.bytes, layout.subject.length, &digest);
  must(digest_equal(&digest, &layout.subject.digest));
  layout_close(&layout);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct fuzz_store store;
  store_make(&store, bytes, length);
  open_it("");
  open_it(":tag");
  store_free(&store);
  return 0;
}
