/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys as PEM: a public one comes out again as the same key; a private one signs what its public
 * one verifies, and nothing else.
 *
 * Covers: core/policy/key.c
 */
#include "folder.h"

#include "policy/key.h"

static void read_public(const char *pem, size_t length)
{
  struct error err;
  cleanup_key struct key *key = NULL, *again = NULL;
  if (key_parse(pem, length, "fuzz", &key, &err) < 0) {
    must(text_starts(err.text, "fuzz") && key == NULL);
    return;
  }
  cleanup_free char *text = key_public_pem(key);
  must(key_parse(text, strlen(text), "again", &again, &err) == 0);
  must(text_equal(key_id(key), key_id(again)) && text_equal(key_kind(key), key_kind(again)));
  must(!key_verify(key, "bytes", 5, pem, length));
}

static void read_private(const char *pem, size_t length)
{
  struct error err;
  cleanup_key struct key *key = NULL, *public = NULL;
  cleanup_free char *path = fuzz_path("key.pem");
  must(fuzz_write("key.pem", pem, length));
  if (key_read_private(path, "secret", &key, &err) < 0) {
    must(text_starts(err.text, path));
    return;
  }
  cleanup_free char *text = key_public_pem(key), *signature = NULL;
  size_t signature_length;
  must(key_parse(text, strlen(text), "public", &public, &err) == 0);
  if (key_sign(key, "bytes", 5, &signature, &signature_length, &err) < 0)
    return; /* its numbers do not belong together */
  must(!key_verify(public, "other", 5, signature, signature_length));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  fuzz_make_folder();
  read_public((const char *)bytes, length);
  read_private((const char *)bytes, length);
  return 0;
}
