/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin without a name. */
#include <container-hooks/plugin.h>

static int modify(struct cht_context *ctx)
{
  (void)ctx;
  return 0;
}

CHT_PLUGIN(.modify = modify);
