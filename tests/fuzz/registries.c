/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of YAML that registries.d has.
 *
 * Covers: core/image/registries.c
 */
#include "fuzz.h"

#include "image/registries.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  cleanup_registries struct registries registries = {.items = NULL};
  cleanup_reference struct reference reference;
  if (registries_parse((const char *)bytes, length, "fuzz", &registries, &err) < 0 &&
      !text_starts(err.text, "fuzz:"))
    abort();
  if (reference_parse("127.0.0.1:5055/team/app:1", &reference, &err) < 0)
    abort();
  registries_lookaside(&registries, &reference);
  return 0;
}
