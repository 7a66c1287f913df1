/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containers-policy.json(5): the admin's word on which images may run. The strict subset that can
 * be honoured offline: a file that asks for more (fulcio, pki, rekor, …) is refused as a whole,
 * since to leave a requirement out would be to weaken it. The same file keeps working for podman
 * and skopeo.
 *
 * Images of all engines are looked up under the transport "docker". Other transports say how images
 * are copied, not how they run: they may be there with the scope "", and are read, but decide
 * nothing here.
 */
#ifndef CORE_POLICY_POLICY_H
#define CORE_POLICY_POLICY_H

#include "policy/signed_identity.h"

#define POLICY_DEFAULT "/etc/containers/policy.json"
#define POLICY_SIZE_MAX (1024UL * 1024) /* bytes */
#define POLICY_REQUIREMENTS_MAX 32      /* of one scope */
#define POLICY_KEYS_MAX 64              /* of one requirement */

enum requirement_type {
  REQUIREMENT_REJECT,
  REQUIREMENT_ACCEPT,   /* insecureAcceptAnything */
  REQUIREMENT_SIGSTORE, /* sigstoreSigned */
  REQUIREMENT_GPG,      /* signedBy */
};

struct key_source {
  char *name;  /* for messages: the file's path, or where in the policy the key stands; owned */
  char *bytes; /* of the policy itself; owned; NULL: the file `name` has them */
  size_t length;
};

struct requirement {
  enum requirement_type type;
  char *place;             /* "FILE:LINE:COLUMN"; owned */
  struct key_source *keys; /* of the two that want a signature: by any of these keys; owned */
  size_t key_count;
  struct signed_identity identity;
};

/* All of which must be satisfied; there is at least one. */
struct requirements {
  char *scope; /* "docker 127.0.0.1:5055/team", "docker" for its scope "", "default"; owned */
  struct requirement *list;
  size_t count;
};

struct policy; /* parsed */

/* Opens by trust (common/trust.h). Keys are not opened yet: one that is missing, as one that was
   revoked is, stops the images that need it only. -1 with errno ENOENT when there is no file. */
int policy_read(const char *path, struct policy **policy, struct error *err);

int policy_parse(const char *bytes, size_t length, const char *name, struct policy **policy,
                 struct error *err);
void policy_free(struct policy *policy);

static inline void cleanup_policyp(struct policy **policy)
{
  policy_free(*policy);
}

#define cleanup_policy __attribute__((cleanup(cleanup_policyp)))

/* The file's name, for messages; borrowed. */
const char *policy_name(const struct policy *policy);

/* What an image falls under: the most specific scope alone, whatever the more general ones say.
   NULL is an image without a name. Borrowed. */
const struct requirements *policy_find(const struct policy *policy,
                                       const struct reference *reference);

/* Can every key in it be used? For those who check a policy before it is needed; a policy that
   fails this may still decide about images that need other keys. */
int policy_check_keys(const struct policy *policy, struct error *err);

#endif
