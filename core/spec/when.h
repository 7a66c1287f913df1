/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions on a container: compiled once, then asked of a config.json.
 *
 * There are two vocabularies. WHEN_OCI_HOOKS is `when` of oci-hooks(5), as podman and CRI-O
 * (containers/common) evaluate it:
 *
 *   always         true matches; false does not.
 *   hasBindMounts  true matches if there is a bind mount that somebody asked for (spec/binds.h);
 *                  false never matches: it does not mean "has none".
 *   annotations    Each pair of patterns is a condition of its own: it matches if an annotation's
 *                  key matches the first and that annotation's value the second.
 *   commands       Matches if process.args[0] matches any of the patterns. A spec with a process
 *                  but without process.args is an error; in a spec without a process, commands are
 *                  no condition at all.
 *
 * WHEN_OURS is that of our own files, where false is the opposite of true:
 *
 *   annotations, commands   as above
 *   environment    Each pair is a condition of its own: it matches if process.env sets the variable
 *                  of this very name, and its value (the last one) matches the pattern.
 *   bind-mounts    true: it has a bind mount that somebody asked for; false: it has none.
 *   sandboxes      true: it is the sandbox of a pod (spec/origin.h); false: it is not.
 *   images         Matches if the full name of the container's image matches any of the patterns:
 *                  docker.io/library/busybox:latest. An image that has no name matches none. Where
 *                  nobody has told which image it is, that is an error.
 *
 * In these, pairs may also be a list of groups, { key, value } and { name, value }: the keys of a
 * config.cfg cannot have a dot.
 *
 * WHEN_ALL (files of version 1.0.0): all conditions that are set must match, and at least one must
 * be set. WHEN_ANY (version 0.1.0): one that matches is enough. Without any condition nothing
 * matches, in both. Conditions are looked at in the order above, until the answer is known.
 *
 * Patterns are POSIX extended regular expressions (regex(7)) that match anywhere in the text unless
 * they have ^ and $. Podman uses Go's, which differ: Go's classes as \d and \w are not POSIX, so a
 * backslash before a letter or a digit is an error here rather than something else than was meant;
 * (?i) and the like are errors too; within [] a backslash is itself; texts are matched byte by
 * byte. No back-references means no pattern that takes for ever.
 */
#ifndef CORE_SPEC_WHEN_H
#define CORE_SPEC_WHEN_H

#include "common/document.h"

#include <container-hooks/plugin.h>

#define WHEN_PATTERNS_MAX 64          /* of each condition that has some */
#define WHEN_PATTERN_MAX 1024         /* bytes of one */
#define WHEN_TEXT_MAX (1024UL * 1024) /* bytes of a text that a pattern is tried on */

enum when_mode { WHEN_ALL, WHEN_ANY };
enum when_words { WHEN_OCI_HOOKS, WHEN_OURS };

struct when;

/* Without conditions. Owned by the caller. */
struct when *when_new(enum when_mode mode);
void when_free(struct when *when);

static inline void cleanup_whenp(struct when **when)
{
  when_free(*when);
}

#define cleanup_when __attribute__((cleanup(cleanup_whenp)))

/* Adds all conditions of an object in one of the vocabularies; at least one must be there. */
int when_add_object(struct when *when, const struct value *object, enum when_words words,
                    struct error *err);

/* Adds conditions one by one. A value of a wrong type and a pattern that does not compile are
   errors. Each pattern of an array of commands is an alternative. */
int when_add_bind_mounts(struct when *when, const struct value *boolean, struct error *err);
int when_add_commands(struct when *when, const struct value *patterns, struct error *err);

/* `key` is a pattern too; NULL is any key. */
int when_add_annotation(struct when *when, const char *key, const struct value *pattern,
                        struct error *err);

/* True if no condition was added: nothing will ever match. */
bool when_is_empty(const struct when *when);

/* Does it need to be told which image the container is? */
bool when_asks_image(const struct when *when);

/* What conditions are asked of; all borrowed. */
struct when_container {
  const struct value *spec;      /* the root of its config.json */
  const char *bundle;            /* the folder of that */
  const struct cht_image *image; /* NULL: nobody has told */
};

/* Stores in *match whether a container matches. A wrong type in the spec is an error if the answer
   depends on it. */
int when_match(const struct when *when, const struct when_container *container, bool *match,
               struct error *err);

#endif
