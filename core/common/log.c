/* SPDX-License-Identifier: Apache-2.0 */
#include "common/log.h"

#include "common/append.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define LOG_PATIENCE 1000 /* milliseconds; a line that has to wait longer is not written */

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static const char *log_path = "";
static const char *log_subject = "";
static enum log_level log_limit = LOG_INFO;
static void (*log_sink)(enum log_level level, const char *line);

int log_level_parse(const char *word)
{
  for (size_t i = 0; i < ARRAY_LENGTH(level_names); i++)
    if (text_equal(word, level_names[i]))
      return (int)i;
  return -1;
}

const char *log_level_name(enum log_level level)
{
  return level_names[level];
}

void log_setup(const char *path, enum log_level level, const char *subject)
{
  log_path = path;
  log_limit = level;
  log_subject = subject;
}

void log_divert(enum log_level level, void (*sink)(enum log_level level, const char *line))
{
  log_limit = level;
  log_sink = sink;
}

void log_one_line(char *text)
{
  for (unsigned char *c = (unsigned char *)text; *c != '\0'; c++) {
    if (*c < 0x20 || *c == 0x7f)
      *c = ' ';
    else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) /* U+0080 to U+009F */
      c[0] = c[1] = ' ';
  }
}

/* The folder may have been left out of a package, or lie on a file system that is new each boot. */
static void make_folder(void)
{
  cleanup_free char *folder = xstrdup(log_path);
  char *slash = strrchr(folder, '/');
  if (slash == NULL || slash == folder)
    return;
  *slash = '\0';
  mkdir(folder, 0750);
}

static void append(const char *line, size_t length)
{
  if (text_equal(log_path, "-")) {
    ssize_t ignored = write(STDERR_FILENO, line, length);
    (void)ignored;
    return;
  }
  const struct append file = {
      .folder = AT_FDCWD,
      .name = log_path,
      .path = log_path,
      .mode = 0640,
      .size_max = LOG_SIZE_MAX,
      .patience = LOG_PATIENCE,
  };
  struct error ignored;
  if (append_line(&file, line, length, &ignored) == 0 || errno != ENOENT)
    return;
  make_folder();
  append_line(&file, line, length, &ignored);
}

/* Who, when, how bad. Returns its length. */
static size_t format_start(char *line, size_t size, enum log_level level)
{
  char when[sizeof("2026-11-23T23:04:05Z")] = "";
  time_t now = time(NULL);
  struct tm utc;
  if (gmtime_r(&now, &utc) != NULL)
    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
  int length = snprintf(line, size, "%s %s %.256s[%d]: ", when, log_level_name(level), log_subject,
                        (int)getpid());
  return length > 0 ? (size_t)length : 0;
}

/* The length of a text that did not fit, without the half of a character at its end. */
static size_t cut_length(const char *text, size_t length)
{
  while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
    length--;
  return length;
}

/* Puts a text behind what the line begins with, cut where it does not fit. Returns the line's
   length. */
PRINTF_LIKE(3, 0) static size_t add_text(char *line, size_t start, const char *format, va_list args)
{
  static const char cut[] = "…";
  size_t room = LOG_LINE_MAX - start - strlen(cut) - 1; /* for the text; 1 is the line end */
  int needed = vsnprintf(line + start, room + 2, format, args);
  size_t length = start + (needed > 0 ? (size_t)needed : 0);
  if (needed > 0 && (size_t)needed > room) {
    length = start + cut_length(line + start, room);
    memcpy(line + length, cut, sizeof(cut));
    length += strlen(cut);
  }
  return length;
}

void log_line(enum log_level level, const char *format, ...)
{
  va_list args;
  if (level > log_limit || (log_sink == NULL && log_path[0] == '\0'))
    return;
  int saved = errno;
  char line[LOG_LINE_MAX + 1];
  size_t start = log_sink == NULL ? format_start(line, sizeof(line), level) : 0;

  errno = saved;
  va_start(args, format);
  size_t length = add_text(line, start, format, args);
  va_end(args);
  log_one_line(line);
  if (log_sink != NULL) {
    log_sink(level, line);
  } else {
    line[length++] = '\n';
    append(line, length);
  }
  errno = saved;
}
