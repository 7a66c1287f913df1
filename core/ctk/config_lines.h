/* SPDX-License-Identifier: Apache-2.0 */
/* Where lines begin and end around the settings of a libconfig text. */
#ifndef CORE_CTK_CONFIG_LINES_H
#define CORE_CTK_CONFIG_LINES_H

#include "common/util.h"

#define CONFIG_LINES_NONE SIZE_MAX

/* The end of the line (before its line feed) or of the text, if only blanks and comments come
   before it; CONFIG_LINES_NONE otherwise. */
size_t config_lines_end(const char *text, size_t at);

/* Is only white space before `at` in its line? */
bool config_lines_is_first(const char *text, size_t at);

/* The white space that the line of `at` begins with: its first byte; the length is stored. */
const char *config_lines_indent(const char *text, size_t at, int *length);

/* What lines end with here: "\n" or "\r\n". */
const char *config_lines_break(const char *text);

/* The text with other bytes in the place of [start, end); owned by the caller. */
char *config_lines_replace(const char *text, size_t start, size_t end, const char *bytes);

#endif
