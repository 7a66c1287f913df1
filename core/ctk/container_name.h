/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What users call a container, by its engine's own records: docker's config.v2.json, and the table
 * of containers/storage, in which podman and CRI-O have the names, too. With ctr and the CRI a
 * container's id is its name.
 */
#ifndef CORE_CTK_CONTAINER_NAME_H
#define CORE_CTK_CONTAINER_NAME_H

#include "image/image.h"

/* The id of the container of this name in a data root; owned by the caller, NULL: there is none.
   Docker's containers of which nothing can be read have none. */
int container_named(enum image_engine engine, const char *root, const char *name, char **id,
                    struct error *err);

#endif
