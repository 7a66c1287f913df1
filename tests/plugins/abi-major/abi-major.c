/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin for another major version of the interface. */
#include <container-hooks/plugin.h>

static int modify(struct cht_context *ctx)
{
  (void)ctx;
  return 0;
}

const struct cht_plugin cht_plugin = {
    .abi = (uint32_t)(CHT_ABI_MAJOR + 1) << 16,
    .size = (uint32_t)sizeof(struct cht_plugin),
    .name = "abi-major",
    .modify = modify,
};
