/* SPDX-License-Identifier: Apache-2.0 */
#include "common/journal.h"

#include <sys/socket.h>
#include <sys/un.h>

/* Enough for any entry of ours; the kernel allows as much as net.core.wmem_max without asking. */
#define SEND_BUFFER (256 * 1024)

static int open_socket(const char *path, struct error *err)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const struct timeval patience = {.tv_sec = JOURNAL_PATIENCE};
  const int buffer = SEND_BUFFER;
  size_t length = strlen(path);
  if (length >= sizeof(address.sun_path))
    return error_set(err, "%s is too long for a socket's path: at most %zu bytes", path,
                     sizeof(address.sun_path) - 1);
  memcpy(address.sun_path, path, length + 1);

  cleanup_close int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return error_set(err, "cannot make a socket: %m");
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer)); /* as much of it as there is */
  if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0 ||
      connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
    return error_set(err, "cannot reach the journal at %s: %m", path);
  return steal_fd(&fd);
}

/* NAME=VALUE, or where the value has a line end NAME, the value's length as a little-endian number
   of 64 bits, and the value. */
static void write_field(FILE *entry, const struct journal_field *field)
{
  size_t length = strlen(field->value);
  fputs(field->name, entry);
  if (strchr(field->value, '\n') == NULL) {
    fputc('=', entry);
  } else {
    fputc('\n', entry);
    for (unsigned shift = 0; shift < 64; shift += 8)
      fputc((int)((uint64_t)length >> shift & 0xff), entry);
  }
  fwrite(field->value, 1, length, entry);
  fputc('\n', entry);
}

int journal_send(const char *socket_path, const struct journal_field *fields, struct error *err)
{
  cleanup_close int fd = open_socket(socket_path, err);
  if (fd < 0)
    return -1;
  cleanup_free char *entry = NULL;
  size_t length;
  FILE *stream = xmemstream(&entry, &length);
  for (; fields->name != NULL; fields++)
    write_field(stream, fields);
  xmemstream_close(stream);

  if (send(fd, entry, length, MSG_NOSIGNAL) >= 0)
    return 0;
  if (errno == EAGAIN)
    return error_set(err, "the journal at %s has not read for %d s", socket_path, JOURNAL_PATIENCE);
  return error_set(err, "cannot send to the journal at %s: %m", socket_path);
}

int journal_check(const char *socket_path, struct error *err)
{
  cleanup_close int fd = open_socket(socket_path, err);
  return fd < 0 ? -1 : 0;
}
