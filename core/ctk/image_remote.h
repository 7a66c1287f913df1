/* SPDX-License-Identifier: Apache-2.0 */
/* An image in a registry, as something to fetch or to sign. */
#ifndef CORE_CTK_IMAGE_REMOTE_H
#define CORE_CTK_IMAGE_REMOTE_H

#include "ctk/image_registry.h"
#include "ctk/image_subject.h"

struct remote {
  const struct registry *registry; /* borrowed */
  struct reference reference;
  struct subject subject; /* what the name leads to: a manifest or an index */
  struct manifest_source source;
};

/* `word` is a name, with or without "docker://". */
int remote_open(const struct registry *registry, const char *word, struct remote *remote,
                struct error *err);
void remote_close(struct remote *remote);

#define cleanup_remote __attribute__((cleanup(remote_close)))

#endif
