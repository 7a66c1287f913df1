/* SPDX-License-Identifier: Apache-2.0 */
#include "image/mountinfo.h"

#include "common/file.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

#define TRIES 3

/* A line: ID PARENT MAJOR:MINOR FOLDER POINT OPTIONS [TAG…] - TYPE SOURCE SUPER-OPTIONS */
struct fields {
  char *device, *folder, *point, *type, *super;
};

/* --- one line ------------------------------------------------------------------------------ */

/* Undoes the kernel's escapes in place: \ and three octal digits. */
static void unescape(char *text)
{
  char *to = text;
  for (const char *from = text; *from != '\0'; from++) {
    bool octal = from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' &&
                 from[2] <= '7' && from[3] >= '0' && from[3] <= '7';
    *to++ = octal ? (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0')) : *from;
    from += octal ? 3 : 0;
  }
  *to = '\0';
}

/* Cuts the line, which ends up in pieces. */
static bool split_line(char *line, struct fields *fields)
{
  char *dash = strstr(line, " - "), *rest;
  if (dash == NULL)
    return false;
  *dash = '\0';
  strtok_r(line, " ", &rest);
  strtok_r(NULL, " ", &rest);
  fields->device = strtok_r(NULL, " ", &rest);
  fields->folder = strtok_r(NULL, " ", &rest);
  fields->point = strtok_r(NULL, " ", &rest);
  fields->type = strtok_r(dash + 3, " ", &rest);
  strtok_r(NULL, " ", &rest);
  fields->super = strtok_r(NULL, " ", &rest);
  if (fields->point == NULL || fields->super == NULL)
    return false;
  unescape(fields->folder);
  unescape(fields->point);
  return true;
}

/* --- overlay's options --------------------------------------------------------------------- */

static int add_lower(struct mount *mount, const char *text, struct error *err)
{
  if (mount->lower_count == MOUNT_LOWERS_MAX)
    return error_set(err, "an overlay of more than %d folders is mounted there", MOUNT_LOWERS_MAX);
  if (*text == '\0') /* "::" */
    return error_set(err, "an overlay with data-only folders is mounted there; they cannot be "
                          "verified");
  mount->lowers[mount->lower_count++] = xstrdup(text);
  return 0;
}

/* "A:B": in a folder's name overlay wants a colon written "\:". */
static int add_lowers(struct mount *mount, char *value, struct error *err)
{
  char *to = value, *begin = value;
  for (const char *from = value;; from++) {
    if (*from == ':' || *from == '\0') {
      bool last = *from == '\0';
      *to = '\0';
      if (add_lower(mount, begin, err) < 0)
        return -1;
      if (last)
        return 0;
      begin = ++to;
      continue;
    }
    if (*from == '\\' && from[1] != '\0')
      from++;
    *to++ = *from;
  }
}

static int read_option(struct mount *mount, char *option, struct error *err)
{
  char *value = strchr(option, '=');
  if (value == NULL)
    return 0;
  *value++ = '\0';
  unescape(value);
  if (text_equal(option, "lowerdir"))
    return add_lowers(mount, value, err);
  if (text_equal(option, "lowerdir+"))
    return add_lower(mount, value, err);
  if (text_equal(option, "datadir+"))
    return add_lower(mount, "", err);
  if (text_equal(option, "upperdir")) {
    free(mount->upper);
    mount->upper = xstrdup(value);
  }
  return 0;
}

static int read_overlay(struct mount *mount, char *options, struct error *err)
{
  char *rest;
  mount->lowers = xcalloc(MOUNT_LOWERS_MAX, sizeof(*mount->lowers));
  for (char *option = strtok_r(options, ",", &rest); option != NULL;
       option = strtok_r(NULL, ",", &rest))
    if (read_option(mount, option, err) < 0)
      return -1;
  return 0;
}

/* --- all of them --------------------------------------------------------------------------- */

static int take(const struct fields *fields, const char *point, struct mount *mount,
                struct error *err)
{
  unsigned major_number, minor_number;
  if (sscanf(fields->device, "%u:%u", &major_number, &minor_number) != 2)
    return error_set(err, "%s: the mount's device is '%s'", point, fields->device);
  dev_t device = makedev(major_number, minor_number);
  if (mount->type != NULL) {
    if (device == mount->device && text_equal(fields->folder, mount->folder))
      return 0;
    return error_set(err, "%s: several file systems are mounted there, above each other", point);
  }
  mount->device = device;
  mount->type = xstrdup(fields->type);
  mount->folder = xstrdup(fields->folder);
  if (text_equal(fields->type, "overlay") && read_overlay(mount, fields->super, err) < 0)
    return error_wrap(err, "%s", point);
  return 0;
}

static int search(char *text, const char *point, struct mount *mount, struct error *err)
{
  struct fields fields;
  char *rest;
  for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
    if (split_line(line, &fields) && text_equal(fields.point, point) &&
        take(&fields, point, mount, err) < 0)
      return -1;
  if (mount->type != NULL)
    return 0;
  error_set(err, "nothing is mounted at %s", point);
  errno = ENOENT;
  return -1;
}

static int find_once(const char *path, const char *point, struct mount *mount, struct error *err)
{
  cleanup_free char *text = NULL;
  size_t length;
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  errno = fd < 0 ? errno : EIO;
  if (fd < 0)
    return error_set(err, "cannot open %s: %m", path);
  return file_read(fd, path, MOUNTINFO_SIZE_MAX, &text, &length, err) < 0
             ? -1
             : search(text, point, mount, err);
}

int mountinfo_find(const char *path, const char *point, struct mount *mount, struct error *err)
{
  *mount = (struct mount){.type = NULL};
  /* Older kernels leave lines out while others mount and unmount. */
  for (int tries = 0; tries < TRIES; tries++) {
    if (find_once(path, point, mount, err) == 0)
      return 0;
    if (errno != ENOENT)
      break;
  }
  mount_free(mount);
  return -1;
}

void mount_free(struct mount *mount)
{
  int saved = errno;
  for (size_t i = 0; i < mount->lower_count; i++)
    free(mount->lowers[i]);
  free(mount->lowers);
  free(mount->upper);
  free(mount->folder);
  free(mount->type);
  *mount = (struct mount){.type = NULL};
  errno = saved;
}
