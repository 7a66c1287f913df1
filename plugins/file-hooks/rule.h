/* SPDX-License-Identifier: Apache-2.0 */
/* What a hooks file asks for: a hook, at which stages, for which containers. */
#ifndef PLUGINS_FILE_HOOKS_RULE_H
#define PLUGINS_FILE_HOOKS_RULE_H

#include "spec/when.h"

#include <container-hooks/plugin.h>

#define RULE_FILE_MAX (1024UL * 1024) /* bytes of a hooks file */
#define RULE_TEXTS_MAX 4096           /* arguments or variables of one hook */

struct rule {
  const char *file; /* where it stands; borrowed, as all texts are, from the rules' documents */
  struct cht_hook hook;
  const char **args, **env; /* owned; the hook's */
  unsigned stages;          /* 1 << enum cht_stage */
  struct when *when;        /* owned; NULL: every container */
};

/* All that were read, in the order in which the hooks are to be added. */
struct rules {
  struct rule *list;
  size_t count;
  struct document *documents;
  size_t document_count;
};

void rules_free(struct rules *rules);

#define cleanup_rules __attribute__((cleanup(rules_free)))

/* An empty rule at the end; valid until the next is added. */
struct rule *rules_add(struct rules *rules, const char *file);

/* Takes ownership of a document whose texts rules borrow. */
void rules_keep(struct rules *rules, struct document *document);

/* Reads a hook as config.json has it: path, args, env, timeout. */
int rule_read_hook(struct rule *rule, const struct value *object, struct error *err);

/* Reads the path of a hook's program. */
int rule_read_path(struct rule *rule, const struct value *path, struct error *err);

/* Reads an array of names of stages, at least one. */
int rule_read_stages(struct rule *rule, const struct value *names, struct error *err);

/* Sets the stage of this name; `value` is where the name stands. */
int rule_set_stage(struct rule *rule, const char *name, const struct value *value,
                   struct error *err);

#endif
