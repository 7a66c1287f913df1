/* SPDX-License-Identifier: Apache-2.0 */
#include "verify-rootfs/state.h"

#include "common/document.h"

#define NAME "the container's state"

/* A pipe: it has no size, and is read until it ends. */
static int read_all(int fd, char **text, size_t *length, struct error *err)
{
  size_t room = 4096;
  *length = 0;
  *text = xcalloc(room, 1);
  for (;;) {
    ssize_t got = read(fd, *text + *length, room - *length);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return error_set(err, "cannot read " NAME " from standard input: %m");
    if (got == 0)
      return 0;
    *length += (size_t)got;
    if (*length > STATE_SIZE_MAX)
      return error_set(err, NAME " has more than %lu bytes", STATE_SIZE_MAX);
    if (*length == room) {
      room *= 2;
      *text = xrealloc_array(*text, room, 1);
    }
  }
}

static int expect(const struct value *state, const char *key, const char *planned,
                  struct error *err)
{
  struct value member;
  const char *text;
  if (value_need(state, key, &member, err) < 0 || value_text(&member, &text, err) < 0)
    return -1;
  if (text_equal(text, planned))
    return 0;
  return error_set(err,
                   "the plan is of another container: its %s is '%s', but the runtime says "
                   "'%s'",
                   key, planned, text);
}

int state_check(int fd, const char *id, const char *bundle, struct error *err)
{
  cleanup_free char *text = NULL;
  cleanup_json struct json_object *tree = NULL;
  size_t length;
  if (read_all(fd, &text, &length, err) < 0 || json_parse(text, length, NAME, &tree, err) < 0)
    return -1;
  const struct document document = {.name = NAME, .tree = tree};
  struct value state = document_root(&document);
  return value_type(&state, json_type_object, err) < 0 || expect(&state, "id", id, err) < 0
             ? -1
             : expect(&state, "bundle", bundle, err);
}
