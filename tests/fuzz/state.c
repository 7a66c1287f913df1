/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's state, as a runtime gives it to verify-rootfs: it is taken only if it is an
 * object that names this container.
 *
 * Covers: core/verify-rootfs/state.c
 */
#include "fuzz.h"

#include "common/file.h"
#include "common/json.h"
#include "verify-rootfs/state.h"

static bool says(struct json_object *tree, const char *key, const char *text)
{
  struct json_object *member;
  return json_object_object_get_ex(tree, key, &member) &&
         json_object_is_type(member, json_type_string) &&
         text_equal(json_object_get_string(member), text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  cleanup_json struct json_object *tree = NULL;
  cleanup_close int fd = file_in_memory("state");
  must(fd >= 0 && file_write_all(fd, (const char *)bytes, length) == 0 &&
       lseek(fd, 0, SEEK_SET) == 0);
  if (state_check(fd, "the-id", "/the/bundle", &err) < 0) {
    must(err.text[0] != '\0');
    return 0;
  }
  must(json_parse((const char *)bytes, length, "fuzz", &tree, &err) == 0);
  must(says(tree, "id", "the-id") && says(tree, "bundle", "/the/bundle"));
  return 0;
}
