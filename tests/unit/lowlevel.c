/* SPDX-License-Identifier: Apache-2.0 */
/* The low-level runtime: which one is found, and how we become it. */
#include "front/lowlevel.h"

#include "config/config.h"
#include "folder.h"

#include <limits.h>
#include <sys/wait.h>

static struct error err;

/* Nothing in PATH but our folder. */
static void make_path(void)
{
  make_folder();
  setenv("PATH", folder, 1);
}

static void remove_path(void)
{
  setenv("PATH", "/usr/bin:/bin", 1);
  remove_folder();
}

TestSuite(lowlevel, .init = make_path, .fini = remove_path);

static void make_runtime(const char *name, mode_t mode)
{
  cleanup_free char *path = path_of(name);
  write_file(name, "#!/bin/sh\n");
  cr_assert_eq(chmod(path, mode), 0);
}

static void expect_found(const char *const *runtimes, const char *expected)
{
  cleanup_free char *found = lowlevel_find(runtimes, &err);
  cleanup_free char *path = with_folder(expected);
  cr_assert_not_null(found, "%s", err.text);
  cr_expect_str_eq(found, path);
}

static void expect_nothing(const char *const *runtimes)
{
  cleanup_free char *found = lowlevel_find(runtimes, &err);
  cr_assert_null(found, "found %s", found);
}

static void expect_said(const char *words)
{
  cr_expect_not_null(strstr(err.text, words), "'%s' is not in: %s", words, err.text);
}

static const char *const names[] = {"cht-one", "cht-two", NULL};

/* --- found --------------------------------------------------------------------------------- */

Test(lowlevel, the_first_that_is_there_is_taken)
{
  make_runtime("cht-two", 0755);
  expect_found(names, "@/cht-two");
  make_runtime("cht-one", 0755);
  expect_found(names, "@/cht-one");
}

Test(lowlevel, an_absolute_path_is_taken_as_it_is)
{
  make_runtime("elsewhere", 0755);
  cleanup_free char *path = path_of("elsewhere");
  setenv("PATH", "/nowhere", 1);
  expect_found((const char *const[]){"/nowhere/runc", path, NULL}, "@/elsewhere");
}

Test(lowlevel, the_usual_folders_do_without_PATH)
{
  unsetenv("PATH");
  cleanup_free char *found = lowlevel_find((const char *const[]){"sh", NULL}, &err);
  cr_assert_not_null(found, "%s", err.text);
  cr_expect_eq(found[0], '/');
  cr_expect_eq(access(found, X_OK), 0);
}

/* Where we are called is not for us to choose. */
Test(lowlevel, relative_folders_in_PATH_do_not_count)
{
  make_runtime("cht-one", 0755);
  cr_assert_eq(chdir(folder), 0);
  setenv("PATH", ".::", 1);
  expect_nothing(names);
  cleanup_free char *path = xasprintf(".:relative::/nowhere:%s", folder);
  setenv("PATH", path, 1);
  expect_found(names, "@/cht-one");
}

Test(lowlevel, what_cannot_be_run_is_passed_over)
{
  cleanup_free char *path = path_of("cht-one");
  cr_assert_eq(mkdir(path, 0755), 0);
  make_runtime("cht-two", 0755);
  expect_found(names, "@/cht-two");
}

/* Defect 11 of the original: it did not know crun. */
Test(lowlevel, crun_is_looked_for_without_a_config)
{
  struct config config;
  config_defaults(&config, &(const struct config_source){.plugin_dir = "/nowhere"});
  const char *const *runtime = config.runtimes;
  while (*runtime != NULL && !text_equal(*runtime, "crun"))
    runtime++;
  make_runtime("crun", 0755);
  expect_found(runtime, "@/crun");
}

/* --- not found ----------------------------------------------------------------------------- */

Test(lowlevel, an_error_says_what_was_looked_for_and_where)
{
  expect_nothing(names);
  expect_said("looked for cht-one, cht-two in PATH (");
  expect_said(folder);
  expect_said("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin");
  expect_said("install runc");
}

Test(lowlevel, an_error_says_that_there_is_no_PATH)
{
  unsetenv("PATH");
  expect_nothing(names);
  expect_said("PATH (not set)");
}

Test(lowlevel, an_error_says_what_is_not_executable)
{
  make_runtime("cht-one", 0644);
  expect_nothing(names);
  expect_said("cht-one is there but is no executable file");
}

/* Defect 10 of the original: it called itself for ever. */
Test(lowlevel, this_very_program_is_never_the_one)
{
  char self[PATH_MAX] = "";
  cleanup_free char *link = path_of("cht-two"), *hard_link = path_of("cht-one");
  cr_assert_gt(readlink("/proc/self/exe", self, sizeof(self) - 1), 0);
  cr_assert_eq(symlink(self, link), 0);
  expect_nothing(names);
  expect_said("cht-two is this program itself");

  make_runtime("cht-three", 0755);
  expect_found((const char *const[]){self, "cht-two", "cht-three", NULL}, "@/cht-three");
  if (linkat(AT_FDCWD, self, AT_FDCWD, hard_link, 0) == 0) /* may be another file system */
    expect_nothing(names);
}

/* --- becoming it --------------------------------------------------------------------------- */

/* The output of the program that a child of ours becomes. */
static void become(const char *script, char *output, size_t size)
{
  int ends[2];
  cr_assert_eq(pipe(ends), 0);
  pid_t pid = fork();
  if (pid == 0) {
    char shell[] = "/bin/sh";
    const char *const argv[] = {"container-hooks-runtime", "-c", script, "--", "a b", "", NULL};
    dup2(ends[1], STDOUT_FILENO);
    lowlevel_become(shell, (char **)(uintptr_t)argv, &err);
    dprintf(ends[1], "%s", err.text);
    _exit(EXIT_FAILURE);
  }
  close(ends[1]);
  memset(output, 0, size);
  size_t used = 0;
  for (ssize_t got; (got = read(ends[0], output + used, size - 1 - used)) > 0;)
    used += (size_t)got;
  close(ends[0]);
  waitpid(pid, NULL, 0);
}

Test(lowlevel, it_gets_our_arguments_and_one_variable_more)
{
  char output[2048];
  clearenv();
  setenv("KEPT", "as it was", 1);
  become("tr '\\0' '|' </proc/$$/cmdline; echo; tr '\\0' '|' </proc/$$/environ", output,
         sizeof(output));
  cr_expect_not_null(strstr(output, "|--|a b||\n"), "%s", output);
  cr_expect(text_starts(output, "/bin/sh|-c|"), "%s", output);
  cr_expect_not_null(strstr(output, "\nKEPT=as it was|CONTAINER_HOOKS_DEPTH=1|"), "%s", output);
}

Test(lowlevel, the_depth_is_counted_and_has_an_end)
{
  char output[2048];
  setenv("CONTAINER_HOOKS_DEPTH", "7", 1);
  become("echo $CONTAINER_HOOKS_DEPTH", output, sizeof(output));
  cr_expect_str_eq(output, "8\n");
  setenv("CONTAINER_HOOKS_DEPTH", "8", 1);
  become("echo $CONTAINER_HOOKS_DEPTH", output, sizeof(output));
  cr_expect(text_starts(output, "the low-level runtime /bin/sh ends up here again"), "%s", output);
}

Test(lowlevel, what_cannot_be_become_is_an_error)
{
  make_runtime("cht-one", 0755);
  write_file("cht-one", "no program");
  cleanup_free char *path = path_of("cht-one");
  char *argv[] = {path, NULL};
  cr_expect_eq(lowlevel_become(path, argv, &err), -1);
  expect_said("cannot run the low-level runtime ");
  expect_said("Exec format error");
}
