/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's config.json: the old one or the new one, whatever happens. */
#include "worker/bundle.h"

#include "common/json.h"
#include "folder.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define PREPARED ".config.json.container-hooks"
#define OLD "{\"old\":true}\n"
#define NEW "{\"new\":true}"

static struct bundle bundle;
static struct error err;

TestSuite(bundle, .init = make_folder, .fini = remove_folder, .timeout = 20);

static void expect_ok(int result)
{
  cr_assert_eq(result, 0, "%s", err.text);
}

static void expect_error(int result, const char *beginning)
{
  cleanup_free char *expected = with_folder(beginning);
  cr_expect_eq(result, -1);
  cr_expect(text_starts(err.text, expected), "is %s, not %s", err.text, expected);
}

static struct json_object *new_spec(void)
{
  struct json_object *spec = NULL;
  expect_ok(json_parse(NEW, strlen(NEW), "test", &spec, &err));
  return spec;
}

static void expect_spec(const char *expected)
{
  cleanup_free char *content = content_of("config.json");
  cr_expect_str_eq(content, expected);
}

/* With config.json read and its successor prepared beside it. */
static void prepare(void)
{
  cleanup_json struct json_object *spec = NULL, *edited = new_spec();
  expect_ok(bundle_open(&bundle, folder, &err));
  expect_ok(bundle_read(&bundle, &spec, &err));
  expect_ok(bundle_prepare(&bundle, edited, &err));
}

static struct stat status_of(const char *name)
{
  cleanup_free char *path = path_of(name);
  struct stat status;
  cr_assert_eq(lstat(path, &status), 0, "%s: %m", path);
  return status;
}

static void need_root(void)
{
  if (geteuid() != 0)
    skip("needs root");
}

/* --- replacing ----------------------------------------------------------------------------- */

/* Defect 8 of the original: it wrote into the file that runc reads. */
Test(bundle, the_old_file_stays_whole_until_the_new_one_takes_its_place)
{
  write_file("config.json", OLD);
  ino_t old = status_of("config.json").st_ino;
  prepare();
  expect_spec(OLD);
  cr_expect(is_there(PREPARED));

  expect_ok(bundle_commit(&bundle, &err));
  bundle_close(&bundle);
  expect_spec(NEW);
  cr_expect_not(is_there(PREPARED));
  cr_expect_neq(status_of("config.json").st_ino, old, "it was written in place");
}

Test(bundle, what_is_not_committed_leaves_nothing_behind)
{
  write_file("config.json", OLD);
  prepare();
  bundle_close(&bundle);
  expect_spec(OLD);
  cr_expect_not(is_there(PREPARED));
}

Test(bundle, what_a_killed_one_left_behind_is_removed)
{
  write_file("config.json", OLD);
  write_file(PREPARED, "half of a");
  expect_ok(bundle_open(&bundle, folder, &err));
  cr_expect_not(is_there(PREPARED));
  bundle_close(&bundle);
  expect_spec(OLD);
}

/* Where locks do not work, the other one may still be at it. */
Test(bundle, what_another_one_prepares_is_neither_overwritten_nor_removed)
{
  cleanup_json struct json_object *spec = NULL, *edited = new_spec();
  write_file("config.json", OLD);
  expect_ok(bundle_open(&bundle, folder, &err));
  expect_ok(bundle_read(&bundle, &spec, &err));
  write_file(PREPARED, "of another one");
  expect_error(bundle_prepare(&bundle, edited, &err),
               "cannot write the edited config.json in @: File exists");
  bundle_close(&bundle);
  cleanup_free char *content = content_of(PREPARED);
  cr_expect_str_eq(content, "of another one");
}

/* --- mode and owner ------------------------------------------------------------------------ */

Test(bundle, the_mode_is_kept_whatever_the_umask)
{
  static const mode_t modes[] = {0400, 0600, 0640, 0644, 0666};
  for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
    cleanup_free char *path = path_of("config.json");
    write_file("config.json", OLD);
    cr_assert_eq(chmod(path, modes[i]), 0);
    umask(0777);
    prepare();
    umask(022);
    expect_ok(bundle_commit(&bundle, &err));
    cr_expect_eq(status_of("config.json").st_mode & 07777, modes[i]);
    close(bundle.lock);
    cr_assert_eq(unlink(path), 0);
  }
}

Test(bundle, the_owner_is_kept)
{
  need_root();
  cleanup_free char *path = path_of("config.json");
  write_file("config.json", OLD);
  cr_assert_eq(chown(path, 1234, 4321), 0);
  prepare();
  expect_ok(bundle_commit(&bundle, &err));
  cr_expect_eq(status_of("config.json").st_uid, 1234);
  cr_expect_eq(status_of("config.json").st_gid, 4321);
}

Test(bundle, the_group_is_kept_where_the_folder_gives_another)
{
  need_root();
  write_file("config.json", OLD);
  cr_assert_eq(chown(folder, 0, 4321), 0);
  cr_assert_eq(chmod(folder, 02755), 0);
  prepare();
  expect_ok(bundle_commit(&bundle, &err));
  cr_expect_eq(status_of("config.json").st_gid, 0);
}

/* --- what is no config.json ---------------------------------------------------------------- */

static void expect_unreadable(const char *beginning)
{
  struct json_object *spec = NULL;
  expect_ok(bundle_open(&bundle, folder, &err));
  expect_error(bundle_read(&bundle, &spec, &err), beginning);
  cr_expect_null(spec);
  bundle_close(&bundle);
}

Test(bundle, a_missing_file_is_named)
{
  expect_unreadable("cannot open @/config.json: No such file or directory");
}

Test(bundle, a_link_is_not_followed)
{
  cleanup_free char *path = path_of("config.json");
  write_file("elsewhere", OLD);
  cr_assert_eq(symlink("elsewhere", path), 0);
  expect_unreadable("@/config.json is a symbolic link");
}

Test(bundle, nor_is_one_that_leads_nowhere)
{
  cleanup_free char *path = path_of("config.json");
  cr_assert_eq(symlink("nowhere", path), 0);
  expect_unreadable("@/config.json is a symbolic link");
}

Test(bundle, a_fifo_does_not_make_us_wait)
{
  cleanup_free char *path = path_of("config.json");
  cr_assert_eq(mkfifo(path, 0600), 0);
  expect_unreadable("@/config.json is not a regular file");
}

Test(bundle, a_folder_is_no_file)
{
  cleanup_free char *path = path_of("config.json");
  cr_assert_eq(mkdir(path, 0700), 0);
  expect_unreadable("@/config.json is not a regular file");
}

Test(bundle, what_is_too_large_is_not_read)
{
  cleanup_free char *path = path_of("config.json");
  write_file("config.json", OLD);
  cr_assert_eq(truncate(path, BUNDLE_SPEC_MAX + 1), 0);
  expect_unreadable("@/config.json is larger than 16777216 bytes");
}

Test(bundle, what_we_may_not_read_is_an_error)
{
  cleanup_free char *path = path_of("config.json");
  if (geteuid() == 0)
    skip("root may read everything");
  write_file("config.json", OLD);
  cr_assert_eq(chmod(path, 0), 0);
  expect_unreadable("cannot open @/config.json: Permission denied");
}

Test(bundle, what_is_no_json_is_shown_with_its_place)
{
  write_file("config.json", "{\n  'ociVersion': 1}");
  expect_unreadable("@/config.json:2:3: ");
}

Test(bundle, what_is_no_object_is_no_spec)
{
  static const char *const others[] = {"null", "[]", "\"{}\"", "1", "true"};
  for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
    write_file("config.json", others[i]);
    expect_unreadable("@/config.json is not an OCI runtime spec");
    close(bundle.lock);
  }
}

/* --- what is no bundle --------------------------------------------------------------------- */

Test(bundle, a_bundle_that_is_missing_or_a_file_is_named)
{
  write_file("file", "");
  cleanup_free char *missing = path_of("missing"), *file = path_of("file");
  expect_error(bundle_open(&bundle, missing, &err), "cannot open the bundle @/missing: No such");
  expect_error(bundle_open(&bundle, file, &err), "cannot open the bundle @/file: Not a directory");
}

/* As a plugin or somebody else might do meanwhile. */
Test(bundle, a_bundle_that_was_replaced_is_not_written_to)
{
  cleanup_free char *moved = xasprintf("%s.moved", folder);
  cleanup_json struct json_object *edited = new_spec();
  write_file("config.json", OLD);
  prepare();
  cr_assert_eq(rename(folder, moved), 0);
  cr_assert_eq(mkdir(folder, 0700), 0);
  expect_error(bundle_prepare(&bundle, edited, &err), "the bundle @ was replaced");
  expect_error(bundle_commit(&bundle, &err), "the bundle @ was replaced");
  cr_expect_not(is_there("config.json"));
  cr_expect_not(is_there(PREPARED));
  cr_assert_eq(rmdir(folder), 0);
  cr_assert_eq(rename(moved, folder), 0);
}

Test(bundle, a_plugin_that_closes_descriptors_closes_nothing_that_we_need)
{
  cleanup_json struct json_object *spec = NULL, *edited = new_spec();
  write_file("config.json", OLD);
  expect_ok(bundle_open(&bundle, folder, &err));
  close(bundle.lock);
  expect_ok(bundle_read(&bundle, &spec, &err));
  expect_ok(bundle_prepare(&bundle, edited, &err));
  expect_ok(bundle_commit(&bundle, &err));
  bundle_close(&bundle);
  expect_spec(NEW);
}

Test(bundle, an_edited_spec_beyond_the_limit_is_not_written)
{
  cleanup_json struct json_object *spec = NULL;
  cleanup_free char *text = xcalloc(BUNDLE_SPEC_MAX + 1, 1);
  memset(text, 'x', BUNDLE_SPEC_MAX);
  write_file("config.json", OLD);
  expect_ok(bundle_open(&bundle, folder, &err));
  expect_ok(bundle_read(&bundle, &spec, &err));
  json_object_object_add(spec, "long", json_object_new_string(text));
  expect_error(bundle_prepare(&bundle, spec, &err), "the edited config.json would have 167772");
  bundle_close(&bundle);
  cr_expect_not(is_there(PREPARED));
  expect_spec(OLD);
}

/* --- the lock ------------------------------------------------------------------------------ */

/* A second one of us, which says when it has the bundle. */
static pid_t start_second(int *told)
{
  int ends[2];
  cr_assert_eq(pipe(ends), 0);
  pid_t pid = fork();
  if (pid == 0) {
    struct bundle same;
    bool opened = bundle_open(&same, folder, &err) == 0;
    _exit(opened && write(ends[1], "x", 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  close(ends[1]);
  *told = ends[0];
  return pid;
}

static bool is_told(int told, int milliseconds)
{
  struct pollfd polled = {.fd = told, .events = POLLIN};
  return poll(&polled, 1, milliseconds) == 1 && (polled.revents & POLLIN);
}

Test(bundle, a_second_one_waits_for_the_first)
{
  int told;
  write_file("config.json", OLD);
  prepare();
  pid_t second = start_second(&told);
  cr_expect_not(is_told(told, 300), "it did not wait");
  expect_ok(bundle_commit(&bundle, &err));
  close(bundle.lock);
  cr_expect(is_told(told, 5000), "it still waits");
  waitpid(second, NULL, 0);
}

/* A plugin may leave a child behind, which has all our descriptors. */
Test(bundle, a_child_that_stays_does_not_keep_the_lock)
{
  int told;
  expect_ok(bundle_open(&bundle, folder, &err));
  pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(EXIT_SUCCESS);
  }
  close(bundle.lock);
  pid_t second = start_second(&told);
  cr_expect(is_told(told, 5000), "it waits for the child");
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  waitpid(second, NULL, 0);
}
