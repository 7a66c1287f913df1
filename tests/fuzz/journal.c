/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries for the journal: whatever a value holds, the journal reads it as that value of that
 * field, and no other field.
 *
 * Input: values, each ended by a NUL.
 *
 * Covers: core/common/journal.c
 */
#include "folder.h"

#include "common/journal.h"

#include <sys/socket.h>
#include <sys/un.h>

#define FIELDS_MAX 8

static const char *const names[FIELDS_MAX] = {"A", "MESSAGE", "B_C", "D2", "E", "F", "G", "H"};

/* Listens at the folder's socket. */
static int listen_there(const char *path)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  must(strlen(path) < sizeof(address.sun_path));
  memcpy(address.sun_path, path, strlen(path));
  must(fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
  return fd;
}

/* One field of an entry, as "Native Journal Protocol" reads it; returns what follows. */
static const char *expect_field(const char *entry, const char *end,
                                const struct journal_field *field)
{
  size_t name = strlen(field->name), value = strlen(field->value);
  must((size_t)(end - entry) > name && memcmp(entry, field->name, name) == 0);
  entry += name;
  if (*entry == '=') {
    must(memchr(field->value, '\n', value) == NULL);
    entry++;
  } else {
    uint64_t said; /* little-endian, as this machine */
    must(*entry == '\n' && (size_t)(end - entry) > sizeof(said));
    memcpy(&said, entry + 1, sizeof(said));
    must(said == value);
    entry += 1 + sizeof(said);
  }
  must((size_t)(end - entry) > value && memcmp(entry, field->value, value) == 0);
  must(entry[value] == '\n');
  return entry + value + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  static char entry[256 * 1024];
  struct journal_field fields[FIELDS_MAX + 1] = {{NULL, NULL}};
  struct error err = {.text = ""};
  cleanup_free char *text = fuzz_text(bytes, length), *path = fuzz_path("socket");
  fuzz_make_folder();
  must(journal_check(path, &err) < 0 && err.text[0] != '\0');
  cleanup_free char *long_path = xasprintf("%s/%0200d", path, 0);
  must(journal_check(long_path, &err) < 0 && journal_send(path, fields, &err) < 0);
  cleanup_close int fd = listen_there(path);
  size_t count = 0;
  for (const char *at = text; at < text + length && count < FIELDS_MAX;
       at += strlen(at) + 1, count++)
    fields[count] = (struct journal_field){.name = names[count], .value = at};
  fields[count].name = NULL;
  must(journal_check(path, &err) == 0 && journal_send(path, fields, &err) == 0);
  ssize_t got = recv(fd, entry, sizeof(entry), 0);
  must(got >= 0);
  const char *at = entry;
  for (size_t i = 0; i < count; i++)
    at = expect_field(at, entry + got, &fields[i]);
  must(at == entry + got);
  return 0;
}
