/* SPDX-License-Identifier: Apache-2.0 */
/* Compressed files: whole, in several pieces, damaged. */
#include "image/inflate.h"

#include "folder.h"

TestSuite(inflate, .init = make_folder, .fini = remove_folder);

/* Runs a command that writes @/file, and reads that. */
static void expect(const char *command, const char *expected)
{
  cleanup_free char *whole = with_folder(command), *path = path_of("file");
  struct error err = {.text = ""};
  char bytes[64] = "";
  size_t got = 0;
  cr_assert_eq(system(whole), 0, "%s", whole);
  cleanup_inflate struct inflate *stream =
      inflate_open(open(path, O_RDONLY | O_CLOEXEC), "file", &err);
  if (stream == NULL || inflate_read(stream, bytes, sizeof(bytes) - 1, &got, &err) < 0)
    snprintf(bytes, sizeof(bytes), "%.63s", err.text);
  cr_expect_eq(strncmp(bytes, expected, strlen(expected)), 0, "%s: %s", command, bytes);
}

Test(inflate, each_form_is_known_by_its_first_bytes)
{
  expect("printf plain >@/file", "plain");
  expect("printf gzip | gzip >@/file", "gzip");
  expect("printf zstd | zstd >@/file", "zstd");
  expect(": >@/file", "");
}

Test(inflate, several_pieces_are_one_stream)
{
  expect("{ printf one | gzip; printf two | gzip; } >@/file", "onetwo");
  expect("{ printf one | zstd; printf two | zstd; } >@/file", "onetwo");
  expect("{ printf 'P*M\\030\\003\\000\\000\\000abc'; printf two | zstd; } >@/file", "two");
}

Test(inflate, what_is_damaged_is_an_error)
{
  expect("printf something | gzip | head -c 20 >@/file", "file is damaged: it ends too early");
  expect("printf something | zstd | head -c 15 >@/file", "file is damaged: it ends too early");
  expect("{ printf something | gzip; echo more; } >@/file", "file is damaged: gzip:");
  expect("printf something | gzip >@/file; printf XXXX | dd of=@/file bs=1 seek=21 conv=notrunc "
         "status=none",
         "file is damaged: gzip: incorrect data check");
  expect("{ printf something | zstd; echo more; } >@/file", "file is damaged: zstd:");
}

Test(inflate, a_big_window_is_refused)
{
  expect("head -c 70000000 /dev/zero | zstd --long=27 --no-progress >@/file",
         "file is damaged: zstd: Frame requires too much memory");
}
