/* SPDX-License-Identifier: Apache-2.0 */
/* OCI layouts: folders with images, as `skopeo copy … oci:DIR:TAG` makes them (OCI image spec,
   image-layout.md). */
#ifndef CORE_CTK_IMAGE_LAYOUT_H
#define CORE_CTK_IMAGE_LAYOUT_H

#include "ctk/image_subject.h"

#define LAYOUT_PREFIX "oci:"

struct layout {
  char *folder; /* owned */
  struct subject subject;
  struct manifest_source source;
};

/* "oci:DIR:TAG" is what the layout lists under that tag, "oci:DIR" the only one that it lists. */
int layout_open(const char *word, struct layout *layout, struct error *err);
void layout_close(struct layout *layout);

#define cleanup_layout __attribute__((cleanup(layout_close)))

#endif
