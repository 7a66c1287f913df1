/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What gpgv says of a message, in lines "[GNUPG:] …", some of which quote what a signer wrote. The
 * input, which is also read as keys, is said by a program in its place, which also writes a text
 * that was "signed".
 *
 * Covers: core/policy/gpg.c
 */
#include "folder.h"

#include "policy/gpg.h"

/* Fails after a line "exit". */
#define PROGRAM                                                                                 \
  "#!/bin/sh\nprintf signed >&3\nwhile read -r line; do\n  [ \"$line\" != exit ] || exit 2\n  " \
  "printf '%s\\n' \"$line\"\ndone\n"
#define MESSAGE "\x90\x0d\n" /* begins as a one-pass signature does */

/* Owned by the caller. */
static char *make_program(void)
{
  char *path = fuzz_path("gpgv");
  fuzz_make_folder();
  must(fuzz_write("gpgv", PROGRAM, strlen(PROGRAM)) && chmod(path, 0700) == 0);
  return path;
}

static size_t count_of(const char *text, const char *line)
{
  size_t count = 0;
  for (; (text = strstr(text, line)) != NULL; text++)
    count++;
  return count;
}

static void expect_accepted(const char *said, const struct gpg_signed *opened)
{
  must(opened->length == strlen("signed") && memcmp(opened->bytes, "signed", 6) == 0);
  must(count_of(said, "\n[GNUPG:] VALIDSIG ") == 1 && count_of(said, "\n[GNUPG:] GOODSIG") >= 1);
  must(count_of(said, "\n[GNUPG:] BADSIG ") == 0 && count_of(said, "\n[GNUPG:] REVKEYSIG ") == 0);
  size_t digits = strlen(opened->fingerprint);
  must(digits >= 40 && strspn(opened->fingerprint, "0123456789ABCDEF") == digits);
}

static void read_keys(const char *bytes, size_t length)
{
  struct error err = {.text = ""};
  cleanup_keyring struct keyring keyring = {.bytes = NULL};
  if (keyring_add(&keyring, bytes, length, "fuzz", &err) < 0)
    must(text_starts(err.text, "fuzz"));
  else
    must(keyring.length > 0 && keyring.length <= length);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  struct gpg_signed opened;
  char key[] = "key";
  const struct keyring keyring = {.bytes = key, .length = strlen(key)};
  cleanup_free char *program = make_program(), *input = fuzz_text(bytes, length);
  cleanup_free char *message = xasprintf("%s%s\n", MESSAGE, input);
  read_keys((const char *)bytes, length);
  must(gpg_verify(program, &keyring, input, 0, &opened, &err) < 0);
  if (gpg_verify(program, &keyring, message, strlen(message), &opened, &err) < 0) {
    must(err.text[0] != '\0' && opened.bytes == NULL);
    return 0;
  }
  expect_accepted(message + strlen(MESSAGE) - 1, &opened);
  gpg_signed_free(&opened);
  return 0;
}
