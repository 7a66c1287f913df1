/* SPDX-License-Identifier: Apache-2.0 */
/* Sigstore bundles: one that cosign's and sigstore's own code accepts, and such as must be refused.
 */
#include "policy/sigstore_bundle.h"

#include "common/base64.h"
#include "policy/key.h"
#include "samples.h"

TestSuite(sigstore_bundle);

#define D "dd370a40c5ccdc981eff95b149430668d84810b5471828e8890da2be32eec052"

static void parse_sample(struct sigstore_bundle *bundle)
{
  size_t length;
  struct error err = {.text = ""};
  cleanup_free char *bytes = read_sample("cosign-bundle-v03/bundle.json", &length);
  cr_assert_eq(sigstore_bundle_parse(bytes, length, "b", bundle, &err), 0, "%s", err.text);
}

Test(sigstore_bundle, a_real_one)
{
  cleanup_sigstore_bundle struct sigstore_bundle bundle;
  cleanup_key struct key *key = NULL;
  struct statement statement;
  struct error err = {.text = ""};
  size_t length, expected_length, pem_length;
  parse_sample(&bundle);
  cleanup_free char *bytes = sigstore_bundle_signed_bytes(&bundle, &length);
  cleanup_free char *expected = read_sample("cosign-bundle-v03/pae.bin", &expected_length);
  cr_assert_eq(length, expected_length);
  cr_expect_eq(memcmp(bytes, expected, length), 0);

  cleanup_free char *pem = read_sample("cosign-simple/cosign.pub", &pem_length);
  cr_assert_eq(key_parse(pem, pem_length, "k", &key, &err), 0, "%s", err.text);
  cr_expect(key_verify(key, bytes, length, bundle.signature, bundle.signature_length));

  cr_assert_eq(sigstore_bundle_statement(&bundle, "b", &statement, &err), 0, "%s", err.text);
  cr_expect_str_eq(statement.digest.text, "sha256:" D);
  cr_expect_null(statement.reference.repository);
  statement_free(&statement);
}

/* --- envelopes ------------------------------------------------------------------------------ */

#define TYPE "\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\""
#define MATERIAL "\"verificationMaterial\":{\"publicKey\":{\"hint\":\"\"}}"
#define ENVELOPE                                                                                 \
  "\"dsseEnvelope\":{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==" \
  "\"}"                                                                                          \
  "]}"

static void expect_refused(const char *text, const char *why)
{
  struct sigstore_bundle bundle;
  struct error err = {.text = ""};
  cr_expect_eq(sigstore_bundle_parse(text, strlen(text), "b", &bundle, &err), -1, "accepted: %s",
               text);
  expect_in(err.text, why);
}

Test(sigstore_bundle, what_is_none_is_refused)
{
  expect_refused("", "b:1:1");
  expect_refused("[]", "is an array");
  expect_refused("{" MATERIAL "," ENVELOPE "}", "has no \"mediaType\"");
  expect_refused("{\"mediaType\":\"application/vnd.dev.sigstore.bundle+json;version=0.2\"," MATERIAL
                 "," ENVELOPE "}",
                 "/mediaType is not \"application/vnd.dev.sigstore.bundle.v0.3+json\"");
  expect_refused("{" TYPE "," ENVELOPE "}", "has no \"verificationMaterial\"");
  expect_refused("{" TYPE "," MATERIAL "}", "has no \"dsseEnvelope\"");
  expect_refused("{" TYPE "," MATERIAL "," ENVELOPE ",\"x\":1}", "/x is not known here");
  expect_refused("{" TYPE "," MATERIAL "," ENVELOPE "," ENVELOPE "}", "twice");
  expect_refused("{" TYPE "," MATERIAL ",\"messageSignature\":{}}",
                 "is a signature over a file, not over an image");
  expect_refused("{" TYPE ",\"verificationMaterial\":{}," ENVELOPE "}", "has no \"publicKey\"");
  expect_refused("{" TYPE
                 ",\"verificationMaterial\":{\"certificate\":{\"rawBytes\":\"\"}}," ENVELOPE "}",
                 "/verificationMaterial/certificate cannot be checked here");
}

static void expect_envelope_refused(const char *envelope, const char *why)
{
  cleanup_free char *text = xasprintf("{" TYPE "," MATERIAL ",\"dsseEnvelope\":{%s}}", envelope);
  expect_refused(text, why);
}

Test(sigstore_bundle, an_envelope_has_one_signature)
{
  expect_envelope_refused("\"payload\":\"e30=\",\"signatures\":[]", "has no \"payloadType\"");
  expect_envelope_refused("\"payloadType\":\"t\",\"signatures\":[]", "has no \"payload\"");
  expect_envelope_refused("\"payloadType\":\"t\",\"payload\":\"e30\",\"signatures\":[]",
                          "/dsseEnvelope/payload is not base64");
  expect_envelope_refused("\"payloadType\":\"t\",\"payload\":\"e30=\"", "has no \"signatures\"");
  expect_envelope_refused("\"payloadType\":\"t\",\"payload\":\"e30=\",\"signatures\":[]",
                          "/dsseEnvelope/signatures is empty");
  expect_envelope_refused(
      "\"payloadType\":\"t\",\"payload\":\"e30=\",\"signatures\":[{\"sig\":\"\"},{\"sig\":\"\"}]",
      "/dsseEnvelope/signatures has 2 elements; at most 1");
  expect_envelope_refused("\"payloadType\":\"t\",\"payload\":\"e30=\",\"signatures\":[{}]",
                          "/dsseEnvelope/signatures/0 has no \"sig\"");
}

/* --- statements ----------------------------------------------------------------------------- */

static int read_statement(const char *json, struct statement *statement, struct error *err)
{
  const struct sigstore_bundle bundle = {.payload_type =
                                             (char *)(uintptr_t) "application/vnd.in-toto+json",
                                         .payload = (char *)(uintptr_t)json,
                                         .payload_length = strlen(json)};
  return sigstore_bundle_statement(&bundle, "b", statement, err);
}

static void expect_statement_refused(const char *json, const char *why)
{
  struct statement statement;
  struct error err = {.text = ""};
  cr_expect_eq(read_statement(json, &statement, &err), -1, "accepted: %s", json);
  expect_in(err.text, why);
}

#define STATEMENT "\"_type\":\"https://in-toto.io/Statement/v1\""
#define PREDICATE "\"predicateType\":\"https://sigstore.dev/cosign/sign/v1\""
#define SUBJECT "{\"digest\":{\"sha256\":\"" D "\"}}"

Test(sigstore_bundle, a_statement_is_over_one_image)
{
  expect_statement_refused("", "b:1:1");
  expect_statement_refused("{" PREDICATE ",\"subject\":[" SUBJECT "]}", "has no \"_type\"");
  expect_statement_refused("{\"_type\":\"x\"," PREDICATE ",\"subject\":[" SUBJECT "]}",
                           "/_type is not");
  expect_statement_refused("{" STATEMENT ",\"subject\":[" SUBJECT "]}", "has no \"predicateType\"");
  expect_statement_refused("{" STATEMENT "," PREDICATE "}", "has no \"subject\"");
  expect_statement_refused("{" STATEMENT "," PREDICATE ",\"subject\":[]}", "/subject is empty");
  expect_statement_refused("{" STATEMENT "," PREDICATE ",\"subject\":[" SUBJECT "," SUBJECT "]}",
                           "/subject has 2 elements; at most 1");
  expect_statement_refused("{" STATEMENT "," PREDICATE ",\"subject\":[{\"digest\":{}}]}",
                           "/subject/0/digest has no \"sha256\"");
  expect_statement_refused("{" STATEMENT "," PREDICATE
                           ",\"subject\":[{\"digest\":{\"sha256\":\"sha256:" D "\"}}]}",
                           "/subject/0/digest/sha256 is not 64 hexadecimal digits");
  expect_statement_refused("{" STATEMENT "," PREDICATE ",\"subject\":[" SUBJECT "],\"x\":1}",
                           "/x is not known here");
  expect_statement_refused("{" STATEMENT "," PREDICATE
                           ",\"subject\":[{\"name\":\"A\",\"digest\":{\"sha256\":\"" D "\"}}]}",
                           "/subject/0/name names no image");
}

Test(sigstore_bundle, an_attestation_is_no_signature)
{
  expect_statement_refused(
      "{" STATEMENT ",\"predicateType\":\"https://slsa.dev/provenance/v1\",\"subject\":[" SUBJECT
      "]}",
      "/predicateType is not \"https://sigstore.dev/cosign/sign/v1\"");
}

Test(sigstore_bundle, a_name_of_the_subject_is_what_was_signed)
{
  struct statement statement;
  struct error err = {.text = ""};
  cr_assert_eq(read_statement("{" STATEMENT "," PREDICATE
                              ",\"subject\":[{\"name\":\"h.io/a\",\"digest\":{\"sha256\":\"" D
                              "\"}}]}",
                              &statement, &err),
               0, "%s", err.text);
  cr_expect_str_eq(statement.reference.repository, "h.io/a");
  statement_free(&statement);
}
