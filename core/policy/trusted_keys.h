/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that a requirement of the policy names, loaded: whose signatures count. */
#ifndef CORE_POLICY_TRUSTED_KEYS_H
#define CORE_POLICY_TRUSTED_KEYS_H

#include "policy/gpg.h"
#include "policy/key.h"
#include "policy/policy.h"

struct trusted_keys {
  enum requirement_type type;
  struct key **keys; /* of REQUIREMENT_SIGSTORE; owned */
  size_t count;
  struct keyring keyring; /* of REQUIREMENT_GPG */
};

/* Files are opened by trust (common/trust.h). Every key must be there and sound: one that cannot be
   used fails all, as it does for podman. Those that want no signature have no keys. */
int trusted_keys_load(const struct requirement *requirement, struct trusted_keys *keys,
                      struct error *err);
void trusted_keys_free(struct trusted_keys *keys);

#define cleanup_trusted_keys __attribute__((cleanup(trusted_keys_free)))

#endif
