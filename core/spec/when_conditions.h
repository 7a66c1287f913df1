/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions as they are compiled: between when.c, which makes them, and when_match.c. */
#ifndef CORE_SPEC_WHEN_CONDITIONS_H
#define CORE_SPEC_WHEN_CONDITIONS_H

#include "spec/when.h"

#include <regex.h>

/* A pattern of a list, of which one must match. */
struct when_pattern {
  struct when_pattern *next;
  regex_t pattern;
};

struct when_patterns {
  struct when_pattern *first;
  size_t count;
};

struct when_annotation {
  struct when_annotation *next;
  bool any_key;
  regex_t key; /* unless any_key */
  regex_t value;
};

struct when_variable {
  struct when_variable *next;
  char *name; /* owned */
  regex_t value;
};

enum when_flag { WHEN_UNSET, WHEN_FALSE, WHEN_TRUE };

struct when {
  enum when_mode mode;
  enum when_flag always;
  enum when_flag bind_mounts; /* of oci-hooks(5): false never matches */
  enum when_flag has_binds;   /* ours: false is "has none" */
  enum when_flag sandboxes;
  struct when_annotation *annotations;
  struct when_patterns commands, images;
  struct when_variable *variables;
  size_t annotation_count, variable_count;
};

#endif
