/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The original's config.toml: it is refused with its place, or our config holds what it says and is
 * one that the runtime takes.
 *
 * Covers: core/ctk/config_original.c
 */
#include "folder.h"
#include "libconfig.h"

#include "ctk/config_file.h"
#include "ctk/config_original.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  fuzz_make_folder();
  cleanup_free char *path = fuzz_path("config.toml");
  must(fuzz_write("config.toml", bytes, length));
  struct config_file_text file = {.path = fuzz_path("config.cfg"),
                                  .text = xstrdup(config_file_default())};
  if (config_original_take_over(path, &file, &err) < 0)
    must(text_starts(err.text, path));
  else
    must(config_file_check(&file, &err) == 0);
  config_file_free(&file);
  return 0;
}
