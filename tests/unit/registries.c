/* SPDX-License-Identifier: Apache-2.0 */
/* containers-registries.d(5): where signatures lie, and what of YAML is understood. */
#include "policy/registries.h"

#include "folder.h"
#include "policy/lookaside.h"
#include "samples.h"

TestSuite(registries, .init = make_folder, .fini = remove_folder);

static int parse(const char *text, struct registries *registries, struct error *err)
{
  *registries = (struct registries){.items = NULL};
  return registries_parse(text, strlen(text), "r.yaml", registries, err);
}

/* NULL is none. */
static void expect_lookaside(const struct registries *registries, const char *name, const char *url)
{
  cleanup_reference struct reference reference;
  struct error err = {.text = ""};
  cr_assert_eq(reference_parse(name, &reference, &err), 0, "%s", err.text);
  const char *found = registries_lookaside(registries, &reference);
  if (url == NULL)
    cr_expect_null(found, "%s: %s", name, found);
  else
    cr_expect(found != NULL && text_equal(found, url), "%s: %s", name, found != NULL ? found : "");
}

static const char usual[] = "# a comment\n"
                            "---\n"
                            "default-docker:\n"
                            "  lookaside: file:///all # another\n"
                            "  use-sigstore-attachments: true\n"
                            "docker:\n"
                            "\n"
                            "    127.0.0.1:5055:\n"
                            "        lookaside-staging: file:///not-read\n"
                            "        lookaside: \"file:///one\"\n"
                            "    'h.io/team':\n"
                            "      sigstore: 'file:///two'\n"
                            "    h.io/team/app:\n"
                            "      use-sigstore-attachments: true\n"
                            "    \"*.example.com\":\n"
                            "      lookaside: https://three/x\n"
                            "other:\n"
                            "  x: y\n";

Test(registries, the_most_specific_lookaside_counts)
{
  cleanup_registries struct registries registries;
  struct error err = {.text = ""};
  cr_assert_eq(parse(usual, &registries, &err), 0, "%s", err.text);
  expect_lookaside(&registries, "127.0.0.1:5055/a:1", "file:///one");
  expect_lookaside(&registries, "h.io/team/app:1", "file:///two");
  expect_lookaside(&registries, "h.io/team/other", "file:///two");
  expect_lookaside(&registries, "a.example.com/x", "https://three/x");
  expect_lookaside(&registries, "h.io/teams/app", "file:///all");
}

Test(registries, a_real_file)
{
  size_t length;
  cleanup_free char *text = read_sample("registries.d-default.yaml", &length);
  cleanup_registries struct registries registries;
  struct error err = {.text = ""};
  cr_assert_eq(parse(text, &registries, &err), 0, "%s", err.text);
  cr_assert_eq(registries.count, 1);
  cr_expect_str_eq(registries.items[0].scope, "127.0.0.1:5055");
  expect_lookaside(&registries, "127.0.0.1:5055/cosigned/a", registries.items[0].url);
  expect_lookaside(&registries, "h.io/a", NULL);
}

static void expect_refused(const char *text, const char *why)
{
  cleanup_registries struct registries registries;
  struct error err = {.text = ""};
  cr_expect_eq(parse(text, &registries, &err), -1, "accepted: %s", text);
  expect_in(err.text, why);
}

Test(registries, more_of_yaml_is_refused)
{
  expect_refused("docker: {h.io: {lookaside: file:///x}}", "r.yaml:1: of YAML only plain");
  expect_refused("docker:\n  h.io: {lookaside: file:///x}", "r.yaml:2: of YAML only plain");
  expect_refused("docker:\n  - h.io", "r.yaml:2: this is not \"key: value\"");
  expect_refused("docker:\n\th.io:", "r.yaml:2: a tab in front");
  expect_refused("docker: x", "r.yaml:1: what belongs to it stands on lines below it");
  expect_refused("docker:\n  h.io: x", "r.yaml:2: what belongs to it");
  expect_refused("docker:\n    h.io:\n        lookaside: a\n   x:\n", "r.yaml:4: it is indented");
  expect_refused("docker:\n  h.io:\n    a: b\n      lookaside: c\n", "r.yaml:4: it is indented");
  expect_refused("docker:\n  h.io:\n    lookaside: &a b\n", "r.yaml:3: of YAML only plain");
  expect_refused("docker:\n  h.io:\n    lookaside: \"a\n", "r.yaml:3: of YAML only plain");
  expect_refused("docker:\n  h.io:\n    lookaside: \"a\\n\"\n", "r.yaml:3: of YAML only plain");
  expect_refused("docker:\n  h.io:\n    lookaside: a\n  h.io:\n    lookaside: b\n",
                 "r.yaml:5: there is another lookaside for the same");
}

Test(registries, files_are_read_by_trust)
{
  cleanup_registries struct registries registries = {.items = NULL};
  struct error err = {.text = ""};
  cleanup_free char *none = path_of("none");
  cr_assert_eq(registries_read(none, &registries, &err), 0, "%s", err.text);
  cr_expect_eq(registries.count, 0);
  write_file("a.yaml", "default-docker:\n  lookaside: file:///a\n");
  write_file("b.yml", "not read");
  cr_assert_eq(registries_read(folder, &registries, &err), 0, "%s", err.text);
  expect_lookaside(&registries, "h.io/a", "file:///a");
  registries_free(&registries);
  shell("chmod 0666 %s/a.yaml", folder);
  cr_expect_eq(registries_read(folder, &registries, &err), -1);
  expect_in(err.text, "is writable by others");
}

/* --- lookasides ----------------------------------------------------------------------------- */

#define HEX "dd370a40c5ccdc981eff95b149430668d84810b5471828e8890da2be32eec052"

static size_t count_signatures(const char *base, struct error *err)
{
  cleanup_signature_blobs struct signature_blobs blobs = {.items = NULL};
  cleanup_reference struct reference reference;
  struct digest digest;
  cr_assert_eq(reference_parse("127.0.0.1:5055/gpg/app:1", &reference, err), 0);
  cr_assert(digest_from_hex(HEX, &digest));
  if (lookaside_signatures(base, &reference, &digest, &blobs, err) < 0)
    return SIZE_MAX;
  return blobs.count;
}

Test(registries, signatures_are_numbered_from_one)
{
  struct error err = {.text = ""};
  cleanup_free char *base = xasprintf("file://%s", folder);
  cr_expect_eq(count_signatures(base, &err), 0);
  shell("mkdir -p %s/gpg && cd %s/gpg && mkdir app@sha256=" HEX " && cd app@sha256=" HEX
        " && echo 1 >signature-1 && echo 2 >signature-2 && echo 4 >signature-4",
        folder, folder);
  cr_expect_eq(count_signatures(base, &err), 2, "%s", err.text);
  cr_expect_eq(count_signatures("https://h.io/x", &err), SIZE_MAX);
  cr_expect_eq(errno, EPROTONOSUPPORT);
  expect_in(err.text, "is not read when a container starts: only file:///PATH is");
}
