/* SPDX-License-Identifier: Apache-2.0 */
/* Two texts -> a unified diff, as patch(1) reads it. */
#ifndef CORE_CTK_TEXT_DIFF_H
#define CORE_CTK_TEXT_DIFF_H

#include "common/util.h"

/*
 * Prints nothing if the texts are equal. A NULL text is a file that is not there (/dev/null). With
 * `coloured`, removed and added lines and headers carry terminal colours. Says when a last line has
 * no end. Time and memory are bounded: very different large texts are shown as one replaced block.
 */
void text_diff(FILE *out, const char *old_name, const char *old_text, const char *new_name,
               const char *new_text, bool coloured);

#endif
