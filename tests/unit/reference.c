/* SPDX-License-Identifier: Apache-2.0 */
/* Names of images, by the distribution reference grammar. */
#include "image/reference.h"

#include <criterion/criterion.h>

TestSuite(reference);

#define HEX "dd37b8a1c0e1d4b0f6f4f3a0c1b2d3e4f5061728394a5b6c7d8e9f0011223344"

static void expect(const char *text, const char *full)
{
  cleanup_reference struct reference reference = {.repository = NULL};
  struct error err = {.text = ""};
  cr_assert_eq(reference_parse(text, &reference, &err), 0, "%s: %s", text, err.text);
  cleanup_free char *found = reference_text(&reference);
  cr_expect_str_eq(found, full);
}

Test(reference, short_names_are_made_full)
{
  expect("app", "docker.io/library/app");
  expect("app:1", "docker.io/library/app:1");
  expect("team/app:1", "docker.io/team/app:1");
  expect("docker.io/app", "docker.io/library/app");
  expect("index.docker.io/app", "docker.io/library/app");
  expect("index.docker.io/team/app", "docker.io/team/app");
  expect("app@sha256:" HEX, "docker.io/library/app@sha256:" HEX);
  expect("a_b__c-d---e/f.g0", "docker.io/a_b__c-d---e/f.g0");
}

Test(reference, what_looks_like_a_host_is_one)
{
  expect("localhost/app", "localhost/app");
  expect("localhost:5000/app:1", "localhost:5000/app:1");
  expect("127.0.0.1:5055/team/app:v1.2_3-x", "127.0.0.1:5055/team/app:v1.2_3-x");
  expect("example.com/a/b/c", "example.com/a/b/c");
  expect("Host/app", "Host/app");
  expect("[::1]:5000/app", "[::1]:5000/app");
  expect("host:5/app:1@sha256:" HEX, "host:5/app:1@sha256:" HEX);
  expect("localhost:5000", "docker.io/library/localhost:5000"); /* a tag */
}

Test(reference, whatever_the_grammar_does_not_have_is_refused)
{
  static const char *const bad[] = {
      "",
      "/",
      "app/",
      "/app",
      "App",
      "app/Team",
      "a//b",
      "app:",
      "app:.x",
      "app:-x",
      "app:a b",
      "app@",
      "app@sha256:12",
      "app@md5:" HEX,
      "app@sha256:" HEX "0",
      "app:1:2",
      "-app",
      "app-",
      "a___b",
      "a._b",
      "a..b",
      "host-:5/app",
      "host.:5/app",
      "host:/app",
      "host:x/app",
      ".host/app",
      "a b",
      "app\n",
      "\xc3\xa9",
      HEX,
      "app:1@sha256:" HEX "@sha256:" HEX,
      "app@sha256:DD37B8A1C0E1D4B0F6F4F3A0C1B2D3E4F5061728394A5B6C7D8E9F0011223344",
  };
  for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
    struct reference reference;
    struct error err = {.text = ""};
    cr_expect_eq(reference_parse(bad[i], &reference, &err), -1, "'%s' is accepted", bad[i]);
  }
}

Test(reference, names_and_tags_are_bounded)
{
  struct reference reference;
  struct error err;
  char name[400] = "", tag[300] = "app:";
  memset(name, 'a', 300);
  cr_expect_eq(reference_parse(name, &reference, &err), -1);
  memset(tag + 4, 'a', REFERENCE_TAG_MAX);
  cr_expect_eq(reference_parse(tag, &reference, &err), 0);
  reference_free(&reference);
  tag[4 + REFERENCE_TAG_MAX] = 'a';
  cr_expect_eq(reference_parse(tag, &reference, &err), -1);
}

Test(reference, a_repository_has_a_domain_and_neither_tag_nor_digest)
{
  cr_expect(reference_is_repository("docker.io/library/app"));
  cr_expect(reference_is_repository("127.0.0.1:5055/gp/app"));
  cr_expect_not(reference_is_repository("app"));
  cr_expect_not(reference_is_repository("docker.io/library/app:1"));
  cr_expect_not(reference_is_repository("docker.io/library/app@sha256:" HEX));
  cr_expect_not(reference_is_repository("docker.io/"));
  cr_expect_not(reference_is_repository(""));
}

Test(reference, digests_have_one_form)
{
  struct digest digest;
  cr_expect(digest_parse("sha256:" HEX, &digest));
  cr_expect_str_eq(digest_hex(&digest), HEX);
  cr_expect(digest_from_hex(HEX, &digest));
  cr_expect_str_eq(digest.text, "sha256:" HEX);
  cr_expect_not(digest_parse(HEX, &digest));
  cr_expect_str_eq(digest.text, "");
  cr_expect_not(digest_parse("sha512:" HEX, &digest));
  cr_expect_not(digest_is_set(&digest));
  cr_expect_not(digest_equal(&digest, &digest), "none equals nothing");
}
