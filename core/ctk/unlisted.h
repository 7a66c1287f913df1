/* SPDX-License-Identifier: Apache-2.0 */
/* Plugins that no config lists -> a config that lists them, to try them before they are installed.
 */
#ifndef CORE_CTK_UNLISTED_H
#define CORE_CTK_UNLISTED_H

#include "common/error.h"

/* What such a config is called in messages. */
#define UNLISTED_NAME "command line"

/* True for what names a file rather than an entry: it has a slash or ends with ".so". */
bool unlisted_is_file(const char *word);

/* The name of the plugin in a file: the file's, without the ending. Owned by the caller. */
char *unlisted_plugin(const char *path);

/* Of several, without settings; `paths` is ended by NULL. *text is owned by the caller. */
int unlisted_config(const char *const *paths, char **text, struct error *err);

/* Of one; `settings` (KEY=VALUE) is ended by NULL. */
int unlisted_with_settings(const char *path, const char *const *settings, char **text,
                           struct error *err);

#endif
