/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /etc/passwd and /etc/group in a container's own layer: what is let pass adds no line for a user
 * or group 0, and changes none.
 *
 * Input: the file below, a NUL, the container's.
 *
 * Covers: core/rootfs/accounts.c
 */
#include "folder.h"

#include "rootfs/accounts.h"

#include <dirent.h>

static int open_layer(const char *name)
{
  cleanup_free char *path = fuzz_path(name);
  mkdir(path, 0755);
  int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  must(fd >= 0);
  return fd;
}

/* The third field, as a C library that wraps at 32 bits would read it. */
static void expect_no_root(const char *line, size_t length)
{
  cleanup_free char *copy = xstrndup(line, length);
  char *rest = copy;
  strsep(&rest, ":");
  strsep(&rest, ":");
  const char *number = strsep(&rest, ":");
  must(number != NULL && *number != '\0' && (uint32_t)strtoull(number, NULL, 10) != 0);
}

static void expect_harmless(const char *below, const char *own)
{
  size_t length = strlen(below);
  must(strncmp(own, below, length) == 0);
  for (own += length; *own != '\0'; own += strcspn(own, "\n"), own += *own == '\n')
    if (*own != '\n')
      expect_no_root(own, strcspn(own, "\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  static const char *const paths[] = {"etc/passwd", "etc/group", "etc/shadow"};
  cleanup_free char *below = fuzz_text(bytes, length);
  size_t first = strlen(below);
  if (first >= length)
    return 0;
  const char *own = below + first + 1;
  size_t own_length = length - first - 1;
  for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
    cleanup_free char *lower = xasprintf("0/%s", paths[i]), *upper = xasprintf("1/%s", paths[i]);
    fuzz_make_folder();
    must(fuzz_write(upper, own, own_length));
    if (first > 0)
      must(fuzz_write(lower, below, first));
    cleanup_close int lower_fd = open_layer("0"), upper_fd = open_layer("1");
    int fds[] = {lower_fd, upper_fd};
    const struct folders folders = {.fds = fds, .count = 2, .has_own = true};
    if (!accounts_are_podmans(&folders, 1, paths[i]))
      continue;
    must(i < 2 && strlen(own) == own_length);
    expect_harmless(below, own);
  }
  return 0;
}
