/* SPDX-License-Identifier: Apache-2.0 */
/* Armored OpenPGP keys: real ones, and all ways to be none. */
#include "policy/armor.h"

#include "samples.h"

TestSuite(armor);

#define BEGIN "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
#define END "-----END PGP PUBLIC KEY BLOCK-----\n"
#define ABC "YWJj\n=uhx7\n" /* "abc", with its CRC-24 as gpg writes it */

Test(armor, a_real_key_is_what_gpg_exports_in_binary)
{
  size_t binary_length, length, size;
  cleanup_free char *binary = read_sample("gpg-simple/gpg-signer.pub.gpg", &binary_length);
  cleanup_free char *text = read_sample("gpg-simple/gpg-signer.pub.asc", &length);
  cleanup_free char *bytes = NULL;
  struct error err = {.text = ""};
  cr_assert(armor_is_in(text, length));
  cr_assert_not(armor_is_in(binary, binary_length));
  cr_assert_eq(armor_decode(text, length, "k", &bytes, &size, &err), 0, "%s", err.text);
  cr_expect_eq(size, binary_length);
  cr_expect_eq(memcmp(bytes, binary, size), 0);
}

static void expect_decoded(const char *text, const char *expected)
{
  cleanup_free char *bytes = NULL;
  size_t size = 0;
  struct error err = {.text = ""};
  cr_expect_eq(armor_decode(text, strlen(text), "k", &bytes, &size, &err), 0, "%s: %s", err.text,
               text);
  cr_expect(size == strlen(expected) && memcmp(bytes, expected, size) == 0, "%s", text);
}

static void expect_refused(const char *text, const char *why)
{
  char *bytes = NULL;
  size_t size;
  struct error err = {.text = ""};
  cr_expect_eq(armor_decode(text, strlen(text), "k", &bytes, &size, &err), -1, "accepted: %s",
               text);
  expect_in(err.text, why);
}

Test(armor, what_stands_around_blocks_is_of_no_concern)
{
  expect_decoded(BEGIN "\n" ABC END, "abc");
  expect_decoded("a key:\n" BEGIN "Version: x\nComment:\n\nYWJj\n" END "bye", "abc");
  expect_decoded(BEGIN "\n" ABC END BEGIN "\nZA==\n" END, "abcd");
  expect_decoded("-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n \r\nYW\r\nJj\r\n"
                 "-----END PGP PUBLIC KEY BLOCK-----",
                 "abc");
}

Test(armor, damaged_blocks_are_refused)
{
  expect_refused("", "k:0: there is no armored key");
  expect_refused("-----BEGIN PGP PRIVATE KEY BLOCK-----\n", "k:1: this is no public key");
  expect_refused("-----BEGIN PGP SIGNATURE-----\n", "k:1: this is no public key");
  expect_refused(BEGIN, "k:1: an armored key ends within its headers");
  expect_refused(BEGIN "YWJj\n" END, "k:2: a key's armor has an empty line");
  expect_refused(BEGIN "\nYWJj\n", "k:3: an armored key has no end");
  expect_refused(BEGIN "\n" END, "is not base64");
  expect_refused(BEGIN "\nYW!j\n" END, "k:4: an armored key is damaged: it is not base64");
  expect_refused(BEGIN "\nYWJ\n" END, "is not base64");
  expect_refused(BEGIN "\nZE==\n" END, "is not base64");
  expect_refused(BEGIN "\nYWJk\n=uhx7\n" END, "its checksum is another");
  expect_refused(BEGIN "\nYWJj\n=u\n" END, "is '=' and four letters");
  expect_refused(BEGIN "\nYWJj\n=uhx7\n", "k:4: an armored key has no end");
  expect_refused(BEGIN "\nYWJj\n=uhx7\nx\n" END, "k:5: here should be -----END");
  expect_refused(BEGIN "\nYWJj\n-----END PGP MESSAGE-----\n", "k:4: here should be -----END");
  expect_refused(BEGIN "\n" ABC END BEGIN "\n", "k:7: an armored key has no end");
}

Test(armor, lines_are_bounded)
{
  char text[200];
  snprintf(text, sizeof(text), BEGIN "\n%080d\n" END, 0);
  expect_refused(text, "k:3: a line of an armored key has more than 76 letters");
}
