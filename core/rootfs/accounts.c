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

/* Has one of the image's lines the number, or the name? Podman adds only who is not there; a second
   line would change who that is, or which groups it has. */
static bool is_taken(const char *lines, const char *name, const char *number)
{
  cleanup_free char *copy = xstrdup(lines);
  char *rest = copy;
  for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
    const char *own_name = strsep(&line, ":");
    strsep(&line, ":");
    const char *own_number = strsep(&line, ":");
    if (text_equal(own_name, name) ||
        (own_number != NULL && strtoull(own_number, NULL, 10) == strtoull(number, NULL, 10)))
      return true;
  }
  return false;
}

/* Cuts the line, which ends up in pieces. */
static bool is_podmans(char *line, const char *below, const struct form *form)
{
  char *rest = line;
  int colons = 0;
  for (const char *at = line; *at != '\0'; at++)
    colons += *at == ':' ? 1 : 0;
  const char *name = strsep(&rest, ":"), *password = strsep(&rest, ":");
  const char *number = strsep(&rest, ":");
  return colons == form->colons && *name != '\0' && text_equal(password, form->password) &&
         is_unprivileged(number) && !is_taken(below, name, number);
}

/* The lines that were added to those below. Cuts them. */
static bool are_podmans(char *added, const char *below, const struct form *form)
{
  int count = 0;
  for (char *line; (line = strsep(&added, "\n")) != NULL;)
    if (*line != '\0' && (++count > ACCOUNTS_ADDED_MAX || !is_podmans(line, below, form)))
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
  size_t index;
  cleanup_close int fd = below_open(folders, count, path, &status, &index);
  if (fd >= 0)
    return read_at(folders->fds[index], path, bytes, length);
  *bytes = xstrdup("");
  *length = 0;
  return true;
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
         are_podmans(own + below_length, below, form);
}
