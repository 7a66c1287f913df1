/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containers-registries.d(5): where the signatures of a registry's images lie ("lookaside"), as
 * podman and skopeo have it. Of YAML as much is understood as these files need: keys and values a
 * line each, one within the other by their indentation; a file with more of it is refused.
 */
#ifndef CORE_POLICY_REGISTRIES_H
#define CORE_POLICY_REGISTRIES_H

#include "common/error.h"
#include "image/reference.h"

#define REGISTRIES_SIZE_MAX (256UL * 1024) /* bytes of a file */

struct registries {
  struct lookaside {
    char *scope; /* owned; NULL: of all ("default-docker") */
    char *url;   /* owned */
  } * items;     /* owned */
  size_t count;
};

/* Reads all files FOLDER/…yaml, by trust (common/trust.h). Without the folder there are none. */
int registries_read(const char *folder, struct registries *registries, struct error *err);

/* Adds what one file says. */
int registries_parse(const char *text, size_t length, const char *name,
                     struct registries *registries, struct error *err);
void registries_free(struct registries *registries);

#define cleanup_registries __attribute__((cleanup(registries_free)))

/* The lookaside of an image, by the most specific scope that has one; NULL: none. Borrowed. */
const char *registries_lookaside(const struct registries *registries,
                                 const struct reference *reference);

#endif
