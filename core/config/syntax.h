/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a config's text means the same to every libconfig, asked before libconfig reads it.
 *
 * libconfig 1.5 makes 3000000000 a negative number and ends the process on a bad @include; newer
 * ones read 010 as 8; and to all of them most mistakes are a "syntax error". Here they have names.
 */
#ifndef CORE_CONFIG_SYNTAX_H
#define CORE_CONFIG_SYNTAX_H

#include "common/error.h"

#define SYNTAX_DEPTH_MAX 32 /* nested groups, lists and arrays */

/*
 * Errors read "NAME:LINE: cause": all of scanner_next(); integers that do not fit 32 bits, or 64
 * with L; fractions beyond a double; nesting deeper than SYNTAX_DEPTH_MAX; brackets that do not
 * match, values and commas that are missing, texts without quotes. What is left for libconfig to
 * refuse: a key that stands twice, an array of several types, words where none belongs.
 */
int syntax_check(const char *text, size_t length, const char *name, struct error *err);

#endif
