/* SPDX-License-Identifier: Apache-2.0 */
/* What is mounted at a place: the kernel's list, real and forged. */
#include "image/mountinfo.h"

#include "folder.h"

#include <sys/sysmacros.h>

static void start(void)
{
  make_folder();
  cr_assert_eq(chdir(folder), 0);
}

TestSuite(mountinfo, .init = start, .fini = remove_folder, .timeout = 20);

static int find(const char *text, const char *point, struct mount *mount, struct error *err)
{
  *err = (struct error){.text = ""};
  write_file("mountinfo", text);
  return mountinfo_find("mountinfo", point, mount, err);
}

Test(mountinfo, an_overlay_is_taken_apart)
{
  struct error err;
  cleanup_mount struct mount mount;
  cr_assert_eq(find("1 0 8:1 / / rw - ext4 /dev/vda rw\n"
                    "49 42 0:39 / /m/merged rw,relatime shared:2 master:1 - overlay overlay "
                    "rw,lowerdir=/l/A:/l/B,upperdir=/m/diff,workdir=/m/work,uuid=on\n",
                    "/m/merged", &mount, &err),
               0, "%s", err.text);
  cr_expect_str_eq(mount.type, "overlay");
  cr_expect_str_eq(mount.folder, "/");
  cr_expect_str_eq(mount.upper, "/m/diff");
  cr_expect_eq(mount.device, makedev(0, 39));
  cr_assert_eq(mount.lower_count, 2);
  cr_expect_str_eq(mount.lowers[0], "/l/A");
  cr_expect_str_eq(mount.lowers[1], "/l/B");
}

Test(mountinfo, escapes_are_undone)
{
  struct error err;
  cleanup_mount struct mount mount;
  cr_assert_eq(find("49 42 0:39 / /with\\040space\\134 rw - overlay overlay "
                    "rw,lowerdir=/a\\054b\\040c:/d\\134:e,upperdir=/u\\011\n",
                    "/with space\\", &mount, &err),
               0, "%s", err.text);
  cr_assert_eq(mount.lower_count, 2);
  cr_expect_str_eq(mount.lowers[0], "/a,b c");
  cr_expect_str_eq(mount.lowers[1], "/d:e");
  cr_expect_str_eq(mount.upper, "/u\t");
}

Test(mountinfo, each_lower_folder_may_be_an_option)
{
  struct error err;
  cleanup_mount struct mount mount;
  cr_assert_eq(find("49 42 0:39 / /m rw - overlay overlay "
                    "rw,lowerdir+=/a:b,lowerdir+=/c,upperdir=/u\n",
                    "/m", &mount, &err),
               0, "%s", err.text);
  cr_assert_eq(mount.lower_count, 2);
  cr_expect_str_eq(mount.lowers[0], "/a:b");
  cr_expect_str_eq(mount.lowers[1], "/c");
}

Test(mountinfo, what_is_not_there_is_ENOENT)
{
  struct error err;
  cleanup_mount struct mount mount;
  cr_assert_eq(find("nonsense\n\n1 0 8:1 / /m2 rw - ext4 /dev/vda rw\n"
                    "1 0 8:1 / /m rw ext4 /dev/vda rw\n",
                    "/m", &mount, &err),
               -1);
  cr_expect_eq(errno, ENOENT, "%m");
  cr_expect_str_eq(err.text, "nothing is mounted at /m");
  cr_expect_eq(mountinfo_find("missing", "/m", &mount, &err), -1);
  cr_expect_neq(errno, 0);
  cr_expect_str_eq(err.text, "cannot open missing: No such file or directory");
}

static void expect_refused(const char *text, const char *message)
{
  struct error err;
  cleanup_mount struct mount mount;
  cr_expect_eq(find(text, "/m", &mount, &err), -1, "accepted: %s", text);
  cr_expect_neq(errno, ENOENT);
  cr_expect_not_null(strstr(err.text, message), "'%s' is not in: %s", message, err.text);
}

Test(mountinfo, what_is_ambiguous_or_wrong_is_refused)
{
  expect_refused("1 0 8:1 / /m rw - ext4 /dev/vda rw\n2 1 8:2 / /m rw - ext4 /dev/vdb rw\n",
                 "several file systems");
  expect_refused("1 0 8:1 / /m rw - ext4 /dev/vda rw\n2 1 8:1 /a /m rw - ext4 /dev/vda rw\n",
                 "several file systems");
  expect_refused("1 0 x / /m rw - ext4 /dev/vda rw\n", "the mount's device is 'x'");
  expect_refused("1 0 0:1 / /m rw - overlay overlay rw,lowerdir=/a::/b\n", "data-only folders");
  expect_refused("1 0 0:1 / /m rw - overlay overlay rw,lowerdir=/a,datadir+=/b\n",
                 "data-only folders");
}

Test(mountinfo, more_folders_than_overlay_takes_are_refused)
{
  char *text = NULL;
  size_t size;
  FILE *stream = xmemstream(&text, &size);
  fputs("1 0 0:1 / /m rw - overlay overlay rw,lowerdir=a", stream);
  for (int i = 0; i < MOUNT_LOWERS_MAX; i++)
    fputs(":a", stream);
  xmemstream_close(stream);
  expect_refused(text, "more than 1024 folders");
  free(text);
}

Test(mountinfo, the_kernels_own_list_is_read)
{
  struct error err = {.text = ""};
  cleanup_mount struct mount mount;
  cr_assert_eq(mountinfo_find("/proc/self/mountinfo", "/proc", &mount, &err), 0, "%s", err.text);
  cr_expect_str_eq(mount.type, "proc");
}
