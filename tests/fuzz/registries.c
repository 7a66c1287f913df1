/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of YAML that registries.d has.
 *
 * Covers: core/policy/registries.c
 */
#include "folder.h"

#include "policy/registries.h"

static void expect_lookaside(const struct registries *registries)
{
  struct error err;
  cleanup_reference struct reference reference;
  must(reference_parse("127.0.0.1:5055/team/app:1", &reference, &err) == 0);
  const char *url = registries_lookaside(registries, &reference);
  must(url == NULL || registries->count > 0);
  for (size_t i = 0; i < registries->count; i++)
    must(registries->items[i].url[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  cleanup_registries struct registries registries = {.items = NULL}, read = {.items = NULL};
  int result = registries_parse((const char *)bytes, length, "fuzz", &registries, &err);
  must(result == 0 || text_starts(err.text, "fuzz:"));
  expect_lookaside(&registries);

  /* The file, among others, says the same as its bytes. */
  fuzz_make_folder();
  must(fuzz_write("d/a.yaml", bytes, length) && fuzz_write("d/other", bytes, length));
  cleanup_free char *folder = fuzz_path("d"), *none = fuzz_path("none");
  must(registries_read(folder, &read, &err) == result);
  must(result < 0 || read.count == registries.count);
  registries_free(&read);
  must(registries_read(none, &read, &err) == 0 && read.count == 0);
  return 0;
}
