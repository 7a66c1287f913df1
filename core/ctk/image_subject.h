/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed: a manifest or an index, and the name that it is signed under. */
#ifndef CORE_CTK_IMAGE_SUBJECT_H
#define CORE_CTK_IMAGE_SUBJECT_H

#include "ctk/image_find.h"
#include "image/reference.h"
#include "image/store.h"

/* Texts that describe images, as they are read from somewhere. */
struct subject {
  struct digest digest; /* of what is signed */
  struct digest config; /* the image's id; "" for an index */
  char *bytes;          /* the manifest or index; owned */
  size_t length;
  char *name; /* the image's, in full; owned; NULL: none is known */
  bool made;  /* the engine has no manifest: this was made of what it has */
};

/*
 * The manifest of an image in an engine: as the engine has it, or the trust store (NULL: there is
 * none), or else made anew.
 */
int subject_of_image(const struct image_place *place, const struct store *store, const char *word,
                     struct subject *subject, struct error *err);

/* The manifest or index that an OCI layout's index.json lists under a tag ("DIR:TAG"), or the only
   one ("DIR"). */
int subject_of_layout(const char *word, struct subject *subject, struct error *err);

void subject_free(struct subject *subject);

#define cleanup_subject __attribute__((cleanup(subject_free)))

#endif
