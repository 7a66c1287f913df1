/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin that loads into runtimes of interface 1.0, too, and there leaves out what only later
   ones can do. */
#define CHT_NEEDS_MINOR 0
#include <container-hooks/plugin.h>

_Static_assert(CHT_ABI == 1 << 16, "needs more than 1.0");

static int modify(struct cht_context *ctx)
{
  if (!CHT_HAS(ctx, set_text))
    return cht_set_annotation(ctx, "hostname", "unchanged");
  return cht_set_text(ctx, "/hostname", "box");
}

CHT_PLUGIN(.name = "needs-less", .modify = modify);
