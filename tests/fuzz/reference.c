/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of images: what a name is said to be in full is the same once more, and falls under scopes
 * that begin with itself.
 *
 * Covers: core/image/reference.c core/policy/scope.c
 */
#include "fuzz.h"

#include "policy/scope.h"

static void expect_same_again(const struct reference *reference)
{
  struct error err;
  cleanup_reference struct reference again = {.repository = NULL};
  cleanup_free char *text = reference_text(reference);
  must(reference_parse(text, &again, &err) == 0);
  must(text_equal(again.repository, reference->repository));
  must((again.tag == NULL) == (reference->tag == NULL));
  must(again.tag == NULL || text_equal(again.tag, reference->tag));
  must(text_equal(again.digest.text, reference->digest.text));
  must(reference_is_repository(reference->repository));
}

static void expect_scopes(const struct reference *reference)
{
  cleanup_scopes char **scopes = scope_list(reference);
  size_t count = 0;
  for (; scopes[count] != NULL; count++) {
    must(scope_wrong(scopes[count]) == NULL);
    /* A repository, what it lies in and its registry are each the beginning of the name. */
    must(scopes[count][0] == '*' || text_starts(scopes[count], reference->repository) ||
         text_starts(reference->repository, scopes[count]));
  }
  must(count >= 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  cleanup_reference struct reference reference = {.repository = NULL};
  cleanup_free char *text = fuzz_text(bytes, length), *typed = reference_typed(text);
  scope_wrong(text);
  reference_is_domain(text);
  if (reference_parse(text, &reference, &err) < 0) {
    must(err.text[0] == '\'' && typed == NULL && reference.repository == NULL);
    return 0;
  }
  must(strlen(reference.repository) <= REFERENCE_NAME_MAX);
  must(reference.tag == NULL || strlen(reference.tag) <= REFERENCE_TAG_MAX);
  expect_same_again(&reference);
  expect_scopes(&reference);
  cleanup_free char *twice = typed != NULL ? reference_typed(typed) : NULL;
  must(typed == NULL || text_equal(typed, twice));
  return 0;
}
