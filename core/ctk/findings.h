/* SPDX-License-Identifier: Apache-2.0 */
/* What the doctor has found: one line each, and for all that is not well, what to do. */
#ifndef CORE_CTK_FINDINGS_H
#define CORE_CTK_FINDINGS_H

#include "common/error.h"

#include <json-c/json_object.h>

enum finding_level {
  FINDING_OK,
  FINDING_NOTE,    /* as it is, it works; but is it meant so? */
  FINDING_PROBLEM, /* containers fail, or run without the plugins */
};

struct findings {
  struct json_object *list; /* objects with subject, level, text and, unless it is well, mend */
  const char *subject;      /* of what is added; borrowed */
  size_t problems;
};

void findings_start(struct findings *findings);

/* `mend` is NULL for FINDING_OK. */
void findings_add(struct findings *findings, enum finding_level level, const char *mend,
                  const char *format, ...) PRINTF_LIKE(4, 5);

/* In words, subject by subject; those that are well too, unless --quiet. */
void findings_print(const struct findings *findings);

void findings_free(struct findings *findings);

#define cleanup_findings __attribute__((cleanup(findings_free)))

#endif
