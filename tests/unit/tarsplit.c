/* SPDX-License-Identifier: Apache-2.0 */
/* Records of tar-split, and the check sums in them and in sets of paths. */
#include "rootfs/tarsplit.h"

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
