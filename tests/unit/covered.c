/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts that take the place of the whole image. */
#include "image/covered.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

TestSuite(covered);

static int check(const char *root, const char *destination)
{
  struct error err = {.text = ""};
  struct document document = {.name = "config.json"};
  cleanup_json struct json_object *tree = NULL;
  cleanup_free char *text = xasprintf("{\"mounts\":[{\"destination\":\"/proc\"},"
                                      "{\"destination\":\"%s\"}]}",
                                      destination);
  cr_assert_eq(json_parse(text, strlen(text), "config.json", &tree, &err), 0);
  document.tree = tree;
  struct value spec = document_root(&document);
  int result = covered_check(&spec, root, &err);
  cr_expect(result == 0 || strstr(err.text, "takes the place of the image") != NULL, "%s",
            err.text);
  return result;
}

Test(covered, a_mount_upon_the_root)
{
  static const char *const wrong[] = {"/",       "",        ".",        "//",          "/./",
                                      "/..",     "/bin/..", "/none/..", "/none/../up", "/up",
                                      "/up/up/", "/far",    NULL};
  static const char *const good[] = {"/bin", "/none", "/..x", "/x..", "/up/bin", "/...x", NULL};
  char root[] = "/tmp/covered.XXXXXX";
  cr_assert_not_null(mkdtemp(root));
  cleanup_free char *bin = xasprintf("%s/bin", root), *up = xasprintf("%s/up", root);
  cleanup_free char *far = xasprintf("%s/far", root);
  cr_assert(mkdir(bin, 0755) == 0 && symlink("/", up) == 0 && symlink("../../..", far) == 0);
  for (size_t i = 0; wrong[i] != NULL; i++)
    cr_expect_eq(check(root, wrong[i]), -1, "%s", wrong[i]);
  for (size_t i = 0; good[i] != NULL; i++)
    cr_expect_eq(check(root, good[i]), 0, "%s", good[i]);
  cr_expect(unlink(up) == 0 && unlink(far) == 0 && rmdir(bin) == 0 && rmdir(root) == 0);
}
