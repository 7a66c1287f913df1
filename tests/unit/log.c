/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that arrive whole, or not at all without harm. */
#include "common/log.h"

#include "folder.h"

#include <sys/wait.h>
#include <time.h>

#define LOG "sub/runtime.log"
#define OLD LOG ".1"

static char *path, *old_path;

static void start(void)
{
  make_folder();
  path = path_of(LOG);
  old_path = path_of(OLD);
}

static void end(void)
{
  remove_folder();
  free(path);
  free(old_path);
}

TestSuite(log, .init = start, .fini = end);

/* What stands behind the time and our process's number. */
static void expect_content(const char *level_and_subject, const char *text)
{
  cleanup_free char *content = content_of(LOG);
  cleanup_free char *expected = xasprintf("%s[%d]: %s\n", level_and_subject, (int)getpid(), text);
  cr_assert_gt(strlen(content), 21, "nothing was written");
  cr_expect_str_eq(content + 21, expected);
}

Test(log, a_line_says_when_how_bad_and_who)
{
  log_setup(path, LOG_INFO, "create 4f2a");
  time_t before = time(NULL);
  log_line(LOG_WARN, "%s %d", "text", 5);
  expect_content("warn create 4f2a", "text 5");

  cleanup_free char *content = content_of(LOG);
  struct tm utc = {.tm_sec = 0};
  const char *end = strptime(content, "%Y-%m-%dT%H:%M:%SZ ", &utc);
  cr_assert_not_null(end);
  cr_expect_eq(end - content, 21);
  cr_expect_leq(llabs((long long)timegm(&utc) - before), 2);
}

Test(log, levels_below_the_limit_write_nothing)
{
  log_setup(path, LOG_WARN, "kill 1");
  log_line(LOG_INFO, "no");
  log_line(LOG_DEBUG, "no");
  cr_expect_not(is_there(LOG), "not even a file");
  log_line(LOG_ERROR, "yes");
  expect_content("error kill 1", "yes");
}

Test(log, an_empty_path_is_nowhere)
{
  log_setup("", LOG_DEBUG, "x");
  log_line(LOG_ERROR, "text");
}

Test(log, levels_have_names)
{
  for (int level = LOG_ERROR; level <= LOG_DEBUG; level++)
    cr_expect_eq(log_level_parse(log_level_name((enum log_level)level)), level);
  cr_expect_eq(log_level_parse("Info"), -1);
  cr_expect_eq(log_level_parse(""), -1);
}

Test(log, errno_stays_and_has_its_text)
{
  log_setup(path, LOG_INFO, "x");
  errno = ENOSPC;
  log_line(LOG_INFO, "cannot write: %m");
  cr_expect_eq(errno, ENOSPC);
  expect_content("info x", "cannot write: No space left on device");
}

Test(log, the_file_and_its_folder_are_made_for_few_eyes)
{
  log_setup(path, LOG_INFO, "x");
  log_line(LOG_INFO, "text");
  struct stat status;
  cr_assert_eq(stat(path, &status), 0);
  cr_expect_eq(status.st_mode & 07777, 0640);
  path[strlen(path) - strlen("/runtime.log")] = '\0';
  cr_assert_eq(stat(path, &status), 0);
  cr_expect_eq(status.st_mode & 07777, 0750);
}

Test(log, no_descriptor_stays_open)
{
  log_setup(path, LOG_INFO, "x");
  int before = dup(STDIN_FILENO);
  log_line(LOG_INFO, "text");
  int after = dup(STDIN_FILENO);
  cr_expect_eq(after, before + 1);
}

Test(log, control_characters_become_spaces)
{
  log_setup(path, LOG_INFO, "create a\nb");
  log_line(LOG_INFO, "1\n2\r3\t4\x1b[31m5\x7f\xc2\x9b"
                     "6\xc3\xa4");
  expect_content("info create a b", "1 2 3 4 [31m5   6\xc3\xa4");
}

Test(log, a_long_line_is_cut_between_characters)
{
  log_setup(path, LOG_INFO, "x");
  for (int shift = 0; shift < 3; shift++) {
    char text[2 * LOG_LINE_MAX];
    for (size_t i = 0; i + 3 <= sizeof(text); i += 3)
      memcpy(text + i, "\xe2\x82\xac", 3);
    text[sizeof(text) - 1] = '\0';
    log_line(LOG_INFO, "%.*s%.6000s", shift, "abc", text);
    cleanup_free char *content = content_of(LOG);
    size_t length = strlen(content);
    cr_expect_leq(length, LOG_LINE_MAX);
    cr_expect_geq(length, LOG_LINE_MAX - 3);
    cr_expect_str_eq(content + length - 7, "\xe2\x82\xac…\n");
    unlink(path);
  }
}

Test(log, a_line_that_just_fits_is_not_cut)
{
  log_setup(path, LOG_INFO, "x");
  log_line(LOG_INFO, "%s", "");
  cleanup_free char *empty = content_of(LOG);
  size_t room = LOG_LINE_MAX - strlen(empty) - strlen("…");
  char text[LOG_LINE_MAX] = "";
  memset(text, 'a', room);
  unlink(path);
  log_line(LOG_INFO, "%s", text);
  expect_content("info x", text);

  text[room] = 'a';
  unlink(path);
  log_line(LOG_INFO, "%s", text);
  memcpy(text + room, "…", sizeof("…"));
  expect_content("info x", text);
}

Test(log, what_is_no_regular_file_is_left_alone)
{
  alarm(10);
  log_setup(path, LOG_INFO, "x");
  log_line(LOG_INFO, "makes the folder");
  unlink(path);
  cr_assert_eq(mkfifo(path, 0600), 0);
  log_line(LOG_INFO, "nobody reads");
  cleanup_close int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  log_line(LOG_INFO, "somebody reads");
  char byte;
  cr_expect_eq(read(reader, &byte, 1), 0, "nothing may arrive");

  unlink(path);
  cr_assert_eq(symlink("../elsewhere", path), 0);
  log_line(LOG_INFO, "a link");
  cr_expect_not(is_there("elsewhere"), "a link is not followed");
  unlink(path);
  cr_assert_eq(mkdir(path, 0755), 0);
  log_line(LOG_INFO, "a folder");
  log_setup("/nonexistent/a/b", LOG_INFO, "x");
  log_line(LOG_INFO, "no folder");
}

Test(log, standard_error_is_a_place_too)
{
  int ends[2];
  cr_assert_eq(pipe(ends), 0);
  cr_assert_geq(dup2(ends[1], STDERR_FILENO), 0);
  log_setup("-", LOG_INFO, "doctor");
  log_line(LOG_INFO, "text");
  char line[200] = "";
  cr_assert_gt(read(ends[0], line, sizeof(line) - 1), 0);
  cr_expect_not_null(strstr(line, "info doctor["));
}

/* --- rotation ----------------------------------------------------------------------------- */

#define WRITERS 8U
#define LINES 1600U /* of a writer; together they fill the file once, and not twice */
#define FILLER 1000

static void write_lines(unsigned writer)
{
  char filler[FILLER + 1] = "", subject[16];
  memset(filler, 'a' + (int)writer, FILLER);
  snprintf(subject, sizeof(subject), "writer %u", writer);
  log_setup(path, LOG_INFO, subject);
  for (unsigned i = 0; i < LINES; i++)
    log_line(LOG_INFO, "%u %s.", i, filler);
  _exit(0);
}

/* One line, which must be whole, and is marked as seen. */
static void check_line(const char *line, bool seen[WRITERS][LINES])
{
  static const char mark[] = " info writer ";
  const char *start = strstr(line, mark);
  cr_assert_eq(start, line + 20, "torn: %s", line);
  char *rest;
  unsigned long writer = strtoul(start + strlen(mark), &rest, 10);
  rest = strstr(rest, "]: ");
  cr_assert(rest != NULL && writer < WRITERS, "torn: %s", line);
  unsigned long number = strtoul(rest + 3, &rest, 10);
  char same[] = {(char)('a' + writer), '\0'};
  cr_assert(number < LINES && *rest == ' ' && strspn(rest + 1, same) == FILLER &&
                text_equal(rest + 1 + FILLER, "."),
            "torn: %s", line);
  cr_assert_not(seen[writer][number], "twice: %s", line);
  seen[writer][number] = true;
}

/* Returns how many lines a file has. */
static size_t check_lines(const char *name, bool seen[WRITERS][LINES])
{
  cleanup_free char *content = content_of(name);
  size_t count = 0;
  for (char *line = content, *end; *line != '\0'; line = end + 1, count++) {
    end = strchr(line, '\n');
    cr_assert_not_null(end, "a line without end");
    *end = '\0';
    check_line(line, seen);
  }
  return count;
}

Test(log, rotation_under_load_loses_and_tears_nothing)
{
  alarm(120);
  pid_t writers[WRITERS];
  for (unsigned i = 0; i < WRITERS; i++) {
    writers[i] = fork();
    if (writers[i] == 0)
      write_lines(i);
    cr_assert_gt(writers[i], 0);
  }
  for (unsigned i = 0; i < WRITERS; i++) {
    int status;
    cr_assert_eq(waitpid(writers[i], &status, 0), writers[i]);
    cr_expect_eq(status, 0);
  }

  static bool seen[WRITERS][LINES];
  size_t old = check_lines(OLD, seen), current = check_lines(LOG, seen);
  cr_expect_gt(old, 0);
  cr_expect_gt(current, 0);
  cr_expect_eq(old + current, (size_t)WRITERS * LINES);
  struct stat status;
  cr_assert_eq(stat(old_path, &status), 0);
  cr_expect_gt(status.st_size, LOG_SIZE_MAX);
  /* How far above depends on how long the one who renames it is off the processor meanwhile. */
}

Test(log, the_newest_of_two_old_files_is_kept)
{
  log_setup(path, LOG_INFO, "x");
  log_line(LOG_INFO, "first");
  for (int i = 0; i < 2; i++) {
    cr_assert_eq(truncate(path, LOG_SIZE_MAX + 1 + i), 0);
    log_line(LOG_INFO, "next");
    struct stat status;
    cr_assert_eq(stat(old_path, &status), 0);
    cr_expect_eq(status.st_size, LOG_SIZE_MAX + 1 + i);
    expect_content("info x", "next");
  }
}

Test(log, a_file_that_cannot_be_renamed_goes_on_growing)
{
  log_setup(path, LOG_INFO, "x");
  log_line(LOG_INFO, "first");
  cr_assert_eq(truncate(path, LOG_SIZE_MAX + 1), 0);
  cr_assert_eq(mkdir(old_path, 0755), 0);
  log_line(LOG_INFO, "next");
  struct stat status;
  cr_assert_eq(stat(path, &status), 0);
  cr_expect_gt(status.st_size, LOG_SIZE_MAX + 1);
}

static char diverted[2 * LOG_LINE_MAX];

static void divert(enum log_level level, const char *line)
{
  snprintf(diverted, sizeof(diverted), "%d %s", (int)level, line);
}

Test(log, diverted_lines_have_no_time_and_leave_the_file_alone)
{
  log_setup(path, LOG_DEBUG, "x");
  log_divert(LOG_WARN, divert);
  log_line(LOG_WARN, "two\nlines %d", 7);
  cr_expect_str_eq(diverted, "1 two lines 7");
  log_line(LOG_INFO, "too much");
  cr_expect_str_eq(diverted, "1 two lines 7");
  log_line(LOG_ERROR, "%*s", 2 * LOG_LINE_MAX, "x");
  cr_expect_eq(strlen(diverted), 2 + LOG_LINE_MAX - 1);
  cr_expect_not(is_there(LOG));
}
