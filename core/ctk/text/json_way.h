/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to a value in a JSON text, byte by byte: which members are passed, and where they begin
 * and end. Texts are known to be JSON (json_parse() accepts them), so nothing is checked again.
 */
#ifndef CORE_CTK_TEXT_JSON_WAY_H
#define CORE_CTK_TEXT_JSON_WAY_H

#include "common/error.h"

/* A member of an object, or an element of an array, whose key is empty. All point into the text. */
struct json_member {
  const char *lead; /* behind the bracket or comma before it */
  const char *key, *key_end;
  const char *value, *value_end;
  const char *next; /* at the comma or bracket behind it */
};

/* Behind a byte order mark, which json_parse() refuses; dockerd has accepted one since 23. */
const char *json_body(const char *text);

const char *json_skip_space(const char *at);
const char *json_skip_value(const char *at);

/* The members of the array or object that begins at `container`; false if there are no more. */
bool json_first_member(const char *container, struct json_member *member);
bool json_next_member(const char *container, struct json_member *member);

/* A pointer's first step, unescaped, owned by the caller; moves the pointer behind it. */
char *json_take_step(const char **pointer);

/* A JSON pointer (RFC 6901) that was followed as far as it goes. */
struct json_way {
  const char *container;     /* the last one reached */
  struct json_member parent; /* the member whose value it is; its key is NULL if it is the root */
  struct json_member member; /* what the last step leads to, if `found` */
  bool found;
  const char *rest; /* the steps behind the one that was not found */
  char *step;       /* the last one taken; owned */
};

void json_way_follow(struct json_way *way, const char *text, const char *pointer);
void json_way_free(struct json_way *way);

#define cleanup_json_way __attribute__((cleanup(json_way_free)))

#endif
