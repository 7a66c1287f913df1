/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trust store: manifests, indexes and signatures of images, put there by `container-hooks-ctk
 * image` so that no network is needed when a container starts. Only root may write it, but nothing
 * in it needs to be believed: every file is of the digest that it is named by, or a signature that
 * is verified.
 *
 *     STORE/sha256/HEX/manifest         the bytes of the manifest or index of this digest
 *     STORE/sha256/HEX/signature-HEX    a signature over it, in a form of policy/signature.h, named
 *                                       by its own digest
 *     STORE/by-config/HEX/HEX           empty: of which config which manifests are
 *     STORE/by-manifest/HEX/HEX         empty: by which indexes a manifest is listed
 *
 * The last two only say where to look. A file is written beside its place, synced and renamed:
 * who reads needs no lock, and a crash leaves nothing half.
 */
#ifndef CORE_POLICY_STORE_H
#define CORE_POLICY_STORE_H

#include "image/digest_list.h"
#include "policy/signature_blobs.h"

#define STORE_DEFAULT "/var/lib/container-hooks/trust"
#define STORE_ENTRIES_MAX 4096 /* digests in one folder that are looked at */

struct store; /* opened */

/* -1 with errno ENOENT when there is none. The folder and those above must be root's alone
   (common/trust.h). */
int store_open(const char *path, struct store **store, struct error *err);

/* The same to write to; made, with the folders above it, if it is not there. */
int store_create(const char *path, struct store **store, struct error *err);
void store_close(struct store *store);

static inline void cleanup_storep(struct store **store)
{
  store_close(*store);
}

#define cleanup_store __attribute__((cleanup(cleanup_storep)))

const char *store_path(const struct store *store); /* borrowed */

/* --- reading: nothing there is no error ----------------------------------------------------- */

/* Manifests that are said to have this config; indexes that are said to list this manifest; and
   all that a manifest or a signature is there for. All are added, in the order of their names. */
int store_manifests_of(const struct store *store, const struct digest *config,
                       struct digest_list *list, struct error *err);
int store_indexes_of(const struct store *store, const struct digest *manifest,
                     struct digest_list *list, struct error *err);
int store_list(const struct store *store, struct digest_list *list, struct error *err);

/* The bytes of a manifest or index, of the right digest; owned by the caller. -1 with errno ENOENT
   if it is not there. */
int store_manifest(const struct store *store, const struct digest *digest, char **bytes,
                   size_t *length, struct error *err);

/* Adds those over a digest. One that cannot be read is an error: it is ours. */
int store_signatures(const struct store *store, const struct digest *digest,
                     struct signature_blobs *blobs, struct error *err);

/* --- writing -------------------------------------------------------------------------------- */

/* Adds a manifest or index, after it was parsed; *digest is that of its bytes. Adding what is there
   already changes nothing, here and below. */
int store_add_manifest(struct store *store, const char *bytes, size_t length, struct digest *digest,
                       struct error *err);

/* Adds a signature over a digest, in one of the forms of policy/signature.h (it must parse; whether
   it is good is the policy's business). Its manifest need not be there. An error with errno EBADMSG
   if it does not parse, or is one too many: the others can be added all the same. */
int store_add_signature(struct store *store, const struct digest *digest, const char *bytes,
                        size_t length, struct error *err);

/* Removes a manifest or index, all signatures over it, and what leads to it. -1 with errno ENOENT
   if nothing was there. */
int store_remove(struct store *store, const struct digest *digest, struct error *err);

/* Removes one signature; `signature` is the digest of its bytes. */
int store_remove_signature(struct store *store, const struct digest *digest,
                           const struct digest *signature, struct error *err);

#endif
