/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that go into place together: all are written beside their places first, and only when all
 * of them are there is one after the other renamed, in the order in which they were added.
 *
 * So a full disk is found before anything has changed, programs that run are replaced (they go on
 * with the old file), there is no moment without a file, and a source that lies in its own place is
 * left alone.
 */
#ifndef CORE_CTK_DEPLOY_H
#define CORE_CTK_DEPLOY_H

#include "common/error.h"

#include <sys/types.h>

struct deploy_file {
  char *target; /* owned */
  char *staged; /* beside it; owned; NULL: it is in place */
};

struct deploy {
  struct deploy_file *files; /* owned */
  size_t count;
};

/* What a target is written as until it is in place; owned by the caller. Two must not deploy the
   same at once: see deploy_lock(). */
char *deploy_staged(const char *target);

/* Keeps others that do so out until the descriptor is closed; waits for them. */
int deploy_lock(const char *folder, struct error *err);

/* Each makes the folders that are missing on the way to the target. */
int deploy_copy(struct deploy *deploy, const char *source, const char *target, mode_t mode,
                struct error *err);
int deploy_text(struct deploy *deploy, const char *text, const char *target, mode_t mode,
                struct error *err);

int deploy_commit(struct deploy *deploy, struct error *err);

/* Makes a folder and those above it. */
int deploy_folder(const char *path, struct error *err);

/* Removes what has not come into place. */
void deploy_free(struct deploy *deploy);

#define cleanup_deploy __attribute__((cleanup(deploy_free)))

#endif
