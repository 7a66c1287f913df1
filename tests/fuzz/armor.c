/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What armor decodes to is never more than its text, and goes into a keyring or is refused.
 *
 * Covers: core/image/armor.c core/common/base64.c
 */
#include "fuzz.h"

#include "image/armor.h"
#include "image/gpg.h"

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
  return 0;
}
