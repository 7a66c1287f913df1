/* SPDX-License-Identifier: Apache-2.0 */
/* The fields that a record can have: each is made from config.json, the call and the outcome. */
#ifndef PLUGINS_AUDIT_FIELDS_H
#define PLUGINS_AUDIT_FIELDS_H

#include "common/bounded.h"
#include "common/document.h"
#include "settings.h"

/* What a record is made from, all borrowed, and what making it came to. */
struct record {
  struct cht_context *ctx;
  const struct cht_outcome *outcome;
  const struct settings *settings;
  struct value spec; /* the root of config.json, of whatever types; null if it could not be read */

  bool cut;                 /* some text was */
  struct bounded_list more; /* an object: how many members of a field were left out */
};

struct field {
  const char *name;
  bool by_default;
  /* Returns NULL where there is nothing to tell; the caller owns what is returned. */
  struct json_object *(*make)(struct record *record);
};

/* All of them, in the order of a record by default; ended by one without a name. */
extern const struct field all_fields[];

/* NULL: there is none of that name. */
const struct field *field_find(const char *name);

/* All names, each with a space in front; owned by the caller. */
char *field_names(void);

#endif
