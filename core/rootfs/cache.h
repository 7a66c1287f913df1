/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What earlier checks leave for later ones, in a folder that only root can look into:
 *
 *     STATE/records/HEX.gz   a tar-split record made of the blob of the layer with this diff id. It
 *                            need not be believed: what is made with it is of the diff id, or not.
 *     STATE/seen/HEX         the fingerprint of the folder that this layer was found in and found
 *                            good. It is believed, where the admin wants that.
 */
#ifndef CORE_ROOTFS_CACHE_H
#define CORE_ROOTFS_CACHE_H

#include "common/error.h"
#include "image/digest.h"

struct cache;

/* NULL if the folder cannot be made or is not only root's; then nothing is kept. */
struct cache *cache_open(const char *state);
void cache_close(struct cache *cache);

/* --- records ---------------------------------------------------------------------------------- */

/* Where the layer's record is or would be; owned by the caller. */
char *cache_record_path(const struct cache *cache, const struct digest *diff_id);

/* A record that is there was used just now: those that are not for long are removed. */
bool cache_has_record(const struct cache *cache, const struct digest *diff_id);

/* Begins a record: a descriptor for writing, and the name that cache_keep_record gives its right
   place or, if !keep, removes; the name is owned by the caller and freed by that. -1 if it cannot.
 */
int cache_begin_record(const struct cache *cache, const struct digest *diff_id, char **name);
void cache_end_record(const struct cache *cache, const struct digest *diff_id, char *name,
                      bool keep);

/* --- fingerprints ----------------------------------------------------------------------------- */

/* Was the layer found good in the folder that has this fingerprint? */
bool cache_has_seen(const struct cache *cache, const struct digest *diff_id,
                    const struct digest *fingerprint);
void cache_note_seen(const struct cache *cache, const struct digest *diff_id,
                     const struct digest *fingerprint);

#endif
