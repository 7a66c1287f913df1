/* SPDX-License-Identifier: Apache-2.0 */
/* What the plugin is told, and what it can do to the objects that it is lent. */
#ifndef TESTS_PLUGINS_FAULT_FAULT_H
#define TESTS_PLUGINS_FAULT_FAULT_H

#include <container-hooks/plugin.h>

struct order {
  const char *act, *when, *message, *pid_file;
  int64_t status, amount;
  bool setsid;
};

int act_break_spec(struct cht_context *ctx, const struct order *order);
int act_drop_hooks(struct cht_context *ctx, const struct order *order);
int act_replace_root(struct cht_context *ctx, const struct order *order);
int act_put_settings(struct cht_context *ctx, const struct order *order);
int act_put_spec(struct cht_context *ctx, const struct order *order);
int act_swap_spec(struct cht_context *ctx, const struct order *order);
int act_cycle(struct cht_context *ctx, const struct order *order);
int act_deep(struct cht_context *ctx, const struct order *order);
int act_nan(struct cht_context *ctx, const struct order *order);
int act_nul(struct cht_context *ctx, const struct order *order);
int act_bytes(struct cht_context *ctx, const struct order *order);
int act_key_twice(struct cht_context *ctx, const struct order *order);

#endif
