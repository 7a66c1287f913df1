/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime's own log: a line each time something happened that an admin may want to know later.
 *
 *     2026-11-23T23:04:05Z warn create 4f2a…[1234]: text
 *
 * Lines of many containers never mix (common/append.h). The file is opened for each line and closed
 * again: what a plugin does to descriptors cannot lead our words into another file. A file above
 * LOG_SIZE_MAX becomes FILE.1 first. A log that cannot be written never stops a container.
 */
#ifndef CORE_COMMON_LOG_H
#define CORE_COMMON_LOG_H

#include "common/util.h"

#define LOG_SIZE_MAX (8L * 1024 * 1024) /* bytes */
#define LOG_LINE_MAX 4096               /* bytes, with the line end; longer ones are cut */

/* The numbers are those of enum cht_level in the plugin interface. */
enum log_level { LOG_ERROR = 0, LOG_WARN = 1, LOG_INFO = 2, LOG_DEBUG = 3 };

/* "error", "warn", "info", "debug"; -1 for any other word. */
int log_level_parse(const char *word);
const char *log_level_name(enum log_level level);

/*
 * Where lines go from now on. `path` is borrowed and must live as long as the program logs; "" is
 * nowhere. `subject` (borrowed) stands in each line, as "create 4f2a…".
 * With a path of "-" lines go to standard error.
 */
void log_setup(const char *path, enum log_level level, const char *subject);

/* From now on lines up to a level go to a function instead, without time and subject. */
void log_divert(enum log_level level, void (*sink)(enum log_level level, const char *line));

/* Leaves errno alone; `%m` is its text. */
void log_line(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

/* Makes a space of every control character in a text (a line end, a terminal's escape). */
void log_one_line(char *text);

#endif
