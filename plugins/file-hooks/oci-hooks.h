/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders of oci-hooks(5) files, for engines that read none: a hook a file, with the stages and the
 * conditions under which it is added. Versions 1.0.0 and 0.1.0; what a condition means is said in
 * spec/when.h.
 */
#ifndef PLUGINS_FILE_HOOKS_OCI_HOOKS_H
#define PLUGINS_FILE_HOOKS_OCI_HOOKS_H

#include "rule.h"

#define OCI_HOOKS_MAX 1000 /* *.json files in a folder */

/*
 * Adds a rule for each *.json file of the folders (ended by NULL), ordered by name without regard
 * to the case of ASCII letters. A file masks those of the same name in earlier folders, which are
 * then not read. A folder that is not there is logged.
 */
int oci_hooks_read(struct cht_context *ctx, const char *const *folders, struct rules *rules);

#endif
