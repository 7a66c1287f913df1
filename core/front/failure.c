/* SPDX-License-Identifier: Apache-2.0 */
#include "front/failure.h"

#include "common/file.h"
#include "common/log.h"
#include "common/utf8.h"

#include <fcntl.h>
#include <time.h>

#define PROGRAM "container-hooks-runtime"

/* As a JSON string, or as logrus's text format quotes; both escape alike what can be in a line. A
   byte that is not UTF-8, as where a text was cut, becomes '?'. */
static void quote(const char *text, char *quoted, size_t size)
{
  size_t used = 0, left = strlen(text);
  while (left > 0 && used + 5 < size) {
    size_t valid = utf8_length(text, left), length = valid > 0 ? valid : 1;
    if (*text == '"' || *text == '\\')
      quoted[used++] = '\\';
    memcpy(quoted + used, valid > 0 ? text : "?", length);
    used += length;
    text += length;
    left -= length;
  }
  quoted[used] = '\0';
}

/* The entry as runc itself writes it (logrus, RFC 3339 time). */
static char *format_entry(const char *format, const char *message)
{
  char stamp[32];
  time_t now = time(NULL);
  struct tm utc;
  strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));

  char quoted[2 * ERROR_TEXT_MAX];
  quote(message, quoted, sizeof(quoted));
  if (format != NULL && text_equal(format, "json"))
    return xasprintf("{\"level\":\"error\",\"msg\":\"%s\",\"time\":\"%s\"}\n", quoted, stamp);
  return xasprintf("time=\"%s\" level=error msg=\"%s\"\n", stamp, quoted);
}

/* crun's --log may name a service instead of a file; then standard error has to do. */
static const char *log_file(const char *log)
{
  if (text_starts(log, "file:"))
    return log + strlen("file:");
  return text_starts(log, "syslog:") || text_starts(log, "journald:") ? NULL : log;
}

static void write_engine_log(const struct command *command, const char *message)
{
  const char *path = log_file(command->log);
  if (path == NULL)
    return;
  cleanup_close int fd =
      open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
  if (fd < 0)
    return;
  cleanup_free char *entry = format_entry(command->log_format, message);
  file_write_all(fd, entry, strlen(entry));
}

int failure_report(const struct command *command, const struct error *err)
{
  cleanup_free char *message = xasprintf(PROGRAM ": %s", err->text);
  log_one_line(message);
  log_line(LOG_ERROR, "%s", err->text);
  if (command->log != NULL)
    write_engine_log(command, message);
  dprintf(STDERR_FILENO, "%s\n", message);
  return EXIT_FAILURE;
}
