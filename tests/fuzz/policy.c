/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy is refused with its place, or decides about every image by what it has.
 *
 * Covers: core/policy/policy.c core/policy/requirement.c
 * Covers: core/policy/signed_identity.c
 */
#include "folder.h"

#include "policy/policy.h"

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
    signed_identity_matches(&found->list[i].identity, NULL, &reference);
    must(!signed_identity_matches(&found->list[i].identity, &reference, NULL));
  }
}

/* The file says the same as its bytes. */
static void read_as_file(const uint8_t *bytes, size_t length, bool good)
{
  struct error err;
  cleanup_policy struct policy *policy = NULL;
  cleanup_free char *path = fuzz_path("policy.json");
  must(fuzz_write("policy.json", bytes, length));
  must((policy_read(path, &policy, &err) == 0) == good && (policy != NULL) == good);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  cleanup_policy struct policy *policy = NULL;
  if (policy_parse((const char *)bytes, length, "fuzz", &policy, &err) < 0) {
    must(text_starts(err.text, "fuzz:"));
    read_as_file(bytes, length, false);
    return 0;
  }
  find(policy, "127.0.0.1:5055/team/app:1");
  find(policy, "busybox");
  must(text_equal(policy_name(policy), "fuzz"));
  if (policy_check_keys(policy, &err) < 0)
    must(err.text[0] != '\0');
  must(policy_find(policy, NULL) != NULL);
  read_as_file(bytes, length, true);
  return 0;
}
