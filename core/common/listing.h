/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a folder that an admin fills (conf.d, patches.d): which, and in which order. */
#ifndef CORE_COMMON_LISTING_H
#define CORE_COMMON_LISTING_H

#include "common/error.h"

struct listing {
  char **names; /* owned */
  size_t count;
};

/*
 * Opens a folder by trust (common/trust.h) and lists the names in it that end in `suffix`, ordered
 * by their bytes. Those that begin with a dot are left out: editors put their copies there. More
 * than `max` are an error. Returns -1 on failure; when there is no such folder, trust_is_missing()
 * says so right afterwards.
 */
int listing_read(struct listing *listing, const char *folder, const char *suffix, size_t max,
                 struct error *err);

void listing_free(struct listing *listing);

#define cleanup_listing __attribute__((cleanup(listing_free)))

#endif
