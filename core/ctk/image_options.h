/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of `image` have in common: their options, and the files that they are given. */
#ifndef CORE_CTK_IMAGE_OPTIONS_H
#define CORE_CTK_IMAGE_OPTIONS_H

#include "ctk/command.h"
#include "ctk/image_settings.h"
#include "image/digest_list.h"
#include "policy/store.h"

/* Each a line of a table of options. */
#define IMAGE_STORE_OPTION(variable)                                                      \
  {                                                                                       \
    "store", 0, OPTION_TEXT, &(variable), "DIR", "the trust store, if not image-verify's" \
  }
#define IMAGE_ENGINE_OPTIONS(place)                                                     \
  {"engine",        0,        OPTION_TEXT,                                              \
   &(place).engine, "ENGINE", "only this one: docker, containerd, crio or podman"},     \
  {                                                                                     \
    "root", 0, OPTION_TEXT, &(place).root, "DIR", "its data root, if not the usual one" \
  }
#define IMAGE_NO_MORE_OPTIONS              \
  {                                        \
    NULL, 0, OPTION_FLAG, NULL, NULL, NULL \
  }

/* A usage error unless there are from `min` to `max` operands. */
int image_check_words(const struct ctk_command *self, char **words, size_t min, size_t max,
                      struct error *err);

/* store_open, and an error that says how a store comes to be. */
int image_open_store(const char *path, struct store **store, struct error *err);

/* Any regular file; its bytes are owned by the caller. */
int image_read_file(const char *path, size_t limit, char **bytes, size_t *length,
                    struct error *err);

/* Parses "sha256:…", or the beginning of one that the store has. */
int image_find_digest(const struct store *store, const char *word, struct digest *digest,
                      struct error *err);

#endif
