/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patch files of the plugin spec-patch: refused with their place, or they make of a spec one that
 * can be read again; where they do not apply, the spec is as it was.
 *
 * Covers: plugins/spec-patch/patch-file.c
 */
#include "../../plugins/spec-patch/patch-file.h"

#include "folder.h"

#include "spec/check.h"

#define SPEC                                                                                     \
  "{\"ociVersion\": \"1.0.2\", \"process\": {\"args\": [\"/bin/app\"], \"env\": [\"A=b\"]},"     \
  " \"annotations\": {\"key\": \"value\"}, \"mounts\": [{\"destination\": \"/d\"}], \"linux\": " \
  "{}}"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  cleanup_json struct json_object *spec = NULL, *before = NULL;
  fuzz_make_folder();
  cleanup_free char *path = fuzz_path("patch.json");
  must(fuzz_write("patch.json", bytes, length));
  must(json_parse(SPEC, strlen(SPEC), "spec", &spec, &err) == 0);
  must(json_parse(SPEC, strlen(SPEC), "spec", &before, &err) == 0);
  struct patch_file *file = patch_file_read(path, &err);
  if (file == NULL) {
    must(text_starts(err.text, path));
    return 0;
  }
  if (patch_file_apply(file, &spec, &err) < 0)
    must(text_starts(err.text, path) && json_object_equal(spec, before));
  else
    must(json_object_is_type(spec, json_type_object) && spec_check(spec, &err) == 0);
  patch_file_free(file);
  return 0;
}
