/* SPDX-License-Identifier: Apache-2.0 */
/* The files on disk against what an image says, by hand: verify-rootfs does it at each start. */
#ifndef CORE_CTK_IMAGE_FILES_H
#define CORE_CTK_IMAGE_FILES_H

#include "ctk/image_settings.h"
#include "image/image.h"

/*
 * Compares an image's layers and, if it is a container's, its mount and what lies above them.
 * Prints each difference, and each layer that cannot be compared; -1 if there is any. `word` is
 * what the user called it.
 */
int image_files_check(const struct image *image, const struct image_settings *settings,
                      const char *word, struct error *err);

#endif
