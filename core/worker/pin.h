/* SPDX-License-Identifier: Apache-2.0 */
/* What a plugin has put into the spec for good: later plugins that take it out fail. */
#ifndef CORE_WORKER_PIN_H
#define CORE_WORKER_PIN_H

#include "worker/chain.h"

/* Pins a hook of a stage; `hook` is copied. */
void pin_hook(const struct link *link, enum cht_stage stage, struct json_object *hook);

/* Pins the value at a JSON pointer; it must be there. */
int pin_value(const struct link *link, const char *pointer, struct error *err);

/* Is all that was pinned still in the spec? */
int pins_check(const struct chain *chain, struct json_object *spec, struct error *err);

/* Drops the pins of a plugin whose edits are taken back. */
void pins_drop(struct chain *chain, const struct link *link);

#endif
