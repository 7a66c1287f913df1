/* SPDX-License-Identifier: Apache-2.0 */
/* A whole check: plans, what is mounted, what has started, what earlier checks left. */
#include "common/file.h"
#include "folder.h"
#include "image/hash.h"
#include "rootfs/cache.h"
#include "rootfs/check.h"
#include "rootfs/fingerprint.h"
#include "rootfs/known.h"
#include "rootfs/mounted.h"
#include "rootfs/mountpoints.h"
#include "rootfs/plan.h"
#include "rootfs/started.h"

#include <sys/wait.h>

static void start(void)
{
  make_folder();
  if (geteuid() != 0)
    skip("needs root");
}

TestSuite(rootfs, .init = start, .fini = remove_folder);

static void shell(const char *command)
{
  cleanup_free char *whole = with_folder(command);
  cleanup_free char *in = xasprintf("cd %s && umask 022 && %s", folder, whole);
  cr_assert_eq(system(in), 0, "%s", in);
}

static int open_path(const char *name)
{
  cleanup_free char *path = path_of(name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  cr_assert_geq(fd, 0, "%s", path);
  return fd;
}

/* --- plans ------------------------------------------------------------------------------------ */

#define ID "sha256:dd37b8a1c0e1d4b0f6f4f3a0c1b2d3e4f5061728394a5b6c7d8e9f0011223344"

static void read_plan(const char *text, const char *expected)
{
  struct plan plan;
  struct digest digest;
  struct error err = {.text = ""};
  cleanup_free char *path = path_of("plan");
  write_file("plan", text);
  hash_bytes(text, strlen(text), &digest);
  int result = plan_read(path, &digest, &plan, &err);
  cr_expect(*expected == '\0' ? result == 0 : strstr(err.text, expected) != NULL, "%s: %s", text,
            err.text);
  if (result == 0)
    plan_free(&plan);
}

Test(rootfs, what_is_written_is_read)
{
  struct image_layer layers[] = {
      {.folder = (char[]){"/a/1/diff"}, .kind = LAYER_TAR_SPLIT, .record = (char[]){"/r"}},
      {.folder = (char[]){"/a/2/diff"}, .kind = LAYER_BLOB}};
  struct image image = {.layers = layers,
                        .layer_count = 2,
                        .rootfs = (char[]){"/root"},
                        .upper = (char[]){"/up"},
                        .first_uid = 200000,
                        .first_gid = 300000};
  struct plan plan;
  struct digest digest;
  struct error err = {.text = ""};
  struct stat status;
  cleanup_free char *path = path_of("plan");
  cr_assert(digest_parse(ID, &layers[0].diff_id) && digest_parse(ID, &layers[1].diff_id) &&
            digest_parse(ID, &layers[1].blob));
  cr_assert_eq(plan_write(&image, "id", "/bundle", path, &digest, &err), 0, "%s", err.text);
  cr_assert_eq(stat(path, &status), 0);
  cr_expect_eq(status.st_mode & 0777, 0600);
  cr_assert_eq(plan_read(path, &digest, &plan, &err), 0, "%s", err.text);
  cr_expect_str_eq(plan.id, "id");
  cr_expect_str_eq(plan.bundle, "/bundle");
  cr_expect_str_eq(plan.rootfs, "/root");
  cr_expect_str_eq(plan.upper, "/up");
  cr_expect_null(plan.init);
  cr_expect_eq(plan.first_uid, 200000);
  cr_expect_eq(plan.first_gid, 300000);
  cr_assert_eq(plan.layer_count, 2);
  cr_expect_str_eq(plan.layers[0].record, "/r");
  cr_expect_eq(plan.layers[0].kind, LAYER_TAR_SPLIT);
  cr_expect_null(plan.layers[1].record);
  cr_expect_eq(plan.layers[1].kind, LAYER_BLOB);
  cr_expect_str_eq(plan.layers[1].blob.text, ID);
  plan_free(&plan);
  digest.text[10] ^= 1;
  cr_expect_eq(plan_read(path, &digest, &plan, &err), -1, "of another digest");
}

#define PLAN_START "{\"version\":1,\"id\":\"i\",\"bundle\":\"/b\",\"rootfs\":\"/r\",\"layers\":["

Test(rootfs, plans_are_read_strictly)
{
  read_plan(PLAN_START "]}", "");
  read_plan("{\"version\":2}", "/version");
  read_plan("{}", "has no \"version\"");
  read_plan(PLAN_START "],\"more\":1}", "/more");
  read_plan(PLAN_START "],\"first-uid\":4294967296}", "/first-uid");
  read_plan(PLAN_START "{}]}", "has no \"diff-id\"");
  read_plan(PLAN_START "{\"diff-id\":\"x\"}]}", "is no digest");
  read_plan(PLAN_START "{\"diff-id\":\"" ID "\",\"folder\":\"a\"}]}", "is not an absolute path");
  read_plan(PLAN_START "{\"diff-id\":\"" ID "\",\"folder\":\"/a\",\"kind\":\"x\"}]}",
            "is neither tar-split nor blob");
}

Test(rootfs, a_time_out_grows_with_the_bytes)
{
  shell("mkdir r; echo 2000000000 >r/size; : >r/record");
  cleanup_free char *record = path_of("r/record");
  struct image_layer layer = {.kind = LAYER_TAR_SPLIT, .record = record};
  struct image image = {.layers = &layer, .layer_count = 1};
  unsigned big = plan_timeout(&image);
  shell("echo 1 >r/size");
  cr_expect_eq(plan_timeout(&image), 10);
  cr_expect_gt(big, 60);
  shell("rm r/size");
  cr_expect_eq(plan_timeout(&image), 70);
}

/* --- mounts ----------------------------------------------------------------------------------- */

/* One line of mountinfo; '@' is the folder. */
static void expect_mounted(const char *line, const char *expected)
{
  struct error err = {.text = ""};
  cleanup_free char *info = path_of("mountinfo"), *text = with_folder(line);
  cleanup_free char *one = path_of("h/1/diff"), *two = path_of("h/2/diff");
  cleanup_free char *upper = path_of("h/3/diff"), *rootfs = path_of("root");
  struct image_layer layers[] = {{.folder = one}, {.folder = two}};
  const struct plan plan = {.rootfs = rootfs, .upper = upper, .layers = layers, .layer_count = 2};
  const int folders[] = {open_path("h/1/diff"), open_path("h/2/diff"), open_path("h/3/diff")};
  write_file("mountinfo", text);
  int result = mounted_check(&plan, folders, info, &err);
  cr_expect(*expected == '\0' ? result == 0 : strstr(err.text, expected) != NULL, "%s: %s", line,
            err.text);
}

#define LINE "9 1 0:5 / @/root rw - overlay overlay rw,"

Test(rootfs, what_is_mounted_is_what_was_planned)
{
  shell("mkdir -p h/1/diff h/2/diff h/3/diff h/l; ln -s ../2/diff h/l/TWO");
  expect_mounted(LINE "lowerdir=@/h/2/diff:@/h/1/diff,upperdir=@/h/3/diff\n", "");
  expect_mounted(LINE "lowerdir=l/TWO:1/diff,upperdir=3/diff\n", "");
  expect_mounted(LINE "lowerdir=@/h/1/diff:@/h/2/diff,upperdir=@/h/3/diff\n",
                 "another layer is mounted than was planned");
  expect_mounted(LINE "lowerdir=@/h/1/diff,upperdir=@/h/3/diff\n", "made of 1 layers");
  expect_mounted(LINE "lowerdir=@/h/2/diff:@/h/1/diff,upperdir=@/h/1/diff\n",
                 "as the container's own");
  expect_mounted(LINE "lowerdir=@/h/2/diff:@/h/1/diff\n", "as the container's own");
  expect_mounted("9 1 0:5 / @/root rw - tmpfs none rw\n", "is no overlay of layers but tmpfs");
  expect_mounted("9 1 0:5 / / rw - tmpfs none rw\n", "nothing is mounted at");
}

/* Those of @/config.json. */
static int mark_mountpoints(const char *rootfs, struct paths *paths)
{
  struct error err;
  cleanup_document struct document document = {.name = NULL};
  cr_assert_eq(document_read_bundle(folder, &document, &err), 0, "%s", err.text);
  const struct value config = document_root(&document);
  return mountpoints_mark(&config, rootfs, paths, &err);
}

Test(rootfs, mountpoints_are_resolved_within)
{
  cleanup_paths struct paths *paths = paths_new();
  cleanup_free char *rootfs = path_of("root");
  shell("mkdir -p root/run root/var root/etc; : >root/run/sock; ln -s /run root/var/run;"
        "ln -s ../../../run/sock root/etc/link; : >root/etc/other");
  write_file("config.json", "{\"mounts\":[{\"destination\":\"/var/run/sock\"},"
                            "{\"destination\":\"/etc/none\"},{\"destination\":\"/proc\"}]}");
  cr_assert_eq(mark_mountpoints(rootfs, paths), 0);
  cr_expect_eq(paths_marks(paths, "run/sock"), PATH_LISTED);
  cr_expect_eq(paths_marks(paths, "etc/other"), 0);
  write_file("config.json", "{\"mounts\":[{\"destination\":1}]}");
  cr_expect_eq(mark_mountpoints(rootfs, paths), -1);
}

/* Podman's, for a container with a user namespace of its own; the folder is gone when it is
 * mounted.
 */
Test(rootfs, layers_may_be_mounted_with_other_owners)
{
  shell(
      "mkdir -p h/1/diff h/2/diff h/3/diff h/l; ln -s ../2/diff h/l/TWO; ln -s ../1/diff h/l/ONE");
  expect_mounted(LINE "lowerdir=@/h/3/mapped/0/l/TWO:@/h/3/mapped/1/l/ONE,upperdir=@/h/3/diff\n",
                 "");
  expect_mounted(LINE "lowerdir=@/h/3/mapped/0/l/ONE:@/h/3/mapped/1/l/TWO,upperdir=@/h/3/diff\n",
                 "another layer is mounted than was planned");
  expect_mounted(LINE "lowerdir=@/h/1/mapped/0/l/TWO:@/h/1/mapped/1/l/ONE,upperdir=@/h/3/diff\n",
                 "another layer is mounted than was planned");
}

/* --- whose files are ---------------------------------------------------------------------------
 */

/* "UID:GID" in the image, of a file that has these on disk. */
static void expect_owner(const struct owners *owners, uint32_t uid, uint32_t gid,
                         const char *expected)
{
  char found[32];
  struct stat status = {.st_uid = uid, .st_gid = gid};
  owners_translate(owners, &status);
  snprintf(found, sizeof(found), "%u:%u", status.st_uid, status.st_gid);
  cr_expect_str_eq(found, expected, "%u:%u: %s", uid, gid, found);
}

Test(rootfs, owners_may_be_shifted)
{
  static struct owners owners;
  expect_owner(&owners, 0, 4000000000, "0:4000000000");
  owners_shift(&owners, 200000, 300000);
  expect_owner(&owners, 200000, 300033, "0:33");
  expect_owner(&owners, 199999, 0, "4294967295:4294967295");
  expect_owner(&owners, UINT32_MAX - 1, UINT32_MAX, "4294767294:4294967295");
}

static int read_owners(const char *config, struct owners *owners, struct error *err)
{
  cleanup_document struct document document = {.name = NULL};
  write_file("config.json", config);
  cr_assert_eq(document_read_bundle(folder, &document, err), 0, "%s", err->text);
  const struct value value = document_root(&document);
  return owners_read(&value, owners, err);
}

#define RANGE(container, host, size) \
  "{\"containerID\":" #container ",\"hostID\":" #host ",\"size\":" #size "}"

Test(rootfs, owners_are_those_of_the_users_namespace)
{
  static struct owners owners;
  struct error err = {.text = ""};
  cr_assert_eq(read_owners("{}", &owners, &err), 0);
  expect_owner(&owners, 7, 8, "7:8");
  cr_assert_eq(read_owners("{\"linux\":{\"uidMappings\":[" RANGE(0, 1000, 1) "," RANGE(
                               1, 5000, 10) "],\"gidMappings\":[" RANGE(0, 0, 4294967295) "]}}",
                           &owners, &err),
               0, "%s", err.text);
  expect_owner(&owners, 1000, 0, "0:0");
  expect_owner(&owners, 5009, 7, "10:7");
  expect_owner(&owners, 1001, 7, "4294967295:7");
  expect_owner(&owners, 5010, 7, "4294967295:7");
  cr_expect_eq(read_owners("{\"linux\":{\"uidMappings\":[{}]}}", &owners, &err), -1);
  cr_expect(strstr(err.text, "has no \"containerID\"") != NULL, "%s", err.text);
  cr_expect_eq(read_owners("{\"linux\":{\"gidMappings\":[" RANGE(-1, 0, 1) "]}}", &owners, &err),
               -1);
}

/* --- what has started ------------------------------------------------------------------------- */

static bool has_started(const char *id, const char *upper)
{
  struct error err = {.text = ""};
  bool before = false;
  cleanup_free char *state = path_of("above/state"), *path = path_of(upper);
  cleanup_close int fd = open_path(upper);
  cr_assert_eq(started_before(state, id, path, fd, &before, &err), 0, "%s", err.text);
  return before;
}

static void note_start(const char *id, const char *upper)
{
  struct error err = {.text = ""};
  cleanup_free char *state = path_of("above/state"), *path = path_of(upper);
  cleanup_close int fd = open_path(upper);
  cr_assert_eq(started_note(state, id, path, fd, &err), 0, "%s", err.text);
}

Test(rootfs, a_container_is_known_by_its_folder)
{
  shell("mkdir one two");
  cr_expect_not(has_started("a", "one"));
  note_start("a", "one");
  cr_expect(has_started("a", "one"));
  cr_expect_not(has_started("a", "two"), "another folder");
  cr_expect_not(has_started("b", "one"), "another container");
  shell("mv one three; mkdir one");
  cr_expect_not(has_started("a", "one"), "the same path, but made anew");
  shell("rmdir one three");
  note_start("b", "two");
  shell("test \"$(ls above/state/started)\" = b");
}

Test(rootfs, an_id_is_no_way_out)
{
  struct error err = {.text = ""};
  bool before;
  cleanup_free char *state = path_of("above/state");
  cr_expect_eq(started_before(state, "../x", "/", AT_FDCWD, &before, &err), -1);
  cr_expect_eq(started_before(state, ".x", "/", AT_FDCWD, &before, &err), -1);
  cr_expect_eq(started_before(state, "", "/", AT_FDCWD, &before, &err), -1);
}

Test(rootfs, a_state_that_others_could_write_is_refused)
{
  struct error err = {.text = ""};
  bool before;
  cleanup_free char *state = path_of("above/state");
  shell("mkdir -p above/state; chmod 777 above/state");
  cr_expect_eq(started_before(state, "a", "/", AT_FDCWD, &before, &err), -1);
  cr_expect(strstr(err.text, "is writable by others") != NULL, "%s", err.text);
  cr_expect_null(cache_open(state));
}

/* --- fingerprints and records ----------------------------------------------------------------- */

static void take(struct digest *fingerprint)
{
  struct timespec newest;
  struct error err;
  cleanup_close int fd = open_path("tree");
  cr_assert_eq(fingerprint_take(fd, fingerprint, &newest, &err), 0, "%s", err.text);
}

/* Does a command change the fingerprint? */
static bool changes(const char *command)
{
  struct digest before, after;
  take(&before);
  shell(command);
  take(&after);
  return !digest_equal(&before, &after);
}

Test(rootfs, a_fingerprint_tells_every_change)
{
  shell("mkdir -p tree/a/b; echo >tree/a/f; ln -s x tree/l");
  cr_expect_not(changes("cat tree/a/f >/dev/null; ls -R tree >/dev/null"));
  cr_expect(changes("printf x >tree/a/f"));
  cr_expect(changes("touch -d 1970-01-02 tree/a/f"));
  cr_expect(changes("chmod 700 tree/a/b"));
  cr_expect(changes("chown :1 tree/l -h"));
  cr_expect(changes("setfattr -n user.x -v y tree/a/f"));
  cr_expect(changes("ln tree/a/f outside"));
  cr_expect(changes("mv tree/a/f tree/a/g"));
  cr_expect(changes("chmod 700 tree"));
}

static size_t told;
static uint64_t told_bytes;

static void note_progress(size_t done, size_t count, uint64_t bytes)
{
  cr_expect(done == 0 && count == 0 && bytes > told_bytes);
  told++;
  told_bytes = bytes;
}

/* Checks tree against layer.tar.gz as verify-rootfs does. */
static int check_known(bool believe, const char *sum_of, struct differences *found)
{
  struct error err = {.text = ""};
  cleanup_free char *state = path_of("above/state"), *record = path_of("layer.tar.gz");
  cleanup_free char *tar = path_of(sum_of);
  struct image_layer plan = {.kind = LAYER_BLOB, .record = record};
  cleanup_free char *bytes = NULL;
  size_t length;
  cleanup_close int fd = open(tar, O_RDONLY | O_CLOEXEC);
  cr_assert_eq(file_read(fd, tar, 1UL << 30, &bytes, &length, &err), 0, "%s", err.text);
  hash_bytes(bytes, length, &plan.diff_id);
  struct cache *cache = cache_open(state);
  cr_assert_not_null(cache);
  const struct known known = {.cache = cache, .believe_fingerprints = believe};
  cleanup_close int tree = open_path("tree");
  const struct folders folders = {.fds = &tree, .count = 1};
  static struct progress progress = {.tell = note_progress, .mutex = PTHREAD_MUTEX_INITIALIZER};
  const struct layer_task task = {
      .plan = &plan, .folders = &folders, .found = found, .progress = &progress};
  int result = known_check(&known, &task, &err);
  cache_close(cache);
  return result;
}

#define MAKE_LAYER                                                                                \
  "mkdir -p tree/a; echo content >tree/a/f; ln tree/a/f tree/a/g; : >tree/e; printf x "           \
  ">tree/$(printf "                                                                               \
  "'n\\351w')"                                                                                    \
  "; truncate -s 100K tree/s; printf abc | dd of=tree/s bs=1 seek=50000 conv=notrunc status=none" \
  "; tar -C tree --sort=name --sparse --format=pax -cf layer.tar .; gzip -k layer.tar"

Test(rootfs, a_blob_is_unpacked_once)
{
  cleanup_differences struct differences *found = differences_new(4);
  shell(MAKE_LAYER);
  cr_expect_eq(check_known(false, "layer.tar", found), 0);
  shell("zcat above/state/records/*.gz | grep -q '\"type\":1'");
  shell("mv layer.tar.gz away");
  cr_expect_eq(check_known(false, "layer.tar", found), 0, "the blob is not needed any more");
  shell("mv away layer.tar.gz; printf Content | dd of=tree/a/f conv=notrunc status=none");
  cr_expect_eq(check_known(false, "layer.tar", found), 1);
  cr_expect(strstr(differences_line(found, 0), "/a/f: its content") != NULL);
}

Test(rootfs, a_record_knows_sparse_files)
{
  cleanup_differences struct differences *found = differences_new(4);
  shell(MAKE_LAYER);
  cr_expect_eq(check_known(false, "layer.tar", found), 0);
  shell("rm layer.tar.gz; printf x | dd of=tree/s bs=1 seek=9 conv=notrunc status=none");
  cr_expect_eq(check_known(false, "layer.tar", found), -1,
               "it is asked for, since the hole is none");
  shell("printf '\\0' | dd of=tree/s bs=1 seek=9 conv=notrunc status=none");
  cr_expect_eq(check_known(false, "layer.tar", found), 0);
  shell("printf x | dd of=tree/s bs=1 seek=50001 conv=notrunc status=none");
  cr_expect_eq(check_known(false, "layer.tar", found), -1);
}

/* Also within a layer, whose one file it is. */
Test(rootfs, progress_is_told)
{
  cleanup_differences struct differences *found = differences_new(4);
  shell("mkdir tree; head -c 50331648 /dev/urandom >tree/f; tar -C tree -cf layer.tar .;"
        "cp layer.tar layer.tar.gz");
  cr_expect_eq(check_known(false, "layer.tar", found), 0);
  cr_expect_eq(told, 3);
  cr_expect_eq(told_bytes, 50331648);
  cr_expect_eq(check_known(false, "layer.tar", found), 0, "by the record");
  cr_expect_eq(told, 6);
}

Test(rootfs, a_record_need_not_be_believed)
{
  cleanup_differences struct differences *found = differences_new(4);
  shell(MAKE_LAYER);
  cr_expect_eq(check_known(false, "layer.tar", found), 0);
  shell("cd above/state/records; f=$(ls); gzip -dc $f | sed 1d | gzip >n; mv n $f");
  cr_expect_eq(check_known(false, "layer.tar", found), 0, "it is made anew from the blob");
  shell("echo evil >tree/a/h; (cd tree; tar --sort=name -cf ../evil.tar .); cd above/state/records;"
        "rm *");
  cr_expect_eq(check_known(false, "layer.tar", found), 1);
  shell("test -z \"$(ls -A above/state/records)\"");
}

Test(rootfs, a_fingerprint_is_believed_on_request, .timeout = 30)
{
  cleanup_differences struct differences *found = differences_new(4);
  shell(MAKE_LAYER);
  cr_expect_eq(check_known(true, "layer.tar", found), 0);
  shell("test -z \"$(ls -A above/state/seen)\""); /* it was written to just now */
  sleep(4);
  cr_expect_eq(check_known(true, "layer.tar", found), 0);
  shell("test -n \"$(ls -A above/state/seen)\"; rm above/state/records/*; mv layer.tar.gz away");
  cr_expect_eq(check_known(true, "layer.tar", found), 0, "nothing is read");
  cr_expect_eq(check_known(false, "layer.tar", found), -1, "all is read");
  shell("touch tree/e");
  cr_expect_eq(check_known(true, "layer.tar", found), -1, "what was written to is read");
}
