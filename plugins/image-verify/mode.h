/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from an image that is not accepted: for all images, and for those of some scopes. */
#ifndef PLUGINS_IMAGE_VERIFY_MODE_H
#define PLUGINS_IMAGE_VERIFY_MODE_H

#include "common/document.h"

#define MODE_SCOPES_MAX 256

/* Each is stricter than the one before it. */
enum mode {
  MODE_OFF,     /* it is not even looked at */
  MODE_AUDIT,   /* it starts; the log has why it is not accepted */
  MODE_WARN,    /* it starts; so has the journal, as a warning */
  MODE_ENFORCE, /* it does not start */
};

const char *mode_name(enum mode mode);

/* False if it is none. */
bool mode_parse(const char *name, enum mode *mode);

/* Of the images of one scope, as a policy has them under "docker" (policy/scope.h). */
struct mode_scope {
  const char *scope; /* borrowed */
  enum mode mode;
};

struct mode_scopes {
  struct mode_scope *list; /* owned */
  size_t count;
};

/* Reads a list of { scope, mode }. Texts stay borrowed from the value's document. */
int mode_scopes_read(const struct value *list, struct mode_scopes *scopes, struct error *err);
void mode_scopes_free(struct mode_scopes *scopes);

/* The mode of the most specific scope that an image falls under, or `fallback`. `name` is the
   image's in full; NULL, of one without a name: it falls under none. */
enum mode mode_of(const struct mode_scopes *scopes, const char *name, enum mode fallback);

/* The strictest that any image has. */
enum mode mode_strictest(const struct mode_scopes *scopes, enum mode fallback);

/* Does any image have MODE_WARN? */
bool mode_warns(const struct mode_scopes *scopes, enum mode fallback);

#endif
