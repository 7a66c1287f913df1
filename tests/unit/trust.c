/* SPDX-License-Identifier: Apache-2.0 */
/* Who could have written this file? */
#include "common/trust.h"

#include "folder.h"

#include <dirent.h>
#include <limits.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#ifndef PREFIX
#  define PREFIX "/usr"
#endif
#ifndef SYSCONFDIR
#  define SYSCONFDIR "/etc"
#endif

#define SOMEBODY 12345 /* users who are not root and whom nothing else here belongs to */
#define STRANGER 23456

static void start(void)
{
  make_folder();
  cr_assert_eq(chmod(folder, 0755), 0);
  cr_assert_eq(chdir(folder), 0);
}

static void end(void)
{
  cr_assert_eq(seteuid(getuid()), 0); /* a test may have become somebody */
  remove_folder();
}

TestSuite(trust, .init = start, .fini = end, .timeout = 20);

/* --- making and expecting ------------------------------------------------------------------- */

static void add_folder(const char *name, mode_t mode)
{
  cr_assert_eq(mkdir(name, 0700), 0, "%s: %m", name);
  cr_assert_eq(chmod(name, mode), 0);
}

static void add_file(const char *name, mode_t mode)
{
  cleanup_close int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  cr_assert_geq(fd, 0, "%s: %m", name);
  cr_assert_eq(write(fd, name, strlen(name)), (ssize_t)strlen(name));
  cr_assert_eq(fchmod(fd, mode), 0);
}

static void add_link(const char *target, const char *name)
{
  cr_assert_eq(symlink(target, name), 0, "%s: %m", name);
}

static void give(const char *name, uid_t owner)
{
  cr_assert_eq(lchown(name, owner, owner), 0, "%s: %m", name);
}

static void need_root(void)
{
  if (trust_rootless())
    skip("needs the host's root");
}

static void become(uid_t uid)
{
  cr_assert_eq(seteuid(uid), 0);
}

/* Names are below the folder unless they are absolute. */
static char *path_to(const char *name)
{
  return name[0] == '/' ? xstrdup(name) : path_of(name);
}

/* Expects that `name` opens and is the file that was made as `made_as`. */
static void expect_file(const char *name, const char *made_as)
{
  struct error err = {.text = ""};
  cleanup_free char *path = path_to(name);
  cleanup_free char *bytes = NULL;
  size_t length;
  cr_assert_eq(trust_read_file(path, 1 << 20, &bytes, &length, &err), 0, "%s", err.text);
  cr_expect_str_eq(bytes, made_as);
}

/* In a message "@" stands for the folder. */
static void expect_error(int fd, int cause, const struct error *err, const char *format)
{
  int seen = errno;
  cleanup_free char *message = with_folder(format);
  cr_expect_eq(fd, -1, "it was opened, not: %s", message);
  cr_expect_eq(seen, cause, "errno is %d, not %d: %s", seen, cause, message);
  cr_expect_str_eq(err->text, message);
}

static void expect_refused(const char *name, int cause, const char *format)
{
  struct error err = {.text = ""};
  cleanup_free char *path = path_to(name);
  int fd = trust_open_file(path, &err);
  expect_error(fd, cause, &err, format);
}

static void expect_folder_refused(const char *name, int cause, const char *format)
{
  struct error err = {.text = ""};
  cleanup_free char *path = path_to(name);
  int fd = trust_open_folder(path, &err);
  expect_error(fd, cause, &err, format);
}

static int count_descriptors(void)
{
  int count = 0;
  for (int fd = 0; fd < 256; fd++)
    count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

/* --- what opens ----------------------------------------------------------------------------- */

Test(trust, a_file_of_ours_opens)
{
  add_file("file", 0644);
  add_folder("folder", 0755);
  add_file("folder/secret", 0400);
  expect_file("file", "file");
  expect_file("folder/secret", "folder/secret");
  expect_file("folder//.././/./folder/secret", "folder/secret");
  cleanup_free char *from_above = xasprintf("/../.%s/folder/secret", folder);
  expect_file(from_above, "folder/secret");
}

Test(trust, the_descriptor_reads_and_closes_on_exec)
{
  struct error err;
  add_file("file", 0600);
  cleanup_free char *path = path_of("file");
  cleanup_close int fd = trust_open_file(path, &err);
  cr_assert_geq(fd, 0, "%s", err.text);
  cr_expect_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
  cr_expect_eq(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
  cr_expect_eq(fcntl(fd, F_GETFL) & O_PATH, 0);
}

Test(trust, a_folder_opens_to_read_its_entries)
{
  struct error err;
  add_folder("folder", 0755);
  add_file("folder/file", 0644);
  add_link("folder", "link");
  cleanup_free char *path = path_of("link");
  DIR *entries = fdopendir(trust_open_folder(path, &err));
  cr_assert_not_null(entries);
  size_t count = 0;
  while (readdir(entries) != NULL)
    count++;
  cr_expect_eq(count, 3);
  closedir(entries);
  cleanup_close int root = trust_open_folder("/", &err);
  cr_expect_geq(root, 0);
}

Test(trust, nothing_stays_open)
{
  struct error err;
  add_folder("folder", 0755);
  add_folder("open", 0777);
  add_file("folder/file", 0644);
  add_file("open/file", 0644);
  add_link("folder/file", "link");
  static const char *const names[] = {"link", "folder/none", "open/file", "folder", "none/none"};
  int before = count_descriptors();
  for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
    cleanup_free char *path = path_of(names[i]);
    int fd = trust_open_file(path, &err);
    if (fd >= 0)
      close(fd);
  }
  cr_expect_eq(count_descriptors(), before);
}

/* --- what is not there, or not a file ------------------------------------------------------- */

Test(trust, what_does_not_exist_is_told_apart)
{
  add_folder("folder", 0755);
  add_file("file", 0644);
  add_link("folder/none", "dangling");
  expect_refused("none", ENOENT, "@/none does not exist");
  expect_refused("folder/none", ENOENT, "@/folder/none does not exist");
  expect_refused("none/file", ENOENT, "@/none/file: @/none does not exist");
  expect_refused("dangling", ENOENT, "@/dangling: @/folder/none does not exist");
  expect_folder_refused("none", ENOENT, "@/none does not exist");
}

Test(trust, what_is_no_regular_file_is_refused_and_does_not_block)
{
  add_folder("folder", 0755);
  cr_assert_eq(mkfifo("fifo", 0600), 0);
  expect_refused("fifo", EINVAL, "@/fifo is not a regular file");
  expect_refused("folder", EINVAL, "@/folder is not a regular file");
  expect_refused("folder/.", EINVAL, "@/folder/.: @/folder is not a regular file");
  expect_refused("folder/..", EINVAL, "@/folder/..: @ is not a regular file");
  expect_refused("/dev/null", EINVAL, "/dev/null is not a regular file");
  expect_refused("/", EINVAL, "/ is not a regular file");
}

Test(trust, a_socket_is_refused)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
  cleanup_close int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  cr_assert_eq(bind(listening, (struct sockaddr *)&address, sizeof(address)), 0);
  expect_refused("socket", ENXIO, "cannot open @/socket: No such device or address");
}

Test(trust, what_is_no_folder_cannot_be_looked_into)
{
  add_file("file", 0644);
  expect_refused("file/file", ENOTDIR, "@/file/file: @/file is not a folder");
  expect_refused("file/.", ENOTDIR, "@/file/.: @/file is not a folder");
  expect_refused("file/../file", ENOTDIR, "@/file/../file: @/file is not a folder");
  expect_folder_refused("file", ENOTDIR, "@/file is not a folder");
}

Test(trust, only_absolute_paths_of_bounded_length)
{
  char name[NAME_MAX + 2], path[PATH_MAX + 1];
  struct error err = {.text = ""};
  cr_expect_eq(trust_open_file("file", &err), -1);
  cr_expect_str_eq(err.text, "file is not an absolute path");
  cr_expect_eq(trust_open_file("", &err), -1);

  memset(path, '/', PATH_MAX);
  path[PATH_MAX] = '\0';
  cr_expect_eq(trust_open_file(path, &err), -1);
  cr_expect_eq(errno, ENAMETOOLONG);

  memset(name, 'n', NAME_MAX + 1);
  name[NAME_MAX + 1] = '\0';
  cleanup_free char *message = xasprintf("cannot open @/%s: File name too long", name);
  expect_refused(name, ENAMETOOLONG, message);
}

Test(trust, a_file_beyond_the_limit_is_not_one_that_is_missing)
{
  struct error err;
  char *bytes;
  size_t length;
  add_file("file", 0644);
  cleanup_free char *path = path_of("file");
  cleanup_free char *message = with_folder("@/file is larger than 3 bytes");
  errno = ENOENT;
  cr_expect_eq(trust_read_file(path, 3, &bytes, &length, &err), -1);
  cr_expect_neq(errno, ENOENT);
  cr_expect_str_eq(err.text, message);
}

/* --- who may write -------------------------------------------------------------------------- */

Test(trust, a_file_that_others_may_write_to_is_refused)
{
  add_file("group", 0660);
  add_file("others", 0602);
  add_file("all", 0666);
  add_file("sticky", 01622);
  expect_refused("group", EPERM, "@/group is writable by others (mode 0660): chmod go-w @/group");
  expect_refused("others", EPERM,
                 "@/others is writable by others (mode 0602): chmod go-w @/others");
  expect_refused("all", EPERM, "@/all is writable by others (mode 0666): chmod go-w @/all");
  expect_refused("sticky", EPERM,
                 "@/sticky is writable by others (mode 1622): chmod go-w @/sticky");
}

/* What an access control list lets any other write shows in the group's bits. */
Test(trust, an_access_control_list_that_lets_others_write_is_seen)
{
  const struct {
    uint32_t version;
    struct {
      uint16_t tag, permissions;
      uint32_t id;
    } entries[5]; /* the owner, user 12345, the group, the mask, others */
  } list = {2, {{1, 6, -1U}, {2, 6, 12345}, {4, 4, -1U}, {16, 6, -1U}, {32, 4, -1U}}};
  add_file("file", 0644);
  cleanup_free char *path = path_of("file");
  if (setxattr(path, "system.posix_acl_access", &list, sizeof(list), 0) < 0)
    cr_skip_test("no access control lists here: %m");
  expect_refused("file", EPERM, "@/file is writable by others (mode 0664): chmod go-w @/file");
  cr_assert_eq(chmod(path, 0644), 0); /* the mend takes it back */
  expect_file("file", "file");
}

Test(trust, a_folder_that_others_may_write_to_is_refused)
{
  add_folder("open", 0775);
  add_folder("open/inner", 0755);
  add_file("open/inner/file", 0644);
  add_file("file", 0644);
  expect_refused("open/inner/file", EPERM,
                 "@/open/inner/file: folder @/open is writable by others (mode 0775): "
                 "chmod go-w @/open");
  expect_refused("open/inner/../../file", EPERM,
                 "@/open/inner/../../file: folder @/open is writable by others (mode 0775): "
                 "chmod go-w @/open");
  expect_folder_refused("open", EPERM,
                        "folder @/open is writable by others (mode 0775): chmod go-w @/open");
}

Test(trust, a_sticky_folder_is_fine_for_what_is_ours)
{
  add_folder("sticky", 01777);
  add_file("sticky/file", 0644);
  add_link("file", "sticky/link");
  expect_file("sticky/file", "sticky/file");
  expect_file("sticky/link", "sticky/file");
}

Test(trust, in_a_sticky_folder_what_is_not_ours_is_refused)
{
  need_root();
  add_folder("sticky", 01777);
  add_folder("sticky/folder", 0755);
  add_file("sticky/folder/file", 0644);
  add_file("sticky/file", 0644);
  add_file("file", 0644);
  add_link("../file", "sticky/link");
  give("sticky/folder", SOMEBODY);
  give("sticky/file", SOMEBODY);
  give("sticky/link", SOMEBODY);
  expect_refused("sticky/file", EPERM,
                 "@/sticky/file is owned by uid 12345, not root: chown root @/sticky/file");
  expect_refused("sticky/folder/file", EPERM,
                 "@/sticky/folder/file: folder @/sticky/folder is owned by uid 12345, not root: "
                 "chown root @/sticky/folder");
  expect_refused("sticky/link", EPERM,
                 "link @/sticky/link is owned by uid 12345, not root: chown -h root @/sticky/link");
}

Test(trust, a_sticky_folder_of_somebody_else_is_refused)
{
  need_root();
  add_folder("sticky", 01777);
  add_file("sticky/file", 0644);
  give("sticky", SOMEBODY);
  expect_refused("sticky/file", EPERM,
                 "@/sticky/file: folder @/sticky is owned by uid 12345, not root: "
                 "chown root @/sticky");
}

Test(trust, root_trusts_only_root)
{
  need_root();
  add_file("file", 0644);
  add_folder("folder", 0755);
  add_file("folder/file", 0644);
  give("file", SOMEBODY);
  give("folder", SOMEBODY);
  expect_refused("file", EPERM, "@/file is owned by uid 12345, not root: chown root @/file");
  expect_refused("folder/file", EPERM,
                 "@/folder/file: folder @/folder is owned by uid 12345, not root: "
                 "chown root @/folder");
}

Test(trust, a_user_trusts_root_and_himself)
{
  need_root();
  add_file("roots", 0644);
  add_file("own", 0644);
  add_file("strangers", 0644);
  add_file("secret", 0600);
  add_folder("closed", 0700);
  give("own", SOMEBODY);
  give("strangers", STRANGER);
  become(SOMEBODY);
  expect_file("roots", "roots");
  expect_file("own", "own");
  expect_refused("strangers", EPERM,
                 "@/strangers is owned by uid 23456, neither root nor us: "
                 "chown root @/strangers");
  expect_refused("secret", EACCES, "cannot open @/secret: Permission denied");
  expect_refused("closed/file", EACCES, "cannot open @/closed/file: Permission denied");
}

/* --- links ---------------------------------------------------------------------------------- */

Test(trust, links_are_followed_wherever_they_stand)
{
  add_folder("a", 0755);
  add_folder("a/b", 0755);
  add_file("a/b/file", 0644);
  add_file("a/file", 0644);
  cleanup_free char *from_root = path_of("a");
  add_link(from_root, "from-root");
  add_link("a/b/", "folder");
  add_link("../file", "a/b/up");
  add_link("folder/up", "chain");
  add_link(".", "here");
  add_link("/", "top");
  expect_file("from-root/b/file", "a/b/file");
  expect_file("folder/file", "a/b/file");
  expect_file("folder/../file", "a/file");
  expect_file("chain", "a/file");
  expect_file("here/here/chain", "a/file");
  cleanup_free char *over_top = xasprintf("top/%s/chain", folder);
  expect_file(over_top, "a/file");
}

Test(trust, every_folder_on_the_way_of_a_link_is_checked)
{
  add_folder("safe", 0755);
  add_file("safe/file", 0644);
  add_folder("open", 0777);
  add_file("open/file", 0644);
  add_link("../safe/file", "open/holds-the-link");
  add_link("open/file", "leads-there");
  add_link("open/holds-the-link", "leads-through");
  static const char *const names[] = {"open/holds-the-link", "leads-there", "leads-through"};
  for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
    cleanup_free char *message = xasprintf(
        "@/%s: folder @/open is writable by others (mode 0777): chmod go-w @/open", names[i]);
    expect_refused(names[i], EPERM, message);
  }
}

Test(trust, links_in_a_circle_end)
{
  add_link("second", "first");
  add_link("first", "second");
  add_link("self/self", "self");
  expect_refused("first", ELOOP, "cannot open @/first: Too many levels of symbolic links");
  cleanup_free char *path = path_of("self");
  struct error err;
  cr_expect_eq(trust_open_file(path, &err), -1);
  cr_expect_eq(errno, ELOOP);
}

Test(trust, forty_links_are_followed_and_no_more)
{
  add_file("link0", 0644);
  for (int i = 1; i <= 41; i++) {
    cleanup_free char *target = xasprintf("link%d", i - 1);
    cleanup_free char *name = xasprintf("link%d", i);
    add_link(target, name);
  }
  expect_file("link40", "link0");
  expect_refused("link41", ELOOP,
                 "@/link41: cannot open @/link1: Too many levels of symbolic links");
}

Test(trust, links_that_make_the_path_too_long_are_refused)
{
  char target[PATH_MAX];
  memset(target, '.', sizeof(target));
  for (size_t i = 1; i < sizeof(target); i += 2)
    target[i] = '/';
  target[PATH_MAX - 1] = '\0';
  add_link(target, "long");
  expect_refused("long/file", ENAMETOOLONG, "@/long/file: cannot open @/long: File name too long");
}

/* --- in a user namespace -------------------------------------------------------------------- */

struct outcome {
  bool is_root, is_rootless, opened;
  int cause;
  struct error err;
};

/* Becomes uid 0 of a new user namespace that has no other user. */
static bool enter_namespace(void)
{
  if (geteuid() == 0 && setresuid(SOMEBODY, SOMEBODY, SOMEBODY) == 0)
    prctl(PR_SET_DUMPABLE, 1); /* else /proc/self is not ours */
  cleanup_free char *map = xasprintf("0 %u 1", geteuid());
  if (unshare(CLONE_NEWUSER) < 0)
    return false;
  cleanup_close int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
  return fd >= 0 && write(fd, map, strlen(map)) > 0;
}

/* What happens to a file there. In a child: a process of more than one thread cannot go there. */
static const struct outcome *open_in_namespace(const char *name)
{
  struct outcome *outcome =
      mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  cr_assert_neq(outcome, MAP_FAILED);
  cleanup_free char *path = path_to(name);
  pid_t child = fork();
  if (child == 0) {
    if (!enter_namespace())
      _exit(1);
    outcome->is_root = geteuid() == 0;
    outcome->is_rootless = trust_rootless();
    outcome->opened = trust_open_file(path, &outcome->err) >= 0;
    outcome->cause = errno;
    _exit(0);
  }
  int status;
  cr_assert_eq(waitpid(child, &status, 0), child);
  if (status != 0)
    skip("no user namespaces here");
  return outcome;
}

static void expect_outsider_refused(const char *name, const char *culprit)
{
  const struct outcome *outcome = open_in_namespace(name);
  cleanup_free char *format =
      xasprintf("%s is owned by uid 65534, somebody outside this user namespace: it would have to "
                "lie below " PREFIX " or " SYSCONFDIR,
                culprit);
  cleanup_free char *message = with_folder(format);
  cr_expect_not(outcome->opened);
  cr_expect_eq(outcome->cause, EPERM);
  cr_expect_str_eq(outcome->err.text, message);
}

Test(trust, who_is_not_root_is_rootless)
{
  if (geteuid() == 0)
    become(SOMEBODY);
  cr_expect(trust_rootless());
}

Test(trust, root_of_a_user_namespace_is_rootless)
{
  const struct outcome *outcome = open_in_namespace("none");
  cr_expect(outcome->is_root);
  cr_expect(outcome->is_rootless);
}

Test(trust, in_a_user_namespace_nobody_is_root_below_our_own_places)
{
  if (access(SYSCONFDIR "/passwd", R_OK) < 0)
    skip("nothing lies in " SYSCONFDIR);
  unsetenv("HOME");
  const struct outcome *outcome = open_in_namespace(SYSCONFDIR "/passwd");
  cr_expect(outcome->opened, "%s", outcome->err.text);
}

Test(trust, in_a_user_namespace_nobody_is_somebody_elsewhere)
{
  unsetenv("HOME");
  expect_outsider_refused("file", "@/file: folder /tmp");
}

Test(trust, in_a_user_namespace_the_way_home_is_trusted)
{
  if (geteuid() != 0)
    skip("needs root, to make files of others");
  add_folder("real", 0755);
  add_folder("real/user", 0755);
  add_file("real/user/own", 0644);
  add_file("real/user/strangers", 0644);
  add_link("real", "home");
  give("real/user", SOMEBODY);
  give("real/user/own", SOMEBODY);
  give("real/user/strangers", STRANGER);
  cleanup_free char *home = path_of("home/user");
  setenv("HOME", home, 1);
  const struct outcome *outcome = open_in_namespace("home/user/own");
  cr_expect(outcome->opened, "%s", outcome->err.text);
  expect_outsider_refused("real/user/strangers", "@/real/user/strangers");
}
