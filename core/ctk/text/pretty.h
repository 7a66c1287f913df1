/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON tree -> text for people: two blanks a level, a member a line. */
#ifndef CORE_CTK_TEXT_PRETTY_H
#define CORE_CTK_TEXT_PRETTY_H

#include "common/util.h"

#include <json-c/json_object.h>

/* Ends with a line end; owned by the caller. */
char *text_pretty(struct json_object *tree);

#endif
