/* SPDX-License-Identifier: Apache-2.0 */
/* An entry for the journal, byte for byte, on a socket of our own. (tests/e2e/audit.sh has a real
   journal.) */
#include "common/journal.h"

#include "folder.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

static char *path;
static int journal;
static struct error err;

static void start(void)
{
  make_folder();
  path = path_of("socket");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  cr_assert_lt(strlen(path), sizeof(address.sun_path));
  strcpy(address.sun_path, path);
  journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  cr_assert_geq(journal, 0);
  cr_assert_eq(bind(journal, (const struct sockaddr *)&address, sizeof(address)), 0);
}

static void end(void)
{
  close(journal);
  remove_folder();
  free(path);
}

TestSuite(journal, .init = start, .fini = end);

static void expect_error(int result, const char *text)
{
  cleanup_free char *expected = with_folder(text);
  cr_expect_eq(result, -1);
  cr_expect_str_eq(err.text, expected);
}

Test(journal, an_entry_is_one_datagram)
{
  static const char expected[] = "MESSAGE=a=b c\nPRIORITY=6\nEMPTY=\n"
                                 "LINES\n\x03\0\0\0\0\0\0\0"
                                 "a\nb\n";
  const struct journal_field fields[] = {
      {"MESSAGE", "a=b c"}, {"PRIORITY", "6"}, {"EMPTY", ""}, {"LINES", "a\nb"}, {NULL, NULL}};
  char got[256] = "";
  cr_assert_eq(journal_send(path, fields, &err), 0, "%s", err.text);
  cr_expect_eq(recv(journal, got, sizeof(got), MSG_DONTWAIT), (ssize_t)sizeof(expected) - 1);
  cr_expect_arr_eq(got, expected, sizeof(expected) - 1);
  cr_expect_lt(recv(journal, got, sizeof(got), MSG_DONTWAIT), 0, "one datagram only");
}

/* The longest line of the plugin audit has to fit. */
Test(journal, a_long_entry_is_one_datagram_too)
{
  const size_t length = 128 * 1024;
  cleanup_free char *value = xcalloc(length + 1, 1), *got = xcalloc(2 * length, 1);
  memset(value, 'a', length);
  const struct journal_field fields[] = {{"MESSAGE", value}, {NULL, NULL}};
  cr_assert_eq(journal_send(path, fields, &err), 0, "%s", err.text);
  cr_expect_eq(recv(journal, got, 2 * length, MSG_DONTWAIT), (ssize_t)(length + 9));
}

Test(journal, a_check_sends_nothing)
{
  char got[16];
  cr_expect_eq(journal_check(path, &err), 0);
  cr_expect_lt(recv(journal, got, sizeof(got), MSG_DONTWAIT), 0);
}

Test(journal, nobody_there_is_an_error)
{
  const struct journal_field fields[] = {{"MESSAGE", "text"}, {NULL, NULL}};
  cleanup_free char *other = path_of("other");
  const char *missing = "cannot reach the journal at @/other: No such file or directory";
  expect_error(journal_send(other, fields, &err), missing);
  expect_error(journal_check(other, &err), missing);
  close(journal);
  expect_error(journal_send(path, fields, &err),
               "cannot reach the journal at @/socket: Connection refused");
}

Test(journal, a_path_that_is_too_long_is_an_error)
{
  char long_path[200] = "";
  memset(long_path, 'a', sizeof(long_path) - 1);
  cr_expect_eq(journal_check(long_path, &err), -1);
  cr_expect_not_null(strstr(err.text, "is too long for a socket's path: at most 107 bytes"));
}

Test(journal, one_that_does_not_read_is_not_waited_for_for_ever)
{
  alarm(3 * JOURNAL_PATIENCE);
  const struct journal_field fields[] = {{"MESSAGE", "text"}, {NULL, NULL}};
  int sent = 0;
  while (sent < 10000 && journal_send(path, fields, &err) == 0)
    sent++;
  cr_expect_lt(sent, 10000);
  expect_error(-1, "the journal at @/socket has not read for 3 s");
}
