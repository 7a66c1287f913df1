/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sigstore bundles, version 0.3, with a DSSE envelope that was signed by a key: what cosign 3
 * attaches to images (cosign's BUNDLE_SPEC.md; sigstore's protobuf-specs; DSSE's protocol.md).
 *
 * In it is an in-toto statement whose subject is the manifest's digest. A name of the image is
 * optional there, and cosign 3 leaves it out: such a bundle says of no image which it is, so that
 * no signedIdentity of a policy can be satisfied by it. Where the subject has a name, that is what
 * was signed.
 *
 * Entries of a transparency log and timestamps are not looked at: a policy that asks for them is
 * refused (policy/policy.h). Bundles with a certificate in place of a key are refused.
 */
#ifndef CORE_POLICY_SIGSTORE_BUNDLE_H
#define CORE_POLICY_SIGSTORE_BUNDLE_H

#include "common/error.h"
#include "image/reference.h"

#define SIGSTORE_BUNDLE_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"

/* The envelope; nothing in it is verified. */
struct sigstore_bundle {
  char *payload_type; /* owned, as all here */
  char *payload;
  size_t payload_length;
  char *signature;
  size_t signature_length;
};

int sigstore_bundle_parse(const char *bytes, size_t length, const char *name,
                          struct sigstore_bundle *bundle, struct error *err);
void sigstore_bundle_free(struct sigstore_bundle *bundle);

#define cleanup_sigstore_bundle __attribute__((cleanup(sigstore_bundle_free)))

/* The bytes that the signature is over (DSSE's pre-authentication encoding); owned by the caller.
 */
char *sigstore_bundle_signed_bytes(const struct sigstore_bundle *bundle, size_t *length);

/* What the statement says. Only after the signature was verified. */
struct statement {
  struct digest digest;
  struct reference reference; /* its repository is NULL if the subject has no name */
};

int sigstore_bundle_statement(const struct sigstore_bundle *bundle, const char *name,
                              struct statement *statement, struct error *err);
void statement_free(struct statement *statement);

#define cleanup_statement __attribute__((cleanup(statement_free)))

#endif
