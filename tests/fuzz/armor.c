/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What armor decodes to is never more than its text, and goes into a keyring or is refused.
 *
 * Covers: core/policy/armor.c core/common/base64.c
 */
#include "fuzz.h"

#include "common/base64.h"
#include "policy/armor.h"
#include "policy/gpg.h"

static void expect_base64_both_ways(const uint8_t *bytes, size_t length)
{
  cleanup_free char *encoded = base64_encode(bytes, length), *again = NULL;
  size_t size;
  must(base64_decode(encoded, strlen(encoded), &again, &size));
  must(size == length && (size == 0 || memcmp(again, bytes, size) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  const char *text = (const char *)bytes;
  struct error err;
  cleanup_free char *decoded = NULL;
  size_t size = 0;
  if (armor_decode(text, length, "fuzz", &decoded, &size, &err) == 0)
    must(size > 0 && size < length && armor_is_in(text, length));
  else
    must(text_starts(err.text, "fuzz:"));
  cleanup_keyring struct keyring keyring = {.bytes = NULL};
  if (keyring_add(&keyring, text, length, "fuzz", &err) == 0)
    must(keyring.length > 0 && keyring.length <= length);
  expect_base64_both_ways(bytes, length);
  return 0;
}
