/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/accounts.h"

#include "common/file.h"
#include "rootfs/below.h"
#include "rootfs/beneath.h"

#define PASSWD "etc/passwd"
#define GROUP "etc/group"

/* podman: libpod/container_internal_common.go, generatePasswdEntry and generateGroupEntry:
   "NAME:*:UID:GID:container user:HOME:SHELL", "NAME:x:GID:USER". */
struct form {
  const char *path, *password;
  int colons;
};

static const struct form forms[] = {{PASSWD, "*", 6}, {GROUP, "x", 3}};

static const struct form *find_form(const char *path)
{
  for (size_t i = 0; i < ARRAY_LENGTH(forms); i++)
    if (text_equal(path, forms[i].path))
      return &forms[i];
  return NULL;
}

/* A user or group that is not 0, nor read as 0 by C libraries that keep the low 32 bits only. */
static bool is_unprivileged(const char *number)
{
  size_t length = strlen(number);
  return *number >= '1' && *number <= '9' && strspn(number, "0123456789") == length &&
         length <= strlen("4294967295") && strtoull(number, NULL, 10) < UINT32_MAX;
}

/* Cuts the line, which ends up in pieces. */
static bool is_podmans(char *line, const struct form *form)
{
  char *rest = line;
  int colons = 0;
  for (const char *at = line; *at != '\0'; at++)
    colons += *at == ':' ? 1 : 0;
  const char *name = strsep(&rest, ":"), *password = strsep(&rest, ":");
  const char *number = strsep(&rest, ":");
  return colons == form->colons && *name != '\0' && text_equal(password, form->password) &&
         is_unprivileged(number);
}

/* The lines that were added. Cuts them. */
static bool are_podmans(char *added, const struct form *form)
{
  int count = 0;
  for (char *line; (line = strsep(&added, "\n")) != NULL;)
    if (*line != '\0' && (++count > ACCOUNTS_ADDED_MAX || !is_podmans(line, form)))
      return false;
  return true;
}

static bool read_at(int folder, const char *path, char **bytes, size_t *length)
{
  struct error ignored;
  cleanup_close int fd = beneath_open(folder, path, BENEATH_READ);
  return fd >= 0 && file_read(fd, path, ACCOUNTS_SIZE_MAX, bytes, length, &ignored) == 0 &&
         strlen(*bytes) == *length;
}

/* "" if there is none below. */
static bool read_below(const struct folders *folders, size_t count, const char *path, char **bytes,
                       size_t *length)
{
  struct stat status;
  if (!below_find(folders, count, path, &status)) {
    *bytes = xstrdup("");
    *length = 0;
    return true;
  }
  /* The nearest layer that has the path is the one that is shown. */
  while (count > 0) {
    cleanup_close int fd = beneath_open(folders->fds[--count], path, BENEATH_NAME);
    if (fd >= 0)
      return read_at(folders->fds[count], path, bytes, length);
  }
  return false;
}

bool accounts_are_podmans(const struct folders *folders, size_t index, const char *path)
{
  cleanup_free char *own = NULL, *below = NULL;
  size_t length, below_length;
  const struct form *form = find_form(path);
  return form != NULL && read_at(folders->fds[index], path, &own, &length) &&
         read_below(folders, index, path, &below, &below_length) && length >= below_length &&
         memcmp(own, below, below_length) == 0 &&
         (below_length == 0 || below[below_length - 1] == '\n' || own[below_length] == '\n') &&
         are_podmans(own + below_length, form);
}
