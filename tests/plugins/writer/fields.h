/* SPDX-License-Identifier: Apache-2.0 */
/* Any field of the spec, got and set by the plugin's setting `fields`. */
#ifndef TESTS_PLUGINS_WRITER_FIELDS_H
#define TESTS_PLUGINS_WRITER_FIELDS_H

#include <container-hooks/plugin.h>

int write_fields(struct cht_context *ctx);

#endif
