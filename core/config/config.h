/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.cfg, a profile laid over it, and conf.d -> what the runtime shall do.
 * The format is described in container-hooks.cfg(5).
 */
#ifndef CORE_CONFIG_CONFIG_H
#define CORE_CONFIG_CONFIG_H

#include "common/error.h"
#include "common/log.h"

#include <libconfig.h>

#define CONFIG_SIZE_MAX (1024UL * 1024) /* bytes a file */
#define CONFIG_FILES_MAX 256            /* files in conf.d */
#define CONFIG_PLUGINS_MAX 64           /* entries in all; the front counts them in a 64-bit set */
#define CONFIG_RUNTIMES_MAX 16
#define CONFIG_TIMEOUT_DEFAULT 10 /* seconds */
#define CONFIG_TIMEOUT_MAX 3600

/* An entry of the list `plugins`. Texts are borrowed from the config. */
struct config_plugin {
  const char *name;
  const char *path; /* absolute; of the .so */
  bool enabled, required;
  const config_setting_t *settings; /* a group; NULL if there are none */
  const config_setting_t *when;     /* a group: which containers it is for; NULL: all */
  const char *file;                 /* where the entry stands; "(default)" if in no file */
  unsigned line;                    /* 0 if in no file */
  char *default_path;               /* owned; NULL if the entry has a path of its own */
};

struct config_file; /* one that was read and parsed */

struct config {
  char *path;           /* of config.cfg, whether it exists or not; owned; NULL in the defaults */
  const char *log_file; /* "" for none */
  enum log_level log_level;
  const char *runtimes[CONFIG_RUNTIMES_MAX + 1]; /* ended by NULL */
  int plugin_timeout;                            /* seconds */
  const char *plugin_dir;
  const char *ctk_path;
  struct config_plugin plugins[CONFIG_PLUGINS_MAX];
  size_t plugin_count;
  bool without_conf_d;       /* the profile lists all plugins: those of conf.d are left out */
  struct config_file *files; /* owned; all texts above live in them or are constants */
};

/* What to read. All texts are borrowed, and plugin_dir for as long as the config is used. */
struct config_source {
  const char *path;       /* config.cfg; NULL: as config_path() says */
  const char *text;       /* what it holds, if that is no file's: `path` is then its name only */
  const char *profile;    /* the NAME of profiles/NAME.cfg beside it; NULL: none */
  const char *plugin_dir; /* where plugins lie unless the file says otherwise */
  bool with_conf_d;       /* conf.d/(*).cfg too: only who runs the plugins needs it */
};

/*
 * The file to read: $CONTAINER_HOOKS_CONFIG; else, rootless, container-hooks/config.cfg below
 * $XDG_CONFIG_HOME (or $HOME/.config) if it is there; else the system's. Owned by the caller.
 * What the variable says is returned as it is; config_load() refuses a path that is not absolute.
 */
char *config_path(void);

/* The caller's own, rootless, whether it is there or not; NULL if there can be none. Owned by the
   caller. */
char *config_user_path(void);

/* A file in the folder of config.cfg; owned by the caller. */
char *config_beside(const char *config_path, const char *name);

/* The defaults alone, without plugins: what a runtime falls back to that must go on. Owns nothing;
   no file is looked at. */
void config_defaults(struct config *config, const struct config_source *source);

/*
 * Reads the config into *config, whatever that held before (nothing of it is freed). A file without
 * `plugins` lists none. A missing file means the defaults with file-hooks as only plugin, unless
 * $CONTAINER_HOOKS_CONFIG named it, or the original's config.toml lies there in its place: an error
 * that names `config --from`. On failure *config holds the defaults, and the path that was to be
 * read; the error reads "FILE:LINE: cause".
 */
int config_load(struct config *config, const struct config_source *source, struct error *err);

void config_free(struct config *config);

#define cleanup_config __attribute__((cleanup(config_free)))

#endif
