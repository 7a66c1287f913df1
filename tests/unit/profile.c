/* SPDX-License-Identifier: Apache-2.0 */
/* argv[0] -> the profile's name. */
#include "config/profile.h"

#include <criterion/criterion.h>

static void expect_profile(const char *argv0, const char *expected)
{
  const char *profile = "unset";
  struct error err = {.text = ""};
  cr_expect_eq(profile_of(argv0, &profile, &err), 0, "%s", err.text);
  if (expected == NULL)
    cr_expect_null(profile, "%s", argv0);
  else
    cr_expect_str_eq(profile, expected);
}

Test(profile, is_what_follows_the_programs_name)
{
  expect_profile("container-hooks-runtime-podman", "podman");
  expect_profile("/usr/bin/container-hooks-runtime-kata-qemu", "kata-qemu");
  expect_profile("./container-hooks-runtime-A.b_9", "A.b_9");
}

Test(profile, is_none_under_any_other_name)
{
  expect_profile("container-hooks-runtime", NULL);
  expect_profile("/usr/bin/container-hooks-runtime", NULL);
  expect_profile("/usr/bin/container-hooks-runtime-x/runc", NULL);
  expect_profile("runc", NULL);
  expect_profile("my-container-hooks-runtime-x", NULL);
  expect_profile("", NULL);
  expect_profile(NULL, NULL);
}

static void expect_refused(const char *argv0)
{
  const char *profile = "unset";
  struct error err = {.text = ""};
  cr_expect_eq(profile_of(argv0, &profile, &err), -1, "%s", argv0);
  cr_expect_null(profile);
  cleanup_free char *expected =
      xasprintf("called as %s: a profile's name is 1 to 64 letters, digits, '.', '_' and '-' and "
                "does not begin with '.'",
                argv0);
  cr_expect_str_eq(err.text, expected);
}

Test(profile, is_refused_when_it_makes_no_file_name)
{
  expect_refused("container-hooks-runtime-");
  expect_refused("container-hooks-runtime-.x");
  expect_refused("container-hooks-runtime-a b");
  expect_refused("/usr/bin/container-hooks-runtime-\xc3\xa4");
  expect_refused("container-hooks-runtime-"
                 "12345678901234567890123456789012345678901234567890123456789012345");
}

Test(profile, lies_beside_the_config)
{
  cleanup_free char *path = profile_path("/etc/container-hooks/config.cfg", "podman");
  cr_expect_str_eq(path, "/etc/container-hooks/profiles/podman.cfg");
}
