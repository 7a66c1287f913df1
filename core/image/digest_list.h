/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_IMAGE_DIGEST_LIST_H
#define CORE_IMAGE_DIGEST_LIST_H

#include "image/digest.h"

struct digest_list {
  struct digest *items; /* owned */
  size_t count;
};

/* Adds a digest that is not there yet; copied. */
void digest_list_add(struct digest_list *list, const struct digest *digest);
bool digest_list_has(const struct digest_list *list, const struct digest *digest);
void digest_list_free(struct digest_list *list);

#define cleanup_digest_list __attribute__((cleanup(digest_list_free)))

#endif
