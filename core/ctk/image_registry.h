/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registries, by the program skopeo(1): it knows their protocol, credentials, certificates and
 * mirrors. Bytes go through it unchanged.
 */
#ifndef CORE_CTK_IMAGE_REGISTRY_H
#define CORE_CTK_IMAGE_REGISTRY_H

#include "common/error.h"

#define REGISTRY_PREFIX "docker://"

/* Handed on to skopeo. */
struct registry {
  const char *authfile; /* NULL: where it looks for itself; borrowed */
  bool tls_verify;
};

/* Each a line of a table of options. */
#define IMAGE_REGISTRY_OPTIONS(registry)                                                \
  {"authfile",           0,      OPTION_TEXT,                                           \
   &(registry).authfile, "FILE", "credentials, as skopeo and podman login write them"}, \
  {                                                                                     \
    "tls-verify", 0, OPTION_FLAG, &(registry).tls_verify, NULL,                         \
        "if =false, HTTP and any certificate will do (true)"                            \
  }

/* The bytes of a manifest or index, owned by the caller. -1 with errno ENOENT if the registry has
   none by this name. */
int registry_manifest(const struct registry *registry, const char *reference, char **bytes,
                      size_t *length, struct error *err);

/* Copies an image into a folder, which is made: its manifest.json, and its blobs, each called by
   the 64 digits of its digest (skopeo's transport dir:). errno as above. */
int registry_fetch(const struct registry *registry, const char *reference, const char *folder,
                   struct error *err);

/* The other way. */
int registry_push(const struct registry *registry, const char *folder, const char *reference,
                  struct error *err);

#endif
