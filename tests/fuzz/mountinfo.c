/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's list of mounts, whose folders containers name: a mount that was found has all that
 * is promised of one.
 *
 * Covers: core/image/mountinfo.c
 */
#include "fuzz.h"

#include "common/file.h"
#include "image/mountinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  struct mount mount;
  cleanup_close int fd = file_in_memory("mountinfo");
  must(fd >= 0 && file_write_all(fd, (const char *)bytes, length) == 0);
  cleanup_free char *path = xasprintf("/proc/self/fd/%d", fd);
  if (mountinfo_find(path, "/merged", &mount, &err) < 0) {
    must(err.text[0] != '\0' && mount.type == NULL && mount.lowers == NULL);
    return 0;
  }
  must(mount.type != NULL && mount.folder != NULL && mount.lower_count <= MOUNT_LOWERS_MAX);
  for (size_t i = 0; i < mount.lower_count; i++)
    must(mount.lowers[i][0] != '\0');
  mount_free(&mount);
  return 0;
}
