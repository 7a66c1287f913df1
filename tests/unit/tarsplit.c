/* SPDX-License-Identifier: Apache-2.0 */
/* Records of tar-split, and the check sums in them and in sets of paths. */
#include "image/tarsplit.h"

#include "folder.h"
#include "rootfs/crc64.h"
#include "rootfs/siphash.h"

TestSuite(tarsplit, .init = make_folder, .fini = remove_folder);

struct opened {
  struct inflate *stream;
  struct tarsplit *record;
};

static struct opened open_record(const char *text)
{
  struct error err = {.text = ""};
  cleanup_free char *path = path_of("record");
  write_file("record", text);
  struct inflate *stream = inflate_open(open(path, O_RDONLY | O_CLOEXEC), "record", &err);
  cr_assert_not_null(stream);
  return (struct opened){.stream = stream, .record = tarsplit_new(stream, "record")};
}

static void close_record(struct opened *opened)
{
  tarsplit_free(opened->record);
  inflate_close(opened->stream);
}

/* Reads all bytes, or says why not. */
static void expect(const char *text, const char *expected)
{
  struct opened opened = open_record(text);
  struct error err = {.text = ""};
  char bytes[64] = "";
  size_t got;
  if (tarsplit_read(opened.record, bytes, sizeof(bytes) - 1, &got, &err) < 0)
    cr_expect_str_eq(err.text, expected);
  else
    cr_expect_str_eq(bytes, expected);
  close_record(&opened);
}

Test(tarsplit, segments_are_read_on_end)
{
  expect("{\"type\":2,\"payload\":\"YWJj\",\"position\":0}\n"
         "{\"type\":1,\"name\":\"empty\",\"payload\":null,\"position\":1}\n"
         "{\"type\":2,\"payload\":\"ZGU=\",\"position\":2}\n"
         "{\"type\":2,\"payload\":\"\",\"position\":3}\n",
         "abcde");
  expect("", "");
}

Test(tarsplit, files_are_passed_over_in_their_place)
{
  struct opened opened = open_record("{\"type\":2,\"payload\":\"YWJj\",\"position\":0}\n"
                                     "{\"type\":1,\"name\":\"f\",\"size\":9,\"payload\":"
                                     "\"V0QIZBN+vqQ=\",\"position\":1}\n"
                                     "{\"type\":2,\"payload\":\"ZGU=\",\"position\":2}\n");
  struct error err = {.text = ""};
  char bytes[8] = "";
  size_t got;
  cr_expect_eq(tarsplit_read(opened.record, bytes, 3, &got, &err), 0);
  cr_expect_eq(tarsplit_file(opened.record, 8, &err), -1, "of another size");
  cr_expect_eq(tarsplit_read(opened.record, bytes, 3, &got, &err), -1, "a file comes first");
  cr_expect_eq(tarsplit_file(opened.record, 9, &err), 0);
  cr_expect_eq(tarsplit_read(opened.record, bytes, 8, &got, &err), 0);
  cr_expect_eq(got, 2);
  cr_expect_eq(tarsplit_file(opened.record, 9, &err), -1, "there is no other");
  close_record(&opened);
}

Test(tarsplit, files_alone)
{
  struct opened opened = open_record(
      "{\"type\":2,\"payload\":\"YWJj\",\"position\":0}\n"
      "{\"type\":1,\"name_raw\":\"Y2Fm6Q==\",\"size\":9,\"payload\":\"V0QIZBN+vqQ=\"}\n");
  struct error err = {.text = ""};
  struct tarsplit_file file;
  cr_assert_eq(tarsplit_next_file(opened.record, &file, &err), 1, "%s", err.text);
  cr_expect_str_eq(file.name, "caf\xe9");
  cr_expect_eq(file.size, 9);
  cr_expect_eq(file.sum, 0x57440864137ebea4);
  cr_expect_eq(tarsplit_next_file(opened.record, &file, &err), 0);
  close_record(&opened);
}

Test(tarsplit, what_is_malformed_is_named_by_its_line)
{
  expect("{\"type\":2,\"payload\":\"YWJj\"}\n{\"type\":3}\n",
         "record, line 2: its type is neither 1 nor 2");
  expect("{\"type\":2,\"payload\":\"YW\"}\n", "record, line 1: its payload is no base64");
  expect("{\"type\":1,\"size\":3}\n", "record, line 1: the file has no name, or a very long one");
  expect("{\"type\":1,\"name\":\"a\",\"payload\":\"AAAA\"}\n",
         "record, line 1: its payload is no check sum");
  expect("{\"type\":2", "record, line 0: the record ends within a line");
  expect("{\"type\":2} \n",
         "record, line 1: JSON:1:11: byte 0x20 where the end of the line is expected");
  expect("{\"kind\":2}\n", "record, line 1: JSON:1:2: an unknown member");
  expect("{\"type\":99999999999999999999}\n", "record, line 1: JSON:1:9: a number is too big");
  expect("{\"type\":1,\"name\":\"a\",\"size\":1}\n",
         "record, line 1: a file's bytes where the tar stream has a header, or the map of a sparse "
         "file of PAX version 1.0, which tar-split leaves out");
}

/* --- sizes; against real records: tests/e2e/ctk-image.sh ----------------------------------------
 */

#define SIZES                                                                                     \
  "{\"type\":2,\"payload\":\"AAAA\",\"position\":0}\n"                                            \
  "{\"type\":1,\"name\":\"a\",\"size\":5000000000,\"payload\":\"AAAAAAAAAAA=\",\"position\":1}\n" \
  "{\"type\":1,\"name\":\"d/\",\"payload\":null,\"position\":2}\n"                                \
  "{\"type\":2,\"payload\":\"AAECAw==\",\"position\":3}\n"

/* Of these lines, packed, of which `cut` bytes are cut off the end: the size, or -1. */
static int64_t size_of(const char *lines, size_t cut, struct error *err)
{
  int64_t size;
  cleanup_free char *path = path_of("lines.gz");
  cleanup_free char *pack =
      xasprintf("cd %s; gzip -nf lines; truncate -s -%zu lines.gz", folder, cut);
  write_file("lines", lines);
  cr_assert_eq(system(pack), 0);
  return tarsplit_size(path, &size, err) < 0 ? -1 : size;
}

static void expect_no_size(const char *lines, size_t cut, const char *why)
{
  struct error err = {.text = ""};
  cr_expect_eq(size_of(lines, cut, &err), -1, "%.100s", lines);
  cr_expect(strstr(err.text, why) != NULL && strstr(err.text, "lines.gz") != NULL, "%s", err.text);
}

Test(tarsplit, files_and_what_is_between_are_added_up)
{
  struct error err = {.text = ""};
  cr_expect_eq(size_of(SIZES, 0, &err), 3 + 5000000000 + 4, "%s", err.text);
  cr_expect_eq(size_of("", 0, &err), 0, "%s", err.text);
}

Test(tarsplit, what_has_no_size_is_refused)
{
  char file[] = "{\"type\":1,\"name\":\"a\",\"size\":576460752303423487}\n";
  cleanup_free char *files = xcalloc(17, sizeof(file));
  for (int i = 0; i < 17; i++)
    memcpy(files + strlen(files), file, sizeof(file));
  expect_no_size(files, 0, "line 17: the layer is too large to be one");
  expect_no_size("{\"type\":1,\"name\":\"a\",\"size\":-1}\n", 0, "where a number is expected");
  expect_no_size("[]\n", 0, "'{'");
  expect_no_size(SIZES, 12, "it ends too early");
}

Test(tarsplit, limits_of_a_line)
{
  cleanup_free char *line = xcalloc(TARSPLIT_LINE_MAX + 70000, 1);
  memset(line, ' ', TARSPLIT_LINE_MAX + 69999);
  expect_no_size(line, 0, "line 1 is longer than 4194304 bytes");
  char *name = xcalloc(TARSPLIT_NAME_MAX + 2, 1);
  memset(name, 'n', TARSPLIT_NAME_MAX + 1);
  cleanup_free char *named = xasprintf("{\"type\":1,\"name\":\"%s\"}\n", name);
  expect_no_size(named, 0, "line 1: the file has no name, or a very long one");
  free(name);
}

Test(tarsplit, limits_of_a_record)
{
  struct error err = {.text = ""};
  int64_t size;
  cleanup_free char *path = path_of("many.gz");
  cleanup_free char *make =
      xasprintf("yes '{\"type\":2}' | head -n %d | gzip -1 >%s", TARSPLIT_LINES_MAX + 1, path);
  cr_assert_eq(system(make), 0);
  cr_expect_eq(tarsplit_size(path, &size, &err), -1);
  cr_expect(strstr(err.text, "has more than 4000000 lines") != NULL, "%s", err.text);
}

/* The value that catalogues of checks give for CRC-64/GO-ISO. */
Test(crc64, known_sums)
{
  cr_expect_eq(crc64_iso(0, "123456789", 9), 0xb90956c775a41001);
  cr_expect_eq(crc64_iso(crc64_iso(0, "1234", 4), "56789", 5), 0xb90956c775a41001);
}

/* The paper's example, appendix A: the key 00 to 0f, the input 00 to 0e. */
Test(siphash, known_sum)
{
  unsigned char key[SIPHASH_KEY], input[15];
  for (unsigned char i = 0; i < 16; i++)
    key[i] = i;
  memcpy(input, key, sizeof(input));
  cr_expect_eq(siphash(key, input, sizeof(input)), 0xa129ca6149be45e5);
}
