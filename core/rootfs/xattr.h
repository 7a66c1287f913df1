/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes (xattr(7)) of a file in a layer, against those that the image gives it. */
#ifndef CORE_ROOTFS_XATTR_H
#define CORE_ROOTFS_XATTR_H

#include "rootfs/layer.h"

#include <sys/stat.h>

#define XATTR_OPAQUE "trusted.overlay.opaque"

/*
 * `fd` may have been opened by O_PATH. Reports each attribute that differs, is missing, or is there
 * and should not be, but for
 *
 *   - labels that the host gives its files: SELinux, Smack, IMA, EVM;
 *   - what overlayfs notes of a folder that it once wrote to, and which hides and shows nothing;
 *   - the mark of opaque folders, which xattr_is_opaque is for;
 *   - a capability that is missing on a file of several hard links: docker and containerd set the
 *     owner again when they make the later links, and that clears it. (Toleration
 * "link-capability".)
 */
int xattr_compare(struct layer *layer, const struct tar_entry *entry, int fd,
                  const struct stat *status, struct error *err);

/* The same for what the image does not list: it may have none. */
int xattr_expect_none(struct layer *layer, const char *path, int fd, struct error *err);

/* The same for a folder that the image does not list, or that was copied from the layers below: it
   may have those of the folder there. */
int xattr_expect_below(struct layer *layer, const char *path, int fd, struct error *err);

/* fgetxattr(2), also of a descriptor opened by O_PATH. */
ssize_t xattr_get(int fd, const char *name, void *value, size_t size);

/* Is the folder marked as opaque? `fd` is open for reading. *valid: it is marked as overlayfs marks
   it, or not at all. */
bool xattr_is_opaque(int fd, bool *valid);

/* Does the entry itself bring the mark, as an attribute? */
bool xattr_makes_opaque(const struct tar_entry *entry);

#endif
