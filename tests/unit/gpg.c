/* SPDX-License-Identifier: Apache-2.0 */
/* OpenPGP signatures: skopeo's own, and gpg's of all kinds that must not count. */
#include "policy/gpg.h"

#include "folder.h"
#include "policy/payload.h"
#include "samples.h"

#define SIGNER "D08C08440971F5D7D22DAB2F7A21CD7059757480"

static char *home; /* gpg's; on its socket's path there are not many bytes */

static void start(void)
{
  make_folder();
  home = path_of("gpg");
  cr_assert_eq(mkdir(home, 0700), 0);
}

static void end(void)
{
  cleanup_free char *command = xasprintf("GNUPGHOME=%s gpgconf --kill all", home);
  cr_expect_eq(system(command), 0);
  remove_folder();
}

TestSuite(gpg, .init = start, .fini = end, .timeout = 60);

/* --- helpers -------------------------------------------------------------------------------- */

static void add_keys(struct keyring *keyring, const char *path)
{
  size_t length;
  struct error err = {.text = ""};
  cleanup_free char *bytes = read_bytes(path, &length);
  cr_assert_eq(keyring_add(keyring, bytes, length, path, &err), 0, "%s", err.text);
}

static int verify(const char *keys, const char *message, struct gpg_signed *opened,
                  struct error *err)
{
  cleanup_keyring struct keyring keyring = {.bytes = NULL};
  size_t length;
  cleanup_free char *bytes = read_bytes(message, &length);
  add_keys(&keyring, keys);
  return gpg_verify(NULL, &keyring, bytes, length, opened, err);
}

static void expect_refused(const char *keys, const char *message, const char *why)
{
  struct gpg_signed opened;
  struct error err = {.text = ""};
  cr_expect_eq(verify(keys, message, &opened, &err), -1, "accepted: %s", message);
  cr_expect_null(opened.bytes);
  expect_in(err.text, why);
}

static void expect_accepted(const char *keys, const char *message, const char *text)
{
  cleanup_gpg_signed struct gpg_signed opened;
  struct error err = {.text = ""};
  cr_assert_eq(verify(keys, message, &opened, &err), 0, "%s", err.text);
  cr_expect_eq(opened.length, strlen(text));
  cr_expect_str_eq(opened.bytes, text);
}

/* Makes a key for `user`, exported to FOLDER/USER.gpg. */
static void make_key(const char *user, const char *options, const char *expires)
{
  shell("cd %s && GNUPGHOME=gpg gpg --batch --quiet %s --passphrase '' --quick-generate-key "
        "%s ed25519 sign %s 2>/dev/null && GNUPGHOME=gpg gpg --export %s >%s.gpg",
        folder, options, user, expires, user, user);
}

/* Runs gpg on FOLDER/text, its output in FOLDER/message. */
static void make_message(const char *arguments)
{
  write_file("text", "what is signed");
  shell("cd %s && GNUPGHOME=gpg gpg --batch --yes --quiet --output message %s text 2>/dev/null",
        folder, arguments);
}

/* --- real ones ------------------------------------------------------------------------------ */

#define SAMPLE SAMPLES "gpg-simple/"

Test(gpg, a_signature_of_skopeo)
{
  cleanup_gpg_signed struct gpg_signed opened;
  struct error err = {.text = ""};
  size_t length;
  cleanup_free char *payload = read_sample("gpg-simple/payload.json", &length);
  cr_assert_eq(verify(SAMPLE "gpg-signer.pub.gpg", SAMPLE "signature-1", &opened, &err), 0, "%s",
               err.text);
  cr_expect_eq(opened.length, length);
  cr_expect_str_eq(opened.bytes, payload);
  cr_expect_str_eq(opened.fingerprint, SIGNER);
}

Test(gpg, an_armored_key_is_as_good)
{
  cleanup_gpg_signed struct gpg_signed opened;
  struct error err = {.text = ""};
  cr_expect_eq(verify(SAMPLE "gpg-signer.pub.asc", SAMPLE "signature-1", &opened, &err), 0, "%s",
               err.text);
}

Test(gpg, one_of_several_keys_is_enough)
{
  cleanup_keyring struct keyring keyring = {.bytes = NULL};
  cleanup_gpg_signed struct gpg_signed opened;
  struct error err = {.text = ""};
  size_t length;
  make_key("other", "", "");
  cleanup_free char *other = path_of("other.gpg"),
                    *bytes = read_bytes(SAMPLE "signature-1", &length);
  add_keys(&keyring, other);
  add_keys(&keyring, SAMPLE "gpg-signer.pub.asc");
  cr_expect_eq(gpg_verify(NULL, &keyring, bytes, length, &opened, &err), 0, "%s", err.text);
}

Test(gpg, a_subkey_signs_for_its_primary_key)
{
  cleanup_free char *keys = path_of("sub.gpg"), *message = path_of("message");
  cleanup_gpg_signed struct gpg_signed opened;
  struct error err = {.text = ""};
  size_t length;
  make_key("sub", "", "");
  shell(
      "cd %s && export GNUPGHOME=gpg && gpg --list-keys --with-colons sub 2>/dev/null | "
      "awk -F: '$1 == \"fpr\" {printf \"%%s\", $10; exit}' >primary && gpg --batch --passphrase '' "
      "--quick-add-key $(cat primary) ed25519 sign 2>/dev/null && gpg --export sub >sub.gpg",
      folder);
  make_message("--local-user sub --sign");
  cr_assert_eq(verify(keys, message, &opened, &err), 0, "%s", err.text);
  cleanup_free char *path = path_of("primary"), *primary = read_bytes(path, &length);
  cr_expect_str_eq(opened.fingerprint, primary);
}

/* --- what must not count -------------------------------------------------------------------- */

Test(gpg, another_key)
{
  make_key("other", "", "");
  cleanup_free char *keys = path_of("other.gpg");
  expect_refused(keys, SAMPLE "signature-1", "is by a key that is none of the policy's (7A21CD70");
}

Test(gpg, damage)
{
  size_t length;
  cleanup_free char *bytes = read_bytes(SAMPLE "signature-1", &length);
  cleanup_free char *path = path_of("damaged");
  write_bytes(path, bytes, length - 20);
  expect_refused(SAMPLE "gpg-signer.pub.gpg", path, "");
  write_bytes(path, "\xa3", 1);
  expect_refused(SAMPLE "gpg-signer.pub.gpg", path, "gpgv does not accept it: gpgv: ");
  write_bytes(path, "{}", 2);
  expect_refused(SAMPLE "gpg-signer.pub.gpg", path, "it is no binary OpenPGP message");
  write_bytes(path, "", 0);
  expect_refused(SAMPLE "gpg-signer.pub.gpg", path, "it is no binary OpenPGP message");
}

Test(gpg, a_text_that_was_changed)
{
  size_t length;
  make_key("one", "", "");
  make_message("--compress-algo none --local-user one --sign");
  cleanup_free char *keys = path_of("one.gpg"), *message = path_of("message");
  expect_accepted(keys, message, "what is signed");
  cleanup_free char *bytes = read_bytes(message, &length);
  char *text = memmem(bytes, length, "what is signed", 14);
  cr_assert_not_null(text);
  text[0] = 'W';
  write_bytes(message, bytes, length);
  expect_refused(keys, message, "is damaged: it does not fit what it is over");
}

Test(gpg, two_signatures)
{
  make_key("one", "", "");
  make_key("two", "", "");
  make_message("--local-user one --local-user two --sign");
  shell("cd %s && cat one.gpg two.gpg >both.gpg", folder);
  cleanup_free char *keys = path_of("both.gpg"), *one = path_of("one.gpg");
  cleanup_free char *message = path_of("message");
  expect_refused(keys, message, "it has 2 signatures, of which 2 are good; it must have one");
  expect_refused(one, message, "is by a key that is none of the policy's");
}

Test(gpg, other_messages)
{
  make_key("one", "", "");
  cleanup_free char *keys = path_of("one.gpg"), *message = path_of("message");
  make_message("--store");
  expect_refused(keys, message, "");
  make_message("--local-user one --clear-sign");
  expect_refused(keys, message, "it is no binary OpenPGP message");
  make_message("--local-user one --armor --sign");
  expect_refused(keys, message, "it is no binary OpenPGP message");
  make_message("--local-user one --detach-sign");
  expect_refused(keys, message, "");
}

/* Nothing may be taken for signed that stands around what is. */
Test(gpg, texts_around_the_one_that_is_signed)
{
  static const char *const refused[] = {"around signed", "around signed around",
                                        "plain around",  "around plain",
                                        "plain plain",   "around plain around"};
  static const char *const unread[] = {"signed around", "signed signed"};
  make_key("one", "", "");
  cleanup_free char *keys = path_of("one.gpg"), *message = path_of("message");
  make_message("--store");
  shell("cd %s && mv message around", folder);
  make_message("--local-user one --compress-algo none --sign");
  shell("cd %s && mv message plain", folder);
  make_message("--local-user one --sign");
  shell("cd %s && mv message signed", folder);
  for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
    shell("cd %s && cat %s >message", folder, refused[i]);
    expect_refused(keys, message, "");
  }
  for (size_t i = 0; i < ARRAY_LENGTH(unread); i++) { /* a compressed packet is a whole message */
    shell("cd %s && cat %s >message", folder, unread[i]);
    expect_accepted(keys, message, "what is signed");
  }
}

Test(gpg, broken_hashes_and_texts_by_their_lines)
{
  make_key("one", "", "");
  cleanup_free char *keys = path_of("rsa.gpg"), *message = path_of("message");
  cleanup_free char *one = path_of("one.gpg");
  shell(
      "cd %s && GNUPGHOME=gpg gpg --batch --quiet --passphrase '' --quick-generate-key rsa rsa2048 "
      "sign 2>/dev/null && GNUPGHOME=gpg gpg --export rsa >rsa.gpg",
      folder);
  make_message("--digest-algo SHA1 --local-user rsa --sign");
  expect_refused(keys, message, "is over a hash that is broken (algorithm 2)");
  make_message("--textmode --local-user one --sign");
  expect_refused(one, message, "is not over bytes as they are (class 01)");
}

Test(gpg, keys_and_signatures_that_have_expired)
{
  cleanup_free char *keys = path_of("old.gpg"), *message = path_of("message");
  cleanup_free char *other = path_of("one.gpg");
  make_key("old", "--faked-system-time 1577836800!", "1d");
  make_message("--faked-system-time 1577840400! --local-user old --sign");
  expect_refused(keys, message, "is by a key that has expired");
  make_key("one", "--faked-system-time 1577836800!", "never");
  make_message("--faked-system-time 1577840400! --default-sig-expire 1d --local-user one --sign");
  expect_refused(other, message, "has expired");
}

Test(gpg, a_key_that_was_revoked)
{
  cleanup_free char *keys = path_of("one.gpg"), *message = path_of("message");
  make_key("one", "", "");
  make_message("--local-user one --sign");
  expect_accepted(keys, message, "what is signed");
  shell("cd %s && export GNUPGHOME=gpg && sed 's/^:-----/-----/' gpg/openpgp-revocs.d/*.rev | "
        "gpg --batch --quiet --import 2>/dev/null && gpg --export one >one.gpg",
        folder);
  expect_refused(keys, message, "is by a key that was revoked");
}

Test(gpg, a_message_that_unpacks_to_more_than_a_payload)
{
  make_key("one", "", "");
  cleanup_free char *keys = path_of("one.gpg"), *message = path_of("message");
  make_message("--local-user one --sign");
  shell("cd %s && head -c 50000000 /dev/zero >text && GNUPGHOME=gpg gpg --batch --yes --quiet "
        "--output message --local-user one --sign text 2>/dev/null",
        folder);
  expect_refused(keys, message, "");
}

/* --- the program ---------------------------------------------------------------------------- */

static void expect_program_refused(const char *program, const char *why)
{
  cleanup_keyring struct keyring keyring = {.bytes = NULL};
  struct gpg_signed opened;
  struct error err = {.text = ""};
  size_t length;
  cleanup_free char *bytes = read_bytes(SAMPLE "signature-1", &length);
  add_keys(&keyring, SAMPLE "gpg-signer.pub.gpg");
  cr_expect_eq(gpg_verify(program, &keyring, bytes, length, &opened, &err), -1);
  expect_in(err.text, why);
}

Test(gpg, without_gpgv_nothing_is_accepted)
{
  cleanup_free char *none = path_of("none"), *yes = path_of("yes");
  expect_program_refused(none, "gpgv, without which no GPG signature is accepted: ");
  expect_program_refused(none, "/none does not exist");
  expect_program_refused("/bin/true", "it has 0 signatures, of which 0 are good");
  expect_program_refused("/bin/false", "gpgv does not accept it");
  write_file("yes", "#!/bin/sh\nexec yes\n");
  shell("chmod 0755 %s", yes);
  expect_program_refused(yes, "gpgv says more than 65536 bytes");
  shell("chmod 0777 %s", yes);
  expect_program_refused(yes, "is writable by others");
}

/* --- keyrings ------------------------------------------------------------------------------- */

static void expect_keys_refused(const char *name, const char *why)
{
  cleanup_keyring struct keyring keyring = {.bytes = NULL};
  struct error err = {.text = ""};
  size_t length;
  cleanup_free char *path = path_of(name), *bytes = read_bytes(path, &length);
  cr_expect_eq(keyring_add(&keyring, bytes, length, name, &err), -1, "accepted: %s", name);
  expect_in(err.text, why);
}

Test(gpg, what_is_no_keyring_is_refused)
{
  make_key("one", "", "");
  shell("cd %s && export GNUPGHOME=gpg && gpg --batch --export-secret-keys one >secret 2>/dev/null "
        "&& gpg --batch --armor --export-secret-keys one >secret.asc 2>/dev/null && cp "
        "gpg/pubring.kbx kbx && : >empty && head -c 1100000 /dev/zero | tr '\\0' '\\231' >large",
        folder);
  expect_keys_refused("secret", "but a secret key, which has no business there");
  expect_keys_refused("secret.asc", "secret.asc:1: this is no public key");
  expect_keys_refused("kbx", "but gpg's own keybox: gpg --export writes one");
  expect_keys_refused("empty", "empty is no OpenPGP public key");
  expect_keys_refused("large", "more than 1048576 bytes of keys");
}
