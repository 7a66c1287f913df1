/* SPDX-License-Identifier: Apache-2.0 */
/* How what is new in a JSON text is written, so that it looks like its neighbours. */
#ifndef CORE_CTK_TEXT_JSON_LAYOUT_H
#define CORE_CTK_TEXT_JSON_LAYOUT_H

#include "ctk/text/json_way.h"

#include <json-c/json.h>

struct json_layout {
  const char *newline; /* NULL: all on one line */
  const char *space;   /* behind a comma, on one line */
  char *unit;          /* owned */
  char *colon;         /* with the white space around it; owned */
};

/* Like a member that stands beside it, or NULL; on lines of its own or not. */
struct json_layout json_layout_like(const char *text, const struct json_member *neighbour,
                                    bool lines);
void json_layout_free(struct json_layout *layout);

#define cleanup_json_layout __attribute__((cleanup(json_layout_free)))

/* The indentation of a member that stands on a line of its own, owned by the caller; NULL if it
   does not. */
char *json_indentation(const struct json_member *member);

/* A value in this layout, where `indent` is that of the line it begins in; owned by the caller. */
char *json_layout_text(const struct json_layout *layout, const char *indent,
                       struct json_object *value);

#endif
