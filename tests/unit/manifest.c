/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/manifest.h"

#include "folder.h"

Test(manifest, a_prefix_has_no_slash_at_its_end)
{
  static const char *const prefixes[][2] = {
      {"/usr", "/usr"}, {"/usr/", "/usr"}, {"/opt/x//", "/opt/x"}, {"/", ""}, {"//", ""},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
    struct error merged; /* the machine's own /bin may be /usr/bin */
    cleanup_free char *prefix = NULL;
    manifest_prefix(prefixes[i][0], &prefix, &merged);
    cr_assert_str_eq(prefix, prefixes[i][1]);
  }
}

Test(manifest, lies_below_the_prefix)
{
  cleanup_free char *in_root = manifest_path("");
  cleanup_free char *in_usr = manifest_path("/usr");
  cr_assert_str_eq(in_root, "/lib/container-hooks/installed");
  cr_assert_str_eq(in_usr, "/usr/lib/container-hooks/installed");
}

/* Nothing above the prefix is ever removed. */
Test(manifest, a_list_that_climbs_is_refused)
{
  static const char *const paths[] = {"/bin/../../x", "/bin/..", "x/y"};
  struct error err = {.text = ""};
  make_folder();
  for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
    cleanup_free char *list = xasprintf("%s/bin/x\n%s%s\n", folder, folder, paths[i]);
    cleanup_free char *made = xasprintf("mkdir -p %s/lib/container-hooks", folder);
    cr_assert_eq(system(made), 0);
    write_file("lib/container-hooks/installed", list);
    cr_expect_null(manifest_read(folder, &err));
    cr_expect(strstr(err.text, "does not lie below") != NULL, "%s", err.text);
  }
  remove_folder();
}
