/* SPDX-License-Identifier: Apache-2.0 */
/* How far two words are from each other, to guess which one was meant. */
#ifndef CORE_CTK_TEXT_DISTANCE_H
#define CORE_CTK_TEXT_DISTANCE_H

#include <stddef.h>

#define DISTANCE_NEAR 2 /* so far, a word can have been meant by another */

/* The least number of letters to be put in, taken out or replaced that turns one into the other;
   of words longer than any of ours it is only said that they are far from each other. */
size_t text_distance(const char *a, const char *b);

#endif
