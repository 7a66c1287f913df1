/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads of simple signing: real ones, and such as were signed and must be refused all the same.
 */
#include "policy/payload.h"

#include "samples.h"

TestSuite(payload);

#define D "sha256:dd370a40c5ccdc981eff95b149430668d84810b5471828e8890da2be32eec052"
#define IMAGE "\"image\":{\"docker-manifest-digest\":\"" D "\"}"
#define IDENTITY "\"identity\":{\"docker-reference\":\"127.0.0.1:5055/cosigned/app\"}"
#define TYPE "\"type\":\"cosign container image signature\""
#define CRITICAL "\"critical\":{" IDENTITY "," IMAGE "," TYPE "}"

static void expect_sample(const char *name, enum payload_type type, const char *reference)
{
  size_t length;
  cleanup_free char *bytes = read_sample(name, &length);
  cleanup_payload struct payload payload;
  struct error err = {.text = ""};
  cr_assert_eq(payload_parse(bytes, length, type, "p", &payload, &err), 0, "%s", err.text);
  cleanup_free char *text = reference_text(&payload.reference);
  cr_expect_str_eq(text, reference);
  cr_expect_str_eq(payload.digest.text, D);
}

Test(payload, real_ones)
{
  expect_sample("cosign-simple/payload.json", PAYLOAD_COSIGN, "127.0.0.1:5055/cosigned/app");
  expect_sample("gpg-simple/payload.json", PAYLOAD_GPG, "127.0.0.1:5055/gpg/app:1");
}

Test(payload, ours_is_byte_for_byte_cosigns)
{
  size_t length;
  struct digest digest;
  cr_assert(digest_parse(D, &digest));
  cleanup_free char *theirs = read_sample("cosign-simple/payload.json", &length);
  cleanup_free char *ours = payload_make("127.0.0.1:5055/cosigned/app", &digest);
  cr_expect_str_eq(ours, theirs);
}

static void expect_refused(enum payload_type type, const char *text, const char *why)
{
  struct payload payload;
  struct error err = {.text = ""};
  cr_expect_eq(payload_parse(text, strlen(text), type, "p", &payload, &err), -1, "accepted: %s",
               text);
  expect_in(err.text, why);
}

static void refused(const char *text, const char *why)
{
  expect_refused(PAYLOAD_COSIGN, text, why);
}

Test(payload, it_has_exactly_its_keys)
{
  refused("", "p:1:1");
  refused("[]", "the document is an array");
  refused("{" CRITICAL "}", "the document has no \"optional\"");
  refused("{\"optional\":null}", "the document has no \"critical\"");
  refused("{" CRITICAL ",\"optional\":null,\"more\":1}", "/more is not known here");
  refused("{" CRITICAL "," CRITICAL ",\"optional\":null}", "twice");
  refused("{\"critical\":{" IDENTITY "," IMAGE "," TYPE ",\"x\":1},\"optional\":null}",
          "/critical/x is not known here");
  refused("{\"critical\":{" IDENTITY "," TYPE "},\"optional\":null}", "/critical has no \"image\"");
  refused("{\"critical\":{" IMAGE "," TYPE "},\"optional\":null}", "/critical has no \"identity\"");
  refused("{\"critical\":{" IMAGE "," IDENTITY "},\"optional\":null}", "/critical has no \"type\"");
  refused("{\"critical\":{" IDENTITY "," IMAGE "," IMAGE "," TYPE "},\"optional\":null}", "twice");
  refused("{\"critical\":{" IDENTITY ",\"image\":{}," TYPE "},\"optional\":null}",
          "/critical/image has no \"docker-manifest-digest\"");
  refused("{\"critical\":{\"identity\":{\"docker-reference\":\"a\",\"x\":1}," IMAGE "," TYPE
          "},\"optional\":null}",
          "/critical/identity/x is not known here");
}

Test(payload, its_texts_are_what_they_should_be)
{
  refused("{\"critical\":{" IDENTITY ",\"image\":{\"docker-manifest-digest\":\"sha512:1\"}," TYPE
          "},\"optional\":null}",
          "/critical/image/docker-manifest-digest is not sha256: and 64");
  refused("{\"critical\":{\"identity\":{\"docker-reference\":\"A\"}," IMAGE "," TYPE
          "},\"optional\":null}",
          "/critical/identity/docker-reference names no image");
  refused("{\"critical\":{" IDENTITY "," IMAGE ",\"type\":\"atomic container signature\"},"
          "\"optional\":null}",
          "/critical/type is not \"cosign container image signature\"");
  refused("{" CRITICAL ",\"optional\":{\"creator\":1}}", "/optional/creator is");
  refused("{" CRITICAL ",\"optional\":{\"timestamp\":\"1\"}}", "/optional/timestamp is");
  refused("{" CRITICAL ",\"optional\":[]}", "/optional is an array");
  expect_refused(PAYLOAD_GPG, "{" CRITICAL ",\"optional\":{}}",
                 "/critical/type is not \"atomic container signature\"");
  expect_refused(PAYLOAD_GPG,
                 "{\"critical\":{" IDENTITY "," IMAGE
                 ",\"type\":\"atomic container signature\"},\"optional\":null}",
                 "/optional is null, not an object");
}

Test(payload, what_is_optional_may_hold_anything_else)
{
  static const char text[] =
      "{" CRITICAL ",\"optional\":{\"creator\":\"me\",\"timestamp\":1,\"x\":[1,{}]}}";
  cleanup_payload struct payload payload;
  struct error err = {.text = ""};
  cr_expect_eq(payload_parse(text, strlen(text), PAYLOAD_COSIGN, "p", &payload, &err), 0, "%s",
               err.text);
}

Test(payload, it_is_bounded)
{
  cleanup_free char *text = xcalloc(PAYLOAD_SIZE_MAX + 2, 1);
  memset(text, ' ', PAYLOAD_SIZE_MAX + 1);
  refused(text, "more than");
}
