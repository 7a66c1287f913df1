/* SPDX-License-Identifier: Apache-2.0 */
/* A container that is none: a spec such as engines write, in a bundle of its own, to try plugins
 * on.
 */
#ifndef CORE_CTK_SAMPLE_H
#define CORE_CTK_SAMPLE_H

#include "ctk/trial.h"

struct sample {
  char *bundle, *rootfs; /* owned */
};

/* Makes the bundle, with an empty root file system. */
int sample_open(struct sample *sample, struct error *err);

/* Gives a trial the container; all of it is borrowed from `sample`. */
void sample_lend(const struct sample *sample, struct trial_request *request);

/* Removes the bundle. */
void sample_close(struct sample *sample);

#define cleanup_sample __attribute__((cleanup(sample_close)))

#endif
