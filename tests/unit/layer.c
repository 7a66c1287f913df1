/* SPDX-License-Identifier: Apache-2.0 */
/* A layer's tar stream against a folder: each comparison, by a difference and its words. */
#include "rootfs/layer.h"

#include "folder.h"
#include "rootfs/below.h"
#include "rootfs/upper.h"

static void start(void)
{
  make_folder();
  if (geteuid() != 0)
    skip("needs root");
}

TestSuite(layer, .init = start, .fini = remove_folder);

static void shell(const char *command)
{
  cleanup_free char *whole = with_folder(command);
  cleanup_free char *in = xasprintf("cd %s && umask 022 && %s", folder, whole);
  cr_assert_eq(system(in), 0, "%s", in);
}

static int open_folder(const char *path)
{
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  cr_assert_geq(fd, 0, "%s", path);
  return fd;
}

/* Tars @/image, unpacks it to @/disk by tar, changes that, and checks it: all differences, a line
   each, and the error. */
static char *check(const char *make, const char *change)
{
  struct error err = {.text = ""};
  cleanup_free char *disk = path_of("disk"), *record = path_of("layer.tar");
  cleanup_free char *sum_path = path_of("sum");
  struct image_layer plan = {.folder = disk, .kind = LAYER_BLOB, .record = record};
  cleanup_free char *below = path_of("below");
  shell("rm -rf image disk below; mkdir -p image disk below");
  shell(make);
  shell("tar -C image --format=pax --sparse --xattrs --xattrs-include='*' --sort=name -cf "
        "layer.tar .");
  shell("if test -d more; then tar -C more --format=pax -rf layer.tar $(ls more);"
        "cp -a --remove-destination more/. image || :; rm -r more; fi");
  shell("cp -a --preserve=all image/. disk; sha256sum layer.tar | cut -c 1-64 >sum");
  shell(change);
  char hex[65] = "";
  FILE *sum = fopen(sum_path, "re");
  cr_assert_eq(fread(hex, 1, 64, sum), 64);
  fclose(sum);
  cr_assert(digest_from_hex(hex, &plan.diff_id));

  cleanup_differences struct differences *found = differences_new(16);
  const struct folders folders = {.fds = (int[]){open_folder(below), open_folder(disk)},
                                  .count = 2};
  struct progress progress = {.mutex = PTHREAD_MUTEX_INITIALIZER};
  const struct layer_task task = {
      .plan = &plan, .folders = &folders, .index = 1, .found = found, .progress = &progress};
  int result = layer_check(&task, NULL, &err);
  char *text;
  size_t size;
  FILE *stream = xmemstream(&text, &size);
  for (size_t i = 0; i < differences_count(found); i++)
    fprintf(stream, "%s\n", strstr(differences_line(found, i), "): ") + 3);
  if (result < 0)
    fprintf(stream, "error: %s\n", strstr(err.text, "): ") + 3);
  xmemstream_close(stream);
  return text;
}

static void expect(const char *make, const char *change, const char *expected)
{
  cleanup_free char *found = check(make, change);
  cr_expect_str_eq(found, expected, "%s; %s:\n%s", make, change, found);
}

#define FILES                                                                     \
  "mkdir -p image/d; printf abc >image/d/f; ln -s f image/d/l; mkfifo image/d/p;" \
  "mknod image/d/c c 1 3; ln image/d/f image/d/h"

Test(layer, same_is_same)
{
  expect(FILES, "true", "");
  expect("true", "true", "");
  expect(FILES, "touch disk/d/f disk/d", "");
}

Test(layer, type)
{
  expect(FILES, "rm disk/d/p; mkdir disk/d/p", "/d/p: it is a folder, not a FIFO\n");
  expect(FILES, "rm disk/d/l; : >disk/d/l", "/d/l: it is a file, not a symbolic link\n");
  expect("mkdir image/d", "rmdir disk/d; : >disk/d", "/d: it is a file, not a folder\n");
  expect("echo >image/f", "rm disk/f; mkfifo disk/f", "/f: it is a FIFO, not a file\n");
}

Test(layer, mode_and_owner)
{
  expect(FILES, "chmod u+s disk/d/f", "/d/f: its mode is 4644, not 0644\n");
  expect(FILES, "chmod 1777 disk/d", "/d: its mode is 1777, not 0755\n");
  expect(FILES, "chmod 666 disk/d/c", "/d/c: its mode is 0666, not 0644\n");
  expect(FILES, "chown -h :7 disk/d/l", "/d/l: its owner is 0:7, not 0:0\n");
}

Test(layer, root_may_only_be_stricter)
{
  expect(FILES, "chmod 555 disk", "");
  expect(FILES, "chmod 775 disk", "/: its mode is 0775, not 0755\n");
}

Test(layer, content_and_size)
{
  expect(FILES, "printf abd >disk/d/f", "/d/f: its content is not the image's\n");
  expect(FILES, "printf abcd >disk/d/f", "/d/f: it has 4 bytes, not 3\n");
}

#define SPARSE \
  "truncate -s 1M image/s; printf abc | dd of=image/s bs=4096 seek=9 conv=notrunc status=none"
#define POKE(at) "printf x | dd of=disk/s bs=1 seek=" #at " conv=notrunc status=none"

Test(layer, sparse_files)
{
  expect(SPARSE, "true", "");
  expect(SPARSE, "cp --sparse=never disk/s s; cat s >disk/s", "");
  expect(SPARSE, POKE(36866), "/s: its content is not the image's\n");
  expect(SPARSE, POKE(0), "/s: its content is not the image's\n");
  expect(SPARSE, POKE(1048575), "/s: its content is not the image's\n");
  expect(SPARSE, "printf x >>disk/s", "/s: it has 1048577 bytes, not 1048576\n");
}

/* What is made in `more` comes behind what is in `image`, and over it. */
Test(layer, the_last_of_a_path_holds)
{
#define TWICE FILES "; mkdir more; printf other >more/x; printf x >image/x; chmod 600 more/x"
  expect(TWICE, "true", "");
  expect(TWICE, "printf x >disk/x; chmod 644 disk/x",
         "/x: its mode is 0644, not 0600\n/x: it has 1 bytes, not 5\n");
  expect(TWICE, "printf othir >disk/x", "/x: its content is not the image's\n");
  expect(FILES "; mkdir -p more/d; chmod 700 more/d; echo >more/d/f2", "true", "");
  expect(FILES "; mkdir -p more/d; chmod 700 more/d", "chmod 755 disk/d",
         "/d: its mode is 0755, not 0700\n");
  expect("echo >image/x; mkdir more; ln -s y more/x", "true", "");
}

Test(layer, what_is_left_of_both_is_refused)
{
  expect("echo >image/x; mkdir -p more/x", "true",
         "error: /x: the layer has it twice, as a folder and as none, which cannot be verified\n");
  expect("echo >image/x; ln image/x image/y; mkdir more; echo >more/x", "true",
         "error: /y: it is a hard link to /x, which the layer has twice: which of them cannot be "
         "verified\n");
}

Test(layer, links)
{
  expect(FILES, "ln -sfn x disk/d/l", "/d/l: it leads to 'x', not 'f'\n");
  expect(FILES, "ln disk/d/f outside", "/d/f: it has 1 more hard link than the image gives it\n");
  expect(FILES, "rm disk/d/h; cp disk/d/f disk/d/h", "/d/h: it is no hard link to /d/f\n");
}

Test(layer, devices)
{
  expect(FILES, "rm disk/d/c; mknod disk/d/c c 1 5", "/d/c: it is the device 1:5, not 1:3\n");
  expect(FILES, "rm disk/d/c; mknod disk/d/c b 1 3",
         "/d/c: it is a block device, not a character device\n");
}

#define CAPABLE "echo >image/f; setfattr -n user.a -v b image/f; setcap cap_kill+p image/f"

Test(layer, extended_attributes)
{
  expect(CAPABLE, "true", "");
  expect(CAPABLE, "setfattr -n user.a -v c disk/f",
         "/f: its extended attribute user.a is not the image's\n");
  expect(CAPABLE, "setfattr -x user.a disk/f",
         "/f: it lacks the extended attribute user.a of the image\n");
  expect(CAPABLE, "setfattr -n user.x -v c disk",
         "/: it has the extended attribute user.x, which the image does not give it\n");
  expect(CAPABLE, "setfattr -n trusted.overlay.origin -v c disk", "");
  expect("echo >image/f; ln image/f image/g; setcap cap_kill+p image/f", "setcap -r disk/f", "");
}

#define MAKE_SOCKET(path) "perl -MSocket -e 'socket(S,1,1,0);bind(S,sockaddr_un(shift))' " path

/* What BuildKit leaves behind, unless it hides something of the image. */
Test(layer, sockets)
{
  expect(FILES, MAKE_SOCKET("disk/d/s"), "");
  expect(FILES, "echo >below/s; " MAKE_SOCKET("disk/s"), "/s: it is not in the image\n");
  expect(FILES, "rm disk/d/f; " MAKE_SOCKET("disk/d/f"),
         "/d/f: it is a socket, not a file\n"
         "/d/f: it is a socket, not a file\n"); /* once more, by the link to it */
}

Test(layer, too_much_and_too_little)
{
  expect(FILES, "mkdir -p disk/x/y", "/x: it is not in the image\n");
  expect(FILES, "rm disk/d/p", "/d/p: it is missing\n");
  expect(FILES, "mkdir -p m && mount --bind m disk/d; true",
         "/d: something is mounted there\n"
         "/d/c: something is mounted there\n"
         "/d/f: something is mounted there\n"
         "/d/h: something is mounted there\n"
         "/d/f: something is mounted there\n"
         "/d/l: something is mounted there\n"
         "/d/p: something is mounted there\n"
         "error: cannot open the folder /d: Invalid cross-device link\n");
  shell("umount disk/d");
}

#define WHITE "mkdir -p image/d; : >image/.wh.w; : >image/d/.wh..wh..opq"
#define WHITE_ON_DISK                                      \
  "rm disk/.wh.w disk/d/.wh..wh..opq; mknod disk/w c 0 0;" \
  "setfattr -n trusted.overlay.opaque -v y disk/d"

Test(layer, whiteouts)
{
  expect(WHITE, WHITE_ON_DISK, "");
  expect(WHITE, WHITE_ON_DISK "; rm disk/w",
         "/w: the image takes it away, but its whiteout is missing\n");
  expect(WHITE, WHITE_ON_DISK "; setfattr -x trusted.overlay.opaque disk/d",
         "/d: it does not hide what is below it (trusted.overlay.opaque), as the image says\n");
  expect(FILES, "setfattr -n trusted.overlay.opaque -v y disk/d",
         "/d: it hides what is below it (trusted.overlay.opaque), which the image does not say\n");
  expect(FILES, "setfattr -n trusted.overlay.opaque -v x disk/d",
         "/d: its mark trusted.overlay.opaque is none that overlayfs makes\n");
  expect("mkdir image/w; : >image/.wh.w", "rm disk/.wh.w", "");
}

Test(layer, digest_decides)
{
  cleanup_free char *found = check(FILES, "sed -i s/^./x/ sum; tr 0-9x 1-90a <sum >s; mv s sum");
  cr_expect(text_starts(found, "its digest is sha256:") ||
                strstr(found, ": its digest is sha256:") != NULL,
            "%s", found);
}

/* --- what lies above ------------------------------------------------------------------------- */

typedef int upper_check(const struct folders *folders, size_t index, struct differences *found,
                        struct error *err);

static void expect_upper(const char *make, upper_check *checks, const char *expected)
{
  struct error err = {.text = ""};
  cleanup_differences struct differences *found = differences_new(1);
  cleanup_free char *below = path_of("below"), *upper = path_of("upper");
  shell("rm -rf below upper; mkdir -p below/etc below/bin upper; echo >below/bin/sh");
  shell(make);
  const struct folders folders = {
      .fds = (int[]){open_folder(below), open_folder(upper)}, .count = 2, .has_own = true};
  int result = checks(&folders, 1, found, &err);
  if (differences_count(found) > 0)
    cr_expect(strstr(differences_line(found, 0), expected) != NULL && *expected != '\0', "%s: %s",
              make, differences_line(found, 0));
  else
    cr_expect(result == 0 && *expected == '\0', "%s: %s", make, err.text);
}

static int check_empty(const struct folders *folders, size_t index, struct differences *found,
                       struct error *err)
{
  cleanup_paths struct paths *mountpoints = paths_new();
  paths_mark(mountpoints, "run/file", PATH_LISTED, err);
  paths_mark(mountpoints, "bin/sh", PATH_LISTED, err);
  return upper_check_empty(folders, index, mountpoints, found, err);
}

Test(layer, upper_that_is_empty)
{
  expect_upper("true", check_empty, "");
  expect_upper("mkdir -p upper/etc upper/new; ln -s /proc/mounts upper/etc/mtab", check_empty, "");
  expect_upper("mkdir upper/run; : >upper/run/file", check_empty, "");
  expect_upper("mkdir upper/run; echo >upper/run/file", check_empty, "/run/file: it was put there");
  expect_upper("mkdir upper/bin; : >upper/bin/sh", check_empty, "/bin/sh: it was put there");
  expect_upper("mkdir upper/bin; mknod upper/bin/sh c 0 0", check_empty,
               "/bin/sh: it was taken away");
  expect_upper("mkdir upper/etc; chmod 777 upper/etc", check_empty, "/etc: its mode or owner");
  expect_upper("chmod 777 upper", check_empty, "/: its mode or owner");
  expect_upper("mkdir -p upper/bin/sh", check_empty, "/bin/sh: it replaces a file");
  expect_upper("mkdir upper/bin; setfattr -n trusted.overlay.opaque -v y upper/bin", check_empty,
               "/bin: it hides what the image has there");
  expect_upper("mkdir upper/etc; echo 7:*:7:0:container user:/:/bin/sh >upper/etc/passwd;"
               "echo 7:x:7:7 >upper/etc/group",
               check_empty, "");
  expect_upper("mkdir upper/etc; echo root:x:0:0::/:/bin/sh >below/etc/passwd;"
               "cp below/etc/passwd upper/etc; echo 7:*:7:0:u:/:/bin/sh >>upper/etc/passwd",
               check_empty, "");
  expect_upper("mkdir upper/etc; echo root:x:0:0::/:/bin/sh >below/etc/passwd;"
               "echo root::0:0::/:/bin/sh >upper/etc/passwd",
               check_empty, "/etc/passwd: it was put there");
  expect_upper("mkdir upper/etc; echo evil:*:0:0:u:/:/bin/sh >upper/etc/passwd", check_empty,
               "/etc/passwd: it was put there");
  /* 2^32, which some C libraries read as 0 */
  expect_upper("mkdir upper/etc; echo evil:*:4294967296:0:u:/:/bin/sh >upper/etc/passwd",
               check_empty, "/etc/passwd: it was put there");
  expect_upper("mkdir upper/etc; echo evil:x:4294967296:www-data >upper/etc/group", check_empty,
               "/etc/group: it was put there");
  expect_upper("mkdir upper/etc; echo 7:*:4294967294:0:u:/:/bin/sh >upper/etc/passwd", check_empty,
               "");
  expect_upper("mkdir upper/etc; echo evil::7:0:u:/:/bin/sh >upper/etc/passwd", check_empty,
               "/etc/passwd: it was put there");
  expect_upper("mkdir upper/etc; echo evil:x:0:7 >upper/etc/group", check_empty,
               "/etc/group: it was put there");
  expect_upper("mkdir upper/etc; echo 7:*:7:0:u:/:/bin/sh >upper/etc/passwd;"
               "chmod 666 upper/etc/passwd",
               check_empty, "/etc/passwd: it was put there");
  expect_upper("mkdir upper/etc; ln -s /x upper/etc/mtab", check_empty, "/etc/mtab: it was put");
}

/* Podman adds only who is not there: another line would give the image's groups to others. */
Test(layer, users_that_the_image_has_are_not_added)
{
#define ACCOUNTS(file, below, added)                                                         \
  "mkdir upper/etc; echo '" below "' >below/etc/" file "; cp below/etc/" file " upper/etc; " \
  "echo '" added "' >>upper/etc/" file
  expect_upper(ACCOUNTS("group", "shadow:x:42:", "x:x:43:www-data"), check_empty, "");
  expect_upper(ACCOUNTS("group", "shadow:x:42:", "x:x:42:www-data"), check_empty,
               "/etc/group: it was put");
  expect_upper(ACCOUNTS("group", "shadow:x:0042:", "x:x:42:www-data"), check_empty,
               "/etc/group: it was put");
  expect_upper(ACCOUNTS("group", "shadow:x:42:", "shadow:x:43:www-data"), check_empty,
               "/etc/group: it was");
  expect_upper(ACCOUNTS("passwd", "www-data:x:33:33::/:/bin/sh", "33:*:33:0:u:/:/bin/sh"),
               check_empty, "/etc/passwd: it was put");
}

Test(layer, folders_that_were_copied_have_the_attributes_of_the_image)
{
#define NOTE "setfattr -n user.note -v "
  expect_upper("mkdir upper/etc; " NOTE "a below/etc; " NOTE "a upper/etc", check_empty, "");
  expect_upper("mkdir upper/etc; " NOTE "a below/etc", check_empty, "");
  expect_upper("mkdir upper/etc; " NOTE "a below/etc; " NOTE "b upper/etc", check_empty,
               "/etc: it has the extended attribute user.note");
  expect_upper("mkdir upper/etc; " NOTE "a upper/etc", check_empty,
               "/etc: it has the extended attribute user.note");
  expect_upper(
      "mkdir upper/etc; for f in below upper; do setfattr -n trusted.overlay.redirect -v /bin "
      "$f/etc; done",
      check_empty, "/etc: it has the extended attribute trusted.overlay.redirect");
}

Test(layer, upper_that_shadows_nothing)
{
  expect_upper("mkdir -p upper/etc upper/bin; echo >upper/etc/own; ln -s own upper/etc/link",
               upper_check_no_shadow, "");
  expect_upper("mkdir upper/bin; echo >upper/bin/sh", upper_check_no_shadow,
               "/bin/sh: it replaces a file");
  expect_upper("mkdir upper/bin; mknod upper/bin/sh c 0 0", upper_check_no_shadow,
               "/bin/sh: it takes away a file");
  expect_upper("mknod upper/bin c 0 0", upper_check_no_shadow, "/bin: it takes away a folder");
  expect_upper("mkdir upper/bin; setfattr -n trusted.overlay.opaque -v y upper/bin",
               upper_check_no_shadow, "/bin: it hides the image's folder");
  expect_upper("mkdir upper/etc; echo >upper/etc/ld.so.preload", upper_check_no_shadow,
               "/etc/ld.so.preload: it makes every program load");
  expect_upper("echo >upper/new; chmod 4755 upper/new", upper_check_no_shadow,
               "/new: it is setuid");
  expect_upper("echo >upper/new; setcap cap_kill+p upper/new", upper_check_no_shadow,
               "/new: it has the extended attribute security.capability");
}

#define INIT                                                                           \
  "mkdir -p upper/etc upper/dev/pts; : >upper/.dockerenv; chmod 755 upper/.dockerenv;" \
  "ln -s /proc/mounts upper/etc/mtab;"

Test(layer, init_layer)
{
  expect_upper(INIT, upper_check_init, "");
  expect_upper(INIT "chmod 777 upper/.dockerenv", upper_check_init, "it is not as docker makes it");
  expect_upper(INIT "echo >upper/.dockerenv", upper_check_init, "it is not as docker makes it");
  expect_upper(INIT "ln -sfn x upper/etc/mtab", upper_check_init, "it is not as docker makes it");
  expect_upper(INIT "echo >upper/dev/pts/x", upper_check_init, "docker does not make it");
  expect_upper(INIT "setcap cap_kill+p upper/.dockerenv", upper_check_init,
               "it has the extended attribute");
}

Test(layer, below_is_what_overlay_shows)
{
  struct stat status;
  shell("mkdir -p a/x/y b/x c; echo >a/x/y/f; setfattr -n trusted.overlay.opaque -v y b/x;"
        "echo >a/w; mknod b/w c 0 0");
  cleanup_free char *a = path_of("a"), *b = path_of("b"), *c = path_of("c");
  const struct folders of = {.fds = (int[]){open_folder(a), open_folder(b), open_folder(c)},
                             .count = 3};
  cr_expect(below_find(&of, 1, "x/y/f", &status));
  cr_expect_not(below_find(&of, 2, "x/y/f", &status), "x is opaque");
  cr_expect_not(below_find(&of, 3, "w", &status), "a whiteout");
  cr_expect(below_find(&of, 3, "x", &status));
  cr_expect_not(below_find(&of, 3, "nothing", &status));
}
