/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin from the future: for a later minor version of the interface. */
#include <container-hooks/plugin.h>

static int modify(struct cht_context *ctx)
{
  (void)ctx;
  return 0;
}

const struct cht_plugin cht_plugin = {
    .abi = CHT_ABI + 1,
    .size = (uint32_t)sizeof(struct cht_plugin) + 8,
    .name = "abi-minor",
    .modify = modify,
};
