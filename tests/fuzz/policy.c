/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy is refused with its place, or decides about every image by what it has.
 *
 * Covers: core/image/policy.c core/image/requirement.c core/image/scope.c
 * Covers: core/image/signed_identity.c
 */
#include "fuzz.h"

#include "image/policy.h"

static void find(const struct policy *policy, const char *name)
{
  struct error err;
  cleanup_reference struct reference reference;
  must(reference_parse(name, &reference, &err) == 0);
  const struct requirements *found = policy_find(policy, &reference);
  must(found != NULL && found->count > 0 && found->scope != NULL);
  for (size_t i = 0; i < found->count; i++) {
    free(signed_identity_text(&found->list[i].identity));
    signed_identity_matches(&found->list[i].identity, &reference, &reference);
    must(!signed_identity_matches(&found->list[i].identity, &reference, NULL));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  cleanup_policy struct policy *policy = NULL;
  if (policy_parse((const char *)bytes, length, "fuzz", &policy, &err) < 0) {
    must(text_starts(err.text, "fuzz:"));
    return 0;
  }
  find(policy, "127.0.0.1:5055/team/app:1");
  find(policy, "busybox");
  must(policy_find(policy, NULL) != NULL);
  return 0;
}
