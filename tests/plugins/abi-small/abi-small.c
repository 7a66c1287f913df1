/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin whose struct is smaller than that of 1.0. */
#include <container-hooks/plugin.h>

static int modify(struct cht_context *ctx)
{
  (void)ctx;
  return 0;
}

const struct cht_plugin cht_plugin = {
    .abi = CHT_ABI,
    .size = (uint32_t)offsetof(struct cht_plugin, check),
    .name = "abi-small",
    .modify = modify,
};
