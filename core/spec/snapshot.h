/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree as it was at one moment, to compare with and to go back to.
 *
 * Not a second tree: its values lie one behind another in a single array, a value before all that
 * is within it, and the texts in another. To make one, and to compare it with a tree in which
 * little was changed, costs a quarter of what it costs with a deep copy, which allocates each value
 * and fills a hash table for each object.
 */
#ifndef CORE_SPEC_SNAPSHOT_H
#define CORE_SPEC_SNAPSHOT_H

#include "common/util.h"

#include <json-c/json_object.h>

/* A value as it was. */
struct past {
  enum json_type type;
  uint32_t size;   /* values: itself and all within it; so many further its next sibling stands */
  uint32_t length; /* of a text in bytes; of an array or object in elements or members */
  size_t key;      /* where, among the bytes, its key stands; only of members */
  union {
    size_t text;   /* where it stands; a number with a fraction is kept as text, too */
    uint64_t bits; /* of a boolean or whole number */
  };
  bool negative; /* a whole number below 0: bits are those of an int64_t */
};

struct snapshot {
  struct past *values; /* owned; the first one is the whole tree */
  size_t count, room;
  char *bytes; /* owned; keys and texts, each ended by a NUL */
  size_t used, capacity;
};

/* Records the tree, which must be one that json_parse could have made (spec_check). */
void snapshot_take(struct snapshot *snapshot, struct json_object *tree);

/* The tree anew, owned by the caller. */
struct json_object *snapshot_restore(const struct snapshot *snapshot);

/* Frees what it holds; it is empty then, count is 0. */
void snapshot_free(struct snapshot *snapshot);

#define cleanup_snapshot __attribute__((cleanup(snapshot_free)))

/* Is the value still what it was? The order of members does not count, as for
   json_object_equal(3). If it is, it holds nothing that a text cannot: neither itself, nor a key
   twice. */
bool past_equal(const struct snapshot *snapshot, const struct past *past, struct json_object *now);

static inline const char *past_key(const struct snapshot *snapshot, const struct past *past)
{
  return snapshot->bytes + past->key;
}

/* The first value within an array or object, and the one behind a value: there are `length`. */
static inline const struct past *past_first(const struct past *past)
{
  return past + 1;
}

static inline const struct past *past_next(const struct past *past)
{
  return past + past->size;
}

#endif
