/* SPDX-License-Identifier: Apache-2.0 */
/* What containerd's files say: how each version of the file spells it, and what is in force. */
#ifndef CORE_CTK_ENGINES_CONTAINERD_VIEW_H
#define CORE_CTK_ENGINES_CONTAINERD_VIEW_H

#include "ctk/engines/layers.h"

#define CONTAINERD_FILE "/etc/containerd/config.toml" /* where it is, unless it is told */
#define CONTAINERD_BUILT_IN "runc"
#define CONTAINERD_TYPE "io.containerd.runc.v2"
#define CONTAINERD_DROP_INS 3 /* the first version of the file whose tables are merged */

extern const char *const containerd_version_path[], *const containerd_imports_path[];

/* The version that a file has; one that does not say so has 1. */
long containerd_version(const struct toml *toml);

/* The same of a text; 0 if it says nothing at all. */
int containerd_read_version(const char *text, const char *path, long *version, struct error *err);

/* Paths in a version of the file, for a runtime's name; all ended by NULL. */
struct containerd_names {
  const char *standard[5];    /* default_runtime_name */
  const char *snapshotter[5]; /* of all runtimes that have none of their own */
  const char *runtimes[5], *built_in[6], *table[6], *options[7], *binary[8];
};

struct containerd_names containerd_names_of(long version, const char *name);

/* A pattern in `imports`, which counts from the folder of the file that it stands in; owned by the
   caller. */
char *containerd_pattern(const char *path, const char *pattern);

/* Does the text, the root file's, import the file `path`? */
bool containerd_imports(const char *root, const char *text, const char *path);

/* The root, and what it imports, in containerd's order: imports over the file that names them. */
int containerd_layers(const struct engine_files *files, struct layers *layers, struct error *err);

/* The default runtime's name, owned by the caller, and where it is set ("FILE:LINE", owned by the
   caller, unchanged if it is built in; `place` may be NULL). */
char *containerd_default(const struct layers *layers, char **place);

/* What all files together say of a runtime. */
void containerd_collect(const struct layers *layers, const char *name, struct toml_keys *keys,
                        struct toml_keys *options);

/* The value of a key that is a string; owned by the caller, NULL if there is none. */
char *containerd_string(const struct toml_keys *keys, const char *key);

/* We can stand in front of what runc's shim runs, of nothing else. */
bool containerd_is_runc_class(const struct toml_keys *keys);

/* As `storage` of struct engine: by its files. */
int containerd_storage(const struct engine_request *request, const struct engine_files *files,
                       struct engine_storage *storage, struct error *err);

/* Has containerd itself, if it is installed, read the files' texts, before they are on disk. */
int containerd_check(const struct engine_request *request, const struct engine_files *files,
                     struct error *err);

/* As `ask` of struct engine: by `containerd config dump`, and by when the process was started. */
int containerd_ask(const struct engine_request *request, const struct engine_files *files,
                   struct engine_view *view, struct error *err);

#endif
