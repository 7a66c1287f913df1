/* SPDX-License-Identifier: Apache-2.0 */
/* What is UTF-8 and what is not: the engines and their users read our words as text. */
#ifndef CORE_COMMON_UTF8_H
#define CORE_COMMON_UTF8_H

#include <stddef.h>

/* How many bytes the character takes that `text` begins with, of which `left` bytes (at least one)
   are there; 0 if it is none. */
size_t utf8_length(const char *text, size_t left);

#endif
