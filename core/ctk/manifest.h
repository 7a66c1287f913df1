/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `install` has put where, so that `uninstall` removes that and nothing else: not what a
 * package brought, nor the plugins of others. A file below the prefix, a path a line.
 */
#ifndef CORE_CTK_MANIFEST_H
#define CORE_CTK_MANIFEST_H

#include "common/error.h"

/*
 * The prefix as paths begin with it, behind all links and without slashes at its end ("" for "/");
 * *prefix is owned by the caller. One whose folders lead to those of another, as / where /bin is
 * /usr/bin, is refused: what is there belongs to that.
 */
int manifest_prefix(const char *named, char **prefix, struct error *err);

/* Where it is; owned by the caller. */
char *manifest_path(const char *prefix);

/* The paths that it lists, ended by NULL; owned by the caller (each, and the list). Those that do
   not lie below the prefix are refused. NULL after an error; with errno ENOENT there is none. */
char **manifest_read(const char *prefix, struct error *err);

void manifest_paths_free(char **paths);

static inline void cleanup_manifest_pathsp(char ***paths)
{
  manifest_paths_free(*paths);
}

#define cleanup_manifest_paths __attribute__((cleanup(cleanup_manifest_pathsp)))

#endif
