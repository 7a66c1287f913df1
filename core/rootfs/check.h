/* SPDX-License-Identifier: Apache-2.0 */
/* A whole plan: the mount, every layer, and what lies above them. */
#ifndef CORE_ROOTFS_CHECK_H
#define CORE_ROOTFS_CHECK_H

#include "rootfs/differences.h"
#include "rootfs/plan.h"
#include "rootfs/progress.h"
#include "rootfs/upper.h"

#define CHECK_THREADS_MAX 4    /* by itself */
#define CHECK_THREADS_LIMIT 64 /* if somebody says so */

/* How the line of what could not be checked begins, where others say which layer. */
#define CHECK_CANNOT "cannot verify"

struct check_options {
  unsigned threads; /* 0: as many as there are processors, at most CHECK_THREADS_MAX */
  enum upper_rule upper;
  bool believe_fingerprints; /* rootfs/fingerprint.h: not to read again what was not written to */
  const char *mountinfo;     /* NULL: /proc/self/mountinfo */
  bool lenient;              /* the container will start whatever is found */
  bool running; /* it has started already, and no start is noted: what it has written since is held
                   to UPPER_NO_SHADOW only */
  struct differences *written; /* where a running container may write what it likes: what of that
                                  UPPER_NO_SHADOW would not have; borrowed; NULL: nobody asks */
  const char
      *state; /* rootfs/state_folder.h; borrowed; NULL: nothing is kept, and nothing has started */
  progress_tell *progress; /* rootfs/progress.h; NULL: nobody is told */
};

/*
 * Checks all of a container's plan. What differs goes to the found, and so does what could not be
 * checked: no difference is the only good end.
 */
void check_container(const struct plan *plan, const struct check_options *options,
                     struct differences *found);

/* Only the layers: those of an image. */
void check_layers(const struct plan *plan, const struct check_options *options,
                  struct differences *found);

#endif
