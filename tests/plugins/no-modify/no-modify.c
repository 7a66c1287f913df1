/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin that cannot modify. */
#include <container-hooks/plugin.h>

CHT_PLUGIN(.name = "no-modify");
