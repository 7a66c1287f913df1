/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of what install has put below a prefix, by which uninstall removes: nothing else is ever
 * named. In the list, ~ is the prefix.
 *
 * Covers: core/ctk/manifest.c
 */
#include "folder.h"

#include "ctk/manifest.h"

/* Owned by the caller. */
static char *expand(const char *text)
{
  char *expanded = NULL;
  size_t size;
  FILE *out = xmemstream(&expanded, &size);
  for (; *text != '\0'; text++)
    fputs(*text == '~' ? fuzz_folder : (const char[]){*text, '\0'}, out);
  xmemstream_close(out);
  return expanded;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  cleanup_free char *prefix = NULL;
  fuzz_make_folder();
  cleanup_free char *text = fuzz_text(bytes, length), *list = expand(text);
  must(fuzz_write("lib/container-hooks/installed", list, strlen(list)));
  cleanup_free char *named = xasprintf("%s//", fuzz_folder);
  must(manifest_prefix(named, &prefix, &err) == 0 && text_equal(prefix, fuzz_folder));
  cleanup_manifest_paths char **paths = manifest_read(prefix, &err);
  must(paths != NULL || err.text[0] != '\0');
  for (char **path = paths; path != NULL && *path != NULL; path++) {
    cleanup_free char *slashed = xasprintf("%s/", *path);
    must(text_starts(*path, prefix) && (*path)[strlen(prefix)] == '/');
    must(strstr(slashed, "/../") == NULL);
  }
  return 0;
}
