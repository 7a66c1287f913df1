/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes of tar streams by their tar-split; against real ones: tests/e2e/ctk-image.sh. */
#include "image/tar_split.h"

#include "folder.h"
#include "samples.h"

TestSuite(tar_split, .init = make_folder, .fini = remove_folder, .timeout = 20);

static const char lines[] =
    "{\"type\":2,\"payload\":\"AAAA\",\"position\":0}\n"
    "{\"type\":1,\"name\":\"a\",\"size\":5000000000,\"payload\":\"AAAAAAAAAAA=\","
    "\"position\":1}\n"
    "{\"type\":1,\"name\":\"d/\",\"payload\":null,\"position\":2}\n"
    "{\"type\":2,\"payload\":\"AAECAw==\",\"position\":3}\n";

/* Writes and packs them. */
static char *pack(const char *text)
{
  write_file("lines", text);
  shell("gzip -nc '%s/lines' >'%s/tar-split.json.gz'", folder, folder);
  return path_of("tar-split.json.gz");
}

static void expect_refused(const char *text, const char *why)
{
  cleanup_free char *path = pack(text);
  struct error err = {.text = ""};
  int64_t size;
  cr_assert_eq(tar_split_size(path, &size, &err), -1, "taken: %.100s", text);
  expect_in(err.text, why);
  expect_in(err.text, path);
}

Test(tar_split, files_and_what_is_between_are_added_up)
{
  cleanup_free char *path = pack(lines);
  struct error err = {.text = ""};
  int64_t size = 0;
  cr_assert_eq(tar_split_size(path, &size, &err), 0, "%s", err.text);
  cr_expect_eq(size, 3 + 5000000000 + 4);
}

Test(tar_split, what_is_none_is_refused_with_its_line)
{
  expect_refused("{\"type\":2,\"payload\":\"AAAA\"}\nx\n", ", line 2");
  expect_refused("[]\n", "is an array");
  expect_refused("{\"type\":3}\n", "/type");
  expect_refused("{\"type\":2,\"payload\":\"A\"}\n", "is not base64");
  expect_refused("{\"type\":2}\n", "payload");
  expect_refused("{\"type\":1,\"size\":-1}\n", "/size");
  expect_refused("{\"type\":1,\"size\":9223372036854775807}\n{\"type\":1,\"size\":1}\n",
                 "too large");
}

Test(tar_split, a_line_without_end_is_refused)
{
  cleanup_free char *text = xcalloc(TAR_SPLIT_LINE_MAX + 10, 1);
  memset(text, ' ', TAR_SPLIT_LINE_MAX + 9);
  expect_refused(text, "line 1 is longer than");
}

Test(tar_split, a_stream_that_is_cut_off_is_refused)
{
  cleanup_free char *path = pack(lines);
  struct error err = {.text = ""};
  int64_t size;
  shell("truncate -s -12 '%s'", path);
  cr_expect_eq(tar_split_size(path, &size, &err), -1);
  expect_in(err.text, path);
}
