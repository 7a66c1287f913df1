/* SPDX-License-Identifier: Apache-2.0 */
#include "common/log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

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

/* A FIFO without reader does not block and fails; one with a reader is no regular file. */
static int open_file(struct stat *status)
{
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  cleanup_close int fd = open(log_path, flags, 0640);
  if (fd < 0 && errno == ENOENT) {
    make_folder();
    fd = open(log_path, flags, 0640);
  }
  if (fd < 0 || fstat(fd, status) < 0 || !S_ISREG(status->st_mode))
    return -1;
  return steal_fd(&fd);
}

/*
 * One of those who find the file too large renames it: the one with the lock, if the name still
 * belongs to the file that is locked. Who has that file open goes on writing to it, so that nothing
 * is lost.
 */
static void rotate(int fd, const struct stat *opened)
{
  struct stat named;
  if (flock(fd, LOCK_EX | LOCK_NB) < 0 || lstat(log_path, &named) < 0 ||
      named.st_dev != opened->st_dev || named.st_ino != opened->st_ino)
    return;
  cleanup_free char *old = xasprintf("%s.1", log_path);
  rename(log_path, old);
}

static int open_log(void)
{
  struct stat status;
  cleanup_close int fd = open_file(&status);
  if (fd < 0 || status.st_size <= LOG_SIZE_MAX)
    return steal_fd(&fd);
  rotate(fd, &status);
  return open_file(&status);
}

static void append(const char *line, size_t length)
{
  if (text_equal(log_path, "-")) {
    ssize_t ignored = write(STDERR_FILENO, line, length);
    (void)ignored;
    return;
  }
  cleanup_close int fd = open_log();
  if (fd >= 0) {
    ssize_t ignored = write(fd, line, length);
    (void)ignored;
  }
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

void log_vline(enum log_level level, const char *format, va_list args)
{
  if (level > log_limit || (log_sink == NULL && log_path[0] == '\0'))
    return;
  int saved = errno;
  char line[LOG_LINE_MAX + 1];
  size_t start = log_sink == NULL ? format_start(line, sizeof(line), level) : 0;

  errno = saved;
  size_t length = add_text(line, start, format, args);
  log_one_line(line);
  if (log_sink != NULL) {
    log_sink(level, line);
  } else {
    line[length++] = '\n';
    append(line, length);
  }
  errno = saved;
}

void log_line(enum log_level level, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  log_vline(level, format, args);
  va_end(args);
}
