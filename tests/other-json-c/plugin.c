/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin that is linked to another json-c than the runtime. */
#include <container-hooks/plugin.h>

extern const int json_c_99;

static int modify(struct cht_context *ctx)
{
  return cht_fail(ctx, "must not run with json-c %d", json_c_99);
}

CHT_PLUGIN(.name = "other-json-c", .modify = modify);
