/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other names by which the same file knows us. What is remembered for one that was configured later
 * holds our own part as well, in the texts before and after: when we go, it goes from there too, or
 * the last of them would give back what the first has put in.
 */
#ifndef CORE_CTK_ENGINES_SIBLINGS_H
#define CORE_CTK_ENGINES_SIBLINGS_H

#include "ctk/engines/work.h"

/* Adds the changes of what is remembered for them. What cannot be read is left as it is. */
int siblings_forget_us(struct work *work, struct error *err);

#endif
