/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stays behind when the plugin has decided: the hook that compares the layers on disk with the
 * image just before the container runs, and its plan (rootfs/plan.h).
 *
 * A plan is named by its own digest, so that no two containers share one but by being the same. It
 * is needed for as long as a create takes; those that are older are swept away by the next one.
 */
#ifndef PLUGINS_IMAGE_VERIFY_GUARD_H
#define PLUGINS_IMAGE_VERIFY_GUARD_H

#include "judgement.h"

/* Writes the plan, but in a dry run, and puts the hook in front of all others of createRuntime,
   pinned with root.path. Only for an image that a signature was asked of. */
int guard_install(struct cht_context *ctx, const struct settings *settings,
                  const struct judgement *judgement, struct error *err);

/* Could it be? */
int guard_check(const struct settings *settings, struct error *err);

#endif
