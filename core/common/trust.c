/* SPDX-License-Identifier: Apache-2.0 */
#include "common/trust.h"

#include "common/file.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#ifndef PREFIX
#  define PREFIX "/usr"
#endif
#ifndef SYSCONFDIR
#  define SYSCONFDIR "/etc"
#endif

#define LINKS_MAX 40 /* as many as the kernel follows */
#define OVERFLOW_UID 65534
#define WRITABLE_BY_OTHERS (S_IWGRP | S_IWOTH)

/* On its way from "/" to what a path leads to. */
struct walk {
  int fd;              /* owned; where we are, at first -1 */
  char at[PATH_MAX];   /* its path, free of links; "/" is "" here */
  char text[PATH_MAX]; /* holds the names that are left */
  char *rest;          /* those, in the text */
  int links;           /* followed so far */
};

/* --- who is root --------------------------------------------------------------------------- */

/* Reads a small file of the kernel's; "" if it cannot. */
static void read_kernel_file(const char *path, char *text, size_t size)
{
  cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t got = fd >= 0 ? read(fd, text, size - 1) : -1;
  text[got > 0 ? got : 0] = '\0';
}

/* Without /proc nobody can tell, and taking ourselves for the host's root is the stricter way. */
static bool in_user_namespace(void)
{
  char map[256];
  unsigned long inside, outside, count;
  char more;
  read_kernel_file("/proc/self/uid_map", map, sizeof(map));
  if (map[0] == '\0')
    return false;
  return sscanf(map, "%lu %lu %lu %c", &inside, &outside, &count, &more) != 3 || inside != 0 ||
         outside != 0 || count != UINT32_MAX;
}

bool trust_rootless(void)
{
  static enum { UNKNOWN, NO, YES } rootless = UNKNOWN;
  if (rootless == UNKNOWN)
    rootless = geteuid() != 0 || in_user_namespace() ? YES : NO;
  return rootless == YES;
}

/* How files look whose owner is not mapped into our user namespace: the host's root among them. */
static uid_t overflow_uid(void)
{
  char text[16];
  unsigned long uid;
  read_kernel_file("/proc/sys/kernel/overflowuid", text, sizeof(text));
  return sscanf(text, "%lu", &uid) == 1 ? (uid_t)uid : OVERFLOW_UID;
}

/* Is `path` this folder or below it? The path of "/" is "". */
static bool is_within(const char *path, const char *folder)
{
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Does the way to the caller's home lead through here? It trusts those folders already. */
static bool leads_home(const char *path)
{
  const char *home = getenv("HOME");
  if (home == NULL || home[0] != '/')
    return false;
  cleanup_free char *resolved = realpath(home, NULL);
  return is_within(home, path) || (resolved != NULL && is_within(resolved, path));
}

/*
 * In a user namespace the host's root is nobody, and so is every other user of the host. Where only
 * root can have put things, nobody is taken for root.
 */
static bool is_system_place(const char *path)
{
  return is_within(path, PREFIX) || is_within(PREFIX, path) || is_within(path, SYSCONFDIR) ||
         is_within(SYSCONFDIR, path) || leads_home(path);
}

static bool is_trusted_owner(const char *path, uid_t owner)
{
  if (owner == 0 || owner == geteuid())
    return true;
  return geteuid() == 0 && trust_rootless() && owner == overflow_uid() && is_system_place(path);
}

/* --- checks -------------------------------------------------------------------------------- */

static const char *shown(const char *path)
{
  return path[0] != '\0' ? path : "/";
}

static const char *kind_of(mode_t mode)
{
  return S_ISDIR(mode) ? "folder " : S_ISLNK(mode) ? "link " : "";
}

static int refuse_owner(const char *path, const struct stat *status, struct error *err)
{
  uid_t owner = status->st_uid, self = geteuid();
  bool outsider = self == 0 && trust_rootless() && owner == overflow_uid();
  error_set(err, "%s%s is owned by uid %u, %s", kind_of(status->st_mode), shown(path), owner,
            outsider ? "somebody outside this user namespace: it would have to lie below " PREFIX
                       " or " SYSCONFDIR
            : self == 0 ? "not root"
                        : "neither root nor us");
  if (!outsider)
    error_append(err, ": chown %sroot %s", S_ISLNK(status->st_mode) ? "-h " : "", shown(path));
  errno = EPERM;
  return -1;
}

static int refuse_mode(const char *path, const struct stat *status, struct error *err)
{
  error_set(err, "%s%s is writable by others (mode %04o): chmod go-w %s", kind_of(status->st_mode),
            shown(path), (unsigned)status->st_mode & 07777, shown(path));
  errno = EPERM;
  return -1;
}

static int refuse_kind(const char *path, mode_t kind, struct error *err)
{
  error_set(err, "%s is not a %s", shown(path), S_ISDIR(kind) ? "folder" : "regular file");
  errno = S_ISDIR(kind) ? ENOTDIR : EINVAL;
  return -1;
}

/* A link has no mode of its own: only the folder it lies in decides who can replace it. */
static int check(const char *path, const struct stat *status, struct error *err)
{
  mode_t mode = status->st_mode;
  if (!is_trusted_owner(path, status->st_uid))
    return refuse_owner(path, status, err);
  if (S_ISLNK(mode) || (S_ISDIR(mode) && (mode & S_ISVTX)))
    return 0;
  return mode & WRITABLE_BY_OTHERS ? refuse_mode(path, status, err) : 0;
}

int trust_check_file(int fd, const char *path, struct error *err)
{
  struct stat status;
  if (fstat(fd, &status) < 0)
    return error_set(err, "cannot look at %s: %m", path);
  return S_ISREG(status.st_mode) ? check(path, &status, err) : refuse_kind(path, S_IFREG, err);
}

/* --- the walk ------------------------------------------------------------------------------ */

/* Takes the next name off the rest: "/" where an absolute path begins; NULL when none is left. */
static const char *next_name(struct walk *walk)
{
  char *name = walk->rest;
  if (*name == '\0')
    return NULL;
  walk->rest += strcspn(name, "/");
  if (*walk->rest == '/')
    *walk->rest++ = '\0';
  walk->rest += strspn(walk->rest, "/");
  return *name != '\0' ? name : "/";
}

/* Brings walk->at to where a name leads. */
static int extend_path(struct walk *walk, const char *name)
{
  if (text_equal(name, "/")) {
    walk->at[0] = '\0';
  } else if (text_equal(name, "..")) {
    char *last = strrchr(walk->at, '/');
    if (last != NULL)
      *last = '\0';
  } else if (!text_equal(name, ".")) {
    size_t length = strlen(walk->at), room = sizeof(walk->at) - length;
    if ((size_t)snprintf(walk->at + length, room, "/%s", name) >= room) {
      errno = ENAMETOOLONG;
      return -1;
    }
  }
  return 0;
}

/* Opens without following a link: the link itself is opened then. */
static int open_name(int folder, const char *name, int flags)
{
  int fd = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == ELOOP)
    fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  return fd;
}

/* Puts the link's target in front of what is left to be walked. */
static int follow(struct walk *walk, int link)
{
  char target[PATH_MAX];
  ssize_t got = readlinkat(link, "", target, sizeof(target));
  if (got < 0)
    return -1;
  size_t length = (size_t)got, left = strlen(walk->rest) + 1;
  if (++walk->links > LINKS_MAX || length + 1 + left > sizeof(walk->text)) {
    errno = walk->links > LINKS_MAX ? ELOOP : ENAMETOOLONG;
    return -1;
  }
  memmove(walk->text + length + 1, walk->rest, left);
  memcpy(walk->text, target, length);
  walk->text[length] = '/';
  walk->rest = walk->text;
  return 0;
}

static int cannot_open(const struct walk *walk, struct error *err)
{
  int cause = errno;
  if (cause == ENOENT)
    error_set(err, "%s does not exist", shown(walk->at));
  else
    error_set(err, "cannot open %s: %m", shown(walk->at));
  errno = cause;
  return -1;
}

/* One step. The last one, unless it is a link, opens what is wanted; all others open folders, only
   to look into. */
static int enter(struct walk *walk, const char *name, mode_t wanted, struct error *err)
{
  bool last = *walk->rest == '\0';
  size_t before = strlen(walk->at);
  struct stat status;
  if (extend_path(walk, name) < 0)
    return cannot_open(walk, err);
  cleanup_close int fd = open_name(walk->fd, name, last ? FILE_OPEN_FLAGS : O_PATH);
  if (fd < 0 || fstat(fd, &status) < 0)
    return cannot_open(walk, err);

  mode_t kind = last ? wanted : S_IFDIR;
  if (!S_ISLNK(status.st_mode) && (status.st_mode & S_IFMT) != kind)
    return refuse_kind(walk->at, kind, err);
  if (check(walk->at, &status, err) < 0)
    return -1;

  if (S_ISLNK(status.st_mode)) {
    if (follow(walk, fd) < 0)
      return cannot_open(walk, err);
    walk->at[before] = '\0';
    return 0;
  }
  if (walk->fd >= 0)
    close(walk->fd);
  walk->fd = steal_fd(&fd);
  return 0;
}

static int walk_to_end(struct walk *walk, mode_t wanted, struct error *err)
{
  const char *name;
  while ((name = next_name(walk)) != NULL)
    if (enter(walk, name, wanted, err) < 0)
      return -1;
  return 0;
}

static int open_checked(const char *path, mode_t wanted, struct error *err)
{
  size_t length = strlen(path);
  struct walk walk = {.fd = -1, .rest = walk.text};
  if (path[0] != '/' || length >= sizeof(walk.text)) {
    error_set(err, "%s is %s", path, path[0] != '/' ? "not an absolute path" : "too long a path");
    errno = path[0] != '/' ? EINVAL : ENAMETOOLONG;
    return -1;
  }
  memcpy(walk.text, path, length + 1);
  if (walk_to_end(&walk, wanted, err) == 0)
    return walk.fd;

  int cause = errno;
  if (walk.fd >= 0)
    close(walk.fd);
  if (!text_equal(path, shown(walk.at)))
    error_wrap(err, "%s", path);
  errno = cause;
  return -1;
}

int trust_open_file(const char *path, struct error *err)
{
  return open_checked(path, S_IFREG, err);
}

int trust_open_folder(const char *path, struct error *err)
{
  return open_checked(path, S_IFDIR, err);
}

bool trust_is_missing(const char *path)
{
  struct stat status;
  return errno == ENOENT && lstat(path, &status) < 0;
}

int trust_read_file(const char *path, size_t limit, char **bytes, size_t *length, struct error *err)
{
  cleanup_close int fd = trust_open_file(path, err);
  if (fd < 0)
    return -1;
  if (file_read(fd, path, limit, bytes, length, err) == 0)
    return 0;
  errno = EIO; /* whatever it was, the file exists */
  return -1;
}
