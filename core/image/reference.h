/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of images, as docker and podman understand them (distribution reference grammar): what a
 * user typed -> the one full name that policies and signatures speak of.
 *
 *     app:1                    docker.io/library/app:1
 *     team/app@sha256:…        docker.io/team/app@sha256:…
 *     127.0.0.1:5055/app:1     127.0.0.1:5055/app:1
 */
#ifndef CORE_IMAGE_REFERENCE_H
#define CORE_IMAGE_REFERENCE_H

#include "common/error.h"
#include "image/digest.h"

#define REFERENCE_NAME_MAX 255 /* bytes of domain and path (distribution reference) */
#define REFERENCE_TAG_MAX 128

struct reference {
  char *repository;     /* domain and path, "docker.io/library/app"; owned */
  char *tag;            /* owned; NULL: none */
  struct digest digest; /* "" for none */
};

/*
 * Parses and normalises. Without tag and digest there is neither; "latest" is not put in. What is
 * 64 hexadecimal digits is an image's id and no name, and refused, as are upper-case paths, digests
 * that are not SHA-256, and whatever the grammar does not have.
 */
int reference_parse(const char *text, struct reference *reference, struct error *err);

/* "REPOSITORY[:TAG][@DIGEST]"; owned by the caller. */
char *reference_text(const struct reference *reference);

/* The full name of what a user typed, "latest" put in where there is neither tag nor digest, as the
   engines do; owned by the caller. NULL if it is no name, but an id or a digest. */
char *reference_typed(const char *text);

void reference_free(struct reference *reference);

#define cleanup_reference __attribute__((cleanup(reference_free)))

/* Is it a valid repository with a domain, "host[:port]/path"? For scopes and identities, where
   nothing is filled in. */
bool reference_is_repository(const char *text);

/* Is it a host[:port] that a name's first component is taken for a registry by? */
bool reference_is_domain(const char *text);

#endif
