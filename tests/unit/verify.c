/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole chain on the real image of tests/samples/signatures, as docker would have it (no
 * manifest of its own), with signatures that skopeo and the openssl program made: who gets through,
 * and what everybody else is told.
 */
#include "policy/verify.h"

#include "common/base64.h"
#include "folder.h"
#include "image/hash.h"
#include "policy/payload.h"
#include "policy/signature.h"
#include "samples.h"

#define CONFIG "sha256:83e57893f50526eef3ae8e401e6cdc34571d916df3be2cb031abe98248539e5e"
#define MANIFEST "sha256:dd370a40c5ccdc981eff95b149430668d84810b5471828e8890da2be32eec052"
#define GPG_APP "127.0.0.1:5055/gpg/app:1"
#define COSIGN_APP "127.0.0.1:5055/cosigned/app:1"

static struct store *store;
static struct digest manifest, the_index;
static struct verdict verdict;
static struct trail trail;
static struct error err;
static const char *gpgv, *lookasides;

static void add_sample_manifest(const char *name, struct digest *digest)
{
  size_t length;
  cleanup_free char *bytes = read_sample(name, &length);
  cr_assert_eq(store_add_manifest(store, bytes, length, digest, &err), 0, "%s", err.text);
}

static void start(void)
{
  make_folder();
  cleanup_free char *path = path_of("trust");
  cr_assert_eq(store_create(path, &store, &err), 0, "%s", err.text);
  shell("cp " SAMPLES "cosign-simple/*.pub " SAMPLES "gpg-simple/*.gpg " SAMPLES
        "gpg-simple/*.asc %s",
        folder);
}

static void end(void)
{
  store_close(store);
  verdict_free(&verdict);
  trail_free(&trail);
  remove_folder();
}

TestSuite(verify, .init = start, .fini = end, .timeout = 60);

/* --- what there is -------------------------------------------------------------------------- */

static void add_manifest(void)
{
  add_sample_manifest("image/manifest.json", &manifest);
}

static void add_index(void)
{
  add_sample_manifest("image/index.json", &the_index);
}

static void add_signature(const char *over, const char *bytes, size_t length)
{
  struct digest digest;
  cr_assert(digest_parse(over, &digest));
  cr_assert_eq(store_add_signature(store, &digest, bytes, length, &err), 0, "%s", err.text);
}

static void add_signature_sample(const char *over, const char *name)
{
  size_t length;
  cleanup_free char *bytes = read_sample(name, &length);
  add_signature(over, bytes, length);
}

/* Signs any payload by FOLDER/key, which the openssl program makes, as FOLDER/key.pub. */
static void add_signed_text(const char *over, const char *payload)
{
  size_t proof_length, length;
  cleanup_free char *text = path_of("payload"), *signature = path_of("signature");
  write_bytes(text, payload, strlen(payload));
  shell("cd %s && { test -e key || { openssl genpkey -algorithm EC -pkeyopt "
        "ec_paramgen_curve:P-256 -out key && openssl pkey -in key -pubout -out key.pub; }; } "
        "2>/dev/null && openssl dgst -sha256 -sign key -out signature payload",
        folder);
  cleanup_free char *proof = read_bytes(signature, &proof_length);
  cleanup_free char *made = signature_make(payload, strlen(payload), proof, proof_length, &length);
  add_signature(over, made, length);
}

/* A cosign signature over one digest that claims to be over another. */
static void add_signed(const char *over, const char *claimed, const char *reference)
{
  struct digest digest;
  cr_assert(digest_parse(claimed, &digest));
  cleanup_free char *payload = payload_make(reference, &digest);
  add_signed_text(over, payload);
}

/* The cosign signature of the samples. */
static void add_real_cosign(const char *over)
{
  size_t payload_length, proof_length, length;
  cleanup_free char *payload = read_sample("cosign-simple/payload.json", &payload_length);
  cleanup_free char *proof = read_sample("cosign-simple/sig.der", &proof_length);
  cleanup_free char *made = signature_make(payload, payload_length, proof, proof_length, &length);
  add_signature(over, made, length);
}

/* --- asking --------------------------------------------------------------------------------- */

#define SIGSTORE(key, rest) "[{\"type\":\"sigstoreSigned\",\"keyPath\":\"@/" key "\"" rest "}]"
#define GPG(key, rest) \
  "[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPath\":\"@/" key "\"" rest "}]"
#define IDENTITY(type) ",\"signedIdentity\":{\"type\":\"" type "\"}"
#define REPOSITORY IDENTITY("matchRepository")
#define EXACT_REPOSITORY(name) \
  ",\"signedIdentity\":{\"type\":\"exactRepository\",\"dockerRepository\":\"" name "\"}"

/* NULL is an image without a name. */
static int ask_policy(const char *text, const char *name)
{
  cleanup_policy struct policy *policy = NULL;
  const struct image_trust trust = {
      .store = store, .registries = lookasides, .gpgv = gpgv, .policy = NULL};
  struct image_trust asked = trust;
  struct digest came_by;
  struct image image = {.engine = IMAGE_DOCKER,
                        .root = folder,
                        .recorded = xstrdup(""),
                        .manifests = &came_by,
                        .manifest_count = 1};
  cr_assert(digest_parse(CONFIG, &image.id));
  cr_assert(digest_parse(MANIFEST, &came_by));
  cr_assert_eq(policy_parse(text, strlen(text), "policy.json", &policy, &err), 0, "%s", err.text);
  asked.policy = policy;
  image.name = name != NULL ? xstrdup(name) : NULL;
  verdict_free(&verdict);
  trail_free(&trail);
  int result = image_verify(&asked, &image, &verdict, &trail, &err);
  cr_expect_eq(verdict.accepted, result == 0);
  free(image.name);
  free(image.recorded);
  return result;
}

/* `requirements` is of all images; '@' in it is the folder. */
static int ask(const char *requirements, const char *name)
{
  cleanup_free char *whole = with_folder(requirements);
  cleanup_free char *text = xasprintf("{\"default\":%s}", whole);
  int result = ask_policy(text, name);
  cr_expect_str_eq(verdict.scope, "default");
  return result;
}

static void expect_accepted(const char *requirements, const char *name)
{
  cr_expect_eq(ask(requirements, name), 0, "%s", err.text);
}

static void expect_refused(const char *requirements, const char *name, const char *why)
{
  cr_expect_eq(ask(requirements, name), -1, "accepted: %s", requirements);
  expect_in(err.text, why);
  expect_in(err.text, CONFIG);
  expect_in(err.text, "is refused by the scope \"default\" of policy.json: ");
  cr_expect(name == NULL || strstr(err.text, name) != NULL, "%s", err.text);
}

static bool trail_has(const char *text)
{
  for (size_t i = 0; i < trail.count; i++)
    if (strstr(trail.steps[i], text) != NULL)
      return true;
  return false;
}

/* --- without signatures --------------------------------------------------------------------- */

Test(verify, what_needs_no_signature_looks_for_none)
{
  expect_accepted("[{\"type\":\"insecureAcceptAnything\"}]", "h.io/a:1");
  expect_accepted("[{\"type\":\"insecureAcceptAnything\"}]", NULL);
  cr_expect_null(verdict.key);
  cr_expect_not(digest_is_set(&verdict.manifest));
  expect_refused("[{\"type\":\"reject\"}]", "h.io/a:1", "it rejects all images (policy.json:1:13)");
  expect_refused("[{\"type\":\"insecureAcceptAnything\"},{\"type\":\"reject\"}]", "h.io/a:1",
                 "it rejects all images");
}

Test(verify, without_a_manifest)
{
  expect_refused(GPG("gpg-signer.pub.gpg", ""), GPG_APP,
                 "no manifest of it is known, over which a signature could be; to mend it: "
                 "container-hooks-ctk image fetch " GPG_APP);
  cr_expect(trail_has("manifest " MANIFEST ", by which it came, is not here"));
  expect_refused(GPG("gpg-signer.pub.gpg", ""), "h.io/a@" MANIFEST, "no manifest of it is known");
  expect_refused(GPG("gpg-signer.pub.gpg", ""), NULL, "start it by the name that it was signed by");
  store_close(store);
  store = NULL;
  expect_refused(GPG("gpg-signer.pub.gpg", ""), GPG_APP, "there is no trust store");
}

Test(verify, without_a_signature)
{
  add_manifest();
  expect_refused(GPG("gpg-signer.pub.gpg", ""), GPG_APP,
                 "a signature is required, and there is none over " MANIFEST
                 "; to mend it: container-hooks-ctk image fetch " GPG_APP
                 ", or container-hooks-ctk image sign --key FILE " GPG_APP);
}

/* --- who gets through ----------------------------------------------------------------------- */

Test(verify, gpg_signed_by_skopeo)
{
  add_manifest();
  add_signature_sample(MANIFEST, "gpg-simple/signature-1");
  expect_accepted(GPG("gpg-signer.pub.gpg", ""), GPG_APP);
  cr_expect_str_eq(verdict.key, "D08C08440971F5D7D22DAB2F7A21CD7059757480");
  cr_expect_str_eq(verdict.manifest.text, MANIFEST);
  cr_expect_str_eq(verdict.signed_digest.text, MANIFEST);
  cr_expect(trail_has("manifest " MANIFEST " has this image as its config"));
  cr_expect(trail_has("signed by D08C08440971F5D7D22DAB2F7A21CD7059757480 over " MANIFEST));
  expect_accepted(GPG("gpg-signer.pub.asc", ""), GPG_APP);
  expect_accepted(GPG("gpg-signer.pub.gpg", REPOSITORY), "127.0.0.1:5055/gpg/app:2");
  expect_accepted(GPG("gpg-signer.pub.gpg", EXACT_REPOSITORY("127.0.0.1:5055/gpg/app")),
                  "h.io/x:1");
  expect_accepted(GPG("gpg-signer.pub.gpg", EXACT_REPOSITORY("127.0.0.1:5055/gpg/app")), NULL);
  expect_accepted(GPG("gpg-signer.pub.gpg", ""), "127.0.0.1:5055/gpg/app@" MANIFEST);
}

Test(verify, cosign_signed)
{
  add_manifest();
  add_real_cosign(MANIFEST);
  expect_accepted(SIGSTORE("cosign.pub", REPOSITORY), COSIGN_APP);
  cr_expect(text_starts(verdict.key, "SHA256:"));
  add_signed(MANIFEST, MANIFEST, "h.io/a:1");
  expect_accepted(SIGSTORE("key.pub", ""), "h.io/a:1");
  expect_accepted("[{\"type\":\"sigstoreSigned\",\"keyPaths\":[\"@/other.pub\",\"@/key.pub\"]}]",
                  "h.io/a:1");
}

Test(verify, a_name_without_tag_was_signed_as_the_latest)
{
  add_manifest();
  add_signed(MANIFEST, MANIFEST, "docker.io/library/a:latest");
  expect_accepted(SIGSTORE("key.pub", ""), "docker.io/library/a");
}

Test(verify, an_index_that_lists_the_manifest_may_be_what_was_signed)
{
  add_manifest();
  add_index();
  add_signed(the_index.text, the_index.text, "h.io/a:1");
  expect_accepted(SIGSTORE("key.pub", ""), "h.io/a:1");
  cr_expect_str_eq(verdict.manifest.text, MANIFEST);
  cr_expect_str_eq(verdict.signed_digest.text, the_index.text);
  cleanup_free char *by_digest = xasprintf("h.io/a@%s", the_index.text);
  expect_accepted(SIGSTORE("key.pub", ""), by_digest);
  expect_accepted(SIGSTORE("key.pub", ""), "h.io/a@" MANIFEST);
}

Test(verify, every_requirement_must_be_satisfied_each_by_any_signature)
{
  static const char both[] =
      "[{\"type\":\"sigstoreSigned\",\"keyPath\":\"@/key.pub\"},{\"type\":\"signedBy\",\"keyType\":"
      "\"GPGKeys\",\"keyPath\":\"@/gpg-signer.pub.gpg\"}]";
  add_manifest();
  add_signed(MANIFEST, MANIFEST, GPG_APP);
  expect_refused(both, GPG_APP, "it is a cosign signature, and the policy wants GPG's");
  add_signature_sample(MANIFEST, "gpg-simple/signature-1");
  expect_accepted(both, GPG_APP);
}

Test(verify, a_bad_signature_does_not_spoil_a_good_one)
{
  add_manifest();
  add_signed(MANIFEST, CONFIG, "h.io/a:1");
  add_signed_text(MANIFEST, "{}");
  add_real_cosign(MANIFEST);
  expect_refused(SIGSTORE("key.pub", ""), "h.io/a:1", "of 3 signatures none is accepted: ");
  add_signed(MANIFEST, MANIFEST, "h.io/a:1");
  expect_accepted(SIGSTORE("key.pub", ""), "h.io/a:1");
}

/* --- who does not --------------------------------------------------------------------------- */

Test(verify, another_key)
{
  add_manifest();
  add_real_cosign(MANIFEST);
  expect_refused(SIGSTORE("other.pub", REPOSITORY), COSIGN_APP,
                 "of 1 signature none is accepted: the cosign signature is by a key that is none "
                 "of the policy's, or it is damaged; to mend it: container-hooks-ctk image fetch");
  cr_expect(trail_has("not accepted: "));
}

Test(verify, another_name)
{
  add_manifest();
  add_real_cosign(MANIFEST);
  add_signature_sample(MANIFEST, "gpg-simple/signature-1");
  expect_refused(GPG("gpg-signer.pub.gpg", ""), "127.0.0.1:5055/gpg/app:2",
                 "it is for 127.0.0.1:5055/gpg/app:1, which is not what matchRepoDigestOrExact "
                 "asks for");
  expect_refused(GPG("gpg-signer.pub.gpg", REPOSITORY), "127.0.0.1:5055/evil/app:1",
                 "which is not what matchRepository asks for");
  expect_refused(GPG("gpg-signer.pub.gpg", REPOSITORY), NULL, "matchRepository");
  expect_refused(SIGSTORE("cosign.pub", ""), COSIGN_APP,
                 "it is for 127.0.0.1:5055/cosigned/app, which is not what "
                 "matchRepoDigestOrExact asks for");
  expect_refused(SIGSTORE("cosign.pub", EXACT_REPOSITORY("h.io/a")), COSIGN_APP,
                 "which is not what exactRepository h.io/a asks for");
}

Test(verify, another_digest)
{
  add_manifest();
  add_signed(MANIFEST, CONFIG, "h.io/a:1");
  expect_refused(SIGSTORE("key.pub", ""), "h.io/a:1", "it is over " CONFIG);
}

Test(verify, another_image)
{
  size_t length;
  cleanup_free char *bytes = read_sample("image/manifest.json", &length);
  char *config = strstr(bytes, &CONFIG[7]);
  struct digest other;
  config[0] = config[0] == '0' ? '1' : '0';
  cr_assert_eq(store_add_manifest(store, bytes, length, &other, &err), 0, "%s", err.text);
  shell("cd %s/trust/by-config && mv * %s", folder, &CONFIG[7]);
  expect_refused(GPG("gpg-signer.pub.gpg", ""), GPG_APP, "no manifest of it is known");
  cr_expect(trail_has("is another image's: its config is sha256:"));
}

Test(verify, an_index_that_does_not_list_the_manifest)
{
  size_t length;
  cleanup_free char *bytes = read_sample("image/index.json", &length);
  struct digest other;
  for (char *at = bytes; (at = strstr(at, &MANIFEST[7])) != NULL;)
    at[0] = '0';
  add_manifest();
  cr_assert_eq(store_add_manifest(store, bytes, length, &other, &err), 0, "%s", err.text);
  shell("cd %s/trust/by-manifest && mv * %s", folder, &MANIFEST[7]);
  add_signed(other.text, other.text, "h.io/a:1");
  expect_refused(SIGSTORE("key.pub", ""), "h.io/a:1", "there is none over " MANIFEST ";");
}

Test(verify, a_digest_in_the_name_that_is_not_the_images)
{
  add_manifest();
  add_signed(MANIFEST, MANIFEST, "h.io/a:1");
  expect_refused(SIGSTORE("key.pub", ""), "h.io/a@" CONFIG,
                 "no manifest or index of the digest in its name leads to this image");
}

/* The name is what somebody has called the image; with a digest in it, that can be told. */
Test(verify, a_scope_of_a_digest_accepts_that_digest_alone)
{
#define PINNED(digest)                                                                \
  "{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{\"h.io/a@" digest \
  "\":[{\"type\":\"insecureAcceptAnything\"}]}}}"
  cr_expect_eq(ask_policy(PINNED(MANIFEST), "h.io/a@" MANIFEST), -1);
  expect_in(err.text, "no manifest of it is known, which could be of the digest in its name; to "
                      "mend it: container-hooks-ctk image fetch h.io/a@" MANIFEST);
  add_manifest();
  cr_expect_eq(ask_policy(PINNED(MANIFEST), "h.io/a@" MANIFEST), 0, "%s", err.text);
  cr_expect_null(verdict.key);
  cr_expect_str_eq(verdict.manifest.text, MANIFEST);
  cr_expect_eq(ask_policy(PINNED(CONFIG), "h.io/a@" CONFIG), -1);
  expect_in(err.text, "no manifest or index of the digest in its name leads to this image");
  cr_expect_eq(ask_policy(PINNED(MANIFEST), "h.io/a:1"), -1);
  expect_in(err.text, "it rejects all images");
}

Test(verify, a_scope_of_an_index_accepts_what_it_lists)
{
  add_manifest();
  add_index();
  cleanup_free char *name = xasprintf("h.io/a@%s", the_index.text);
  cleanup_free char *text =
      xasprintf("{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{\"%s\":[{"
                "\"type\":\"insecureAcceptAnything\"}]}}}",
                name);
  cr_expect_eq(ask_policy(text, name), 0, "%s", err.text);
  cr_expect_str_eq(verdict.manifest.text, MANIFEST);
}

Test(verify, payloads_that_were_signed_and_are_none)
{
#define REST "\"image\":{\"docker-manifest-digest\":\"" MANIFEST "\"}," TYPE
#define TYPE "\"type\":\"cosign container image signature\""
  static const char *const payloads[][2] = {
      {"{\"critical\":{\"identity\":{\"docker-reference\":\"h.io/a:1\"}," REST
       ",\"more\":1},\"optional\":null}",
       "/critical/more is not known here"},
      {"{\"critical\":{\"identity\":{\"docker-reference\":\"h.io/a:1\"}," REST "," TYPE
       "},\"optional\":null}",
       "twice"},
      {"{\"critical\":{\"identity\":{\"docker-reference\":\"h.io/a:1\"}," REST "}}",
       "has no \"optional\""},
  };
  add_manifest();
  for (size_t i = 0; i < ARRAY_LENGTH(payloads); i++) {
    add_signed_text(MANIFEST, payloads[i][0]);
    ask(SIGSTORE("key.pub", ""), "h.io/a:1");
    cr_expect_not(verdict.accepted);
    cr_expect(trail_has(payloads[i][1]), "%s: %s", payloads[i][1], err.text);
    expect_in(err.text, "its signature is good, but not what it is over");
  }
}

Test(verify, bundles_name_no_image)
{
  add_manifest();
  add_signature_sample(MANIFEST, "cosign-bundle-v03/bundle.json");
  expect_refused(SIGSTORE("cosign.pub", REPOSITORY), COSIGN_APP,
                 "it names no image, as matchRepository asks for: cosign 3 leaves the name out");
  expect_refused(SIGSTORE("other.pub", REPOSITORY), COSIGN_APP,
                 "the sigstore bundle is by a key that is none of the policy's");
  expect_refused(GPG("gpg-signer.pub.gpg", ""), COSIGN_APP,
                 "it is a sigstore bundle, and the policy wants GPG's");
}

/* Its subject's name is what is compared. */
Test(verify, a_bundle_that_names_its_image)
{
  static const char statement[] =
      "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"h.io/a\",\"digest\":"
      "{\"sha256\":\"dd370a40c5ccdc981eff95b149430668d84810b5471828e8890da2be32eec052\"}}],"
      "\"predicateType\":\"https://sigstore.dev/cosign/sign/v1\",\"predicate\":{}}";
  size_t length;
  cleanup_free char *path = path_of("pae"), *signature = path_of("signature");
  cleanup_free char *pae =
      xasprintf("DSSEv1 28 application/vnd.in-toto+json %zu %s", strlen(statement), statement);
  write_bytes(path, pae, strlen(pae));
  shell("cd %s && openssl genpkey -algorithm ED25519 -out key && openssl pkey -in key -pubout -out "
        "key.pub && openssl pkeyutl -sign -rawin -inkey key -in pae -out signature",
        folder);
  cleanup_free char *proof = read_bytes(signature, &length), *sig = base64_encode(proof, length);
  cleanup_free char *payload = base64_encode(statement, strlen(statement));
  cleanup_free char *bundle = xasprintf(
      "{\"mediaType\":\"" SIGSTORE_BUNDLE_TYPE "\",\"verificationMaterial\":{\"publicKey\":{}},"
      "\"dsseEnvelope\":{\"payload\":\"%s\",\"payloadType\":\"application/vnd.in-toto+json\","
      "\"signatures\":[{\"sig\":\"%s\"}]}}",
      payload, sig);
  cleanup_free char *attached =
      signature_from_layer(SIGSTORE_BUNDLE_TYPE, bundle, strlen(bundle), NULL, &length);
  add_manifest();
  add_signature(MANIFEST, attached, length);
  expect_accepted(SIGSTORE("key.pub", REPOSITORY), "h.io/a:1");
  expect_refused(SIGSTORE("key.pub", ""), "h.io/a:1", "it is for h.io/a, which is not what");
  expect_refused(SIGSTORE("key.pub", REPOSITORY), "h.io/b:1",
                 "it is for h.io/a, which is not what");
}

Test(verify, a_key_that_cannot_be_used)
{
  add_manifest();
  add_real_cosign(MANIFEST);
  expect_refused(SIGSTORE("none.pub", REPOSITORY), COSIGN_APP,
                 "a key of the policy (policy.json:1:13) cannot be used: ");
  shell("chmod 0666 %s/cosign.pub", folder);
  expect_refused(SIGSTORE("cosign.pub", REPOSITORY), COSIGN_APP,
                 "is writable by others (mode 0666): chmod go-w");
}

Test(verify, gpgv_missing)
{
  add_manifest();
  add_signature_sample(MANIFEST, "gpg-simple/signature-1");
  gpgv = "/nonexistent/gpgv";
  expect_refused(GPG("gpg-signer.pub.gpg", ""), GPG_APP,
                 "gpgv, without which no GPG signature is accepted: ");
}

Test(verify, a_damaged_store)
{
  add_manifest();
  add_signature_sample(MANIFEST, "gpg-simple/signature-1");
  shell("echo >>%s/trust/sha256/%s/manifest", folder, &MANIFEST[7]);
  expect_refused(GPG("gpg-signer.pub.gpg", ""), GPG_APP, "no manifest of it is known");
  cr_expect(trail_has("what the trust store has of it cannot be used: "));
}

/* There may be a signature, only nobody can read it. */
Test(verify, a_store_that_cannot_be_read)
{
  add_manifest();
  add_signature_sample(MANIFEST, "gpg-simple/signature-1");
  shell("cd %s/trust/sha256 && mv %s away && ln -s away %s", folder, &MANIFEST[7], &MANIFEST[7]);
  expect_refused(GPG("gpg-signer.pub.gpg", ""), GPG_APP, "there is none over " MANIFEST);
  expect_in(err.text, "; the trust store cannot be read: cannot open ");
  expect_in(err.text, "/trust/sha256/");
}

Test(verify, a_name_that_is_none)
{
  struct image image = {.engine = IMAGE_DOCKER, .root = folder};
  cleanup_policy struct policy *policy = NULL;
  static const char accept[] = "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}";
  image.name = xstrdup("Not a name");
  cr_assert_eq(policy_parse(accept, strlen(accept), "p", &policy, &err), 0);
  const struct image_trust trust = {.policy = policy};
  cr_expect_eq(image_verify(&trust, &image, &verdict, &trail, &err), -1);
  expect_in(err.text, "is refused: 'Not a name' is no name of an image");
  cr_expect_str_eq(verdict.scope, "default");
  free(image.name);
}

/* --- lookasides ----------------------------------------------------------------------------- */

Test(verify, signatures_beside_the_registry)
{
  cleanup_free char *yaml = with_folder("docker:\n  127.0.0.1:5055:\n    lookaside: file://@/l\n");
  add_manifest();
  shell("mkdir -p '%s/registries.d' '%s/l/gpg/app@sha256=%s'", folder, folder, &MANIFEST[7]);
  write_file("registries.d/default.yaml", yaml);
  shell("cp " SAMPLES "gpg-simple/signature-1 '%s/l/gpg/app@sha256=%s'", folder, &MANIFEST[7]);
  expect_refused(GPG("gpg-signer.pub.gpg", ""), GPG_APP, "there is none over");
  cleanup_free char *registries = path_of("registries.d");
  lookasides = registries;
  expect_accepted(GPG("gpg-signer.pub.gpg", ""), GPG_APP);
  write_file("registries.d/default.yaml", "docker: {}\n");
  expect_refused(GPG("gpg-signer.pub.gpg", ""), GPG_APP, "there is none over");
  cr_expect(trail_has("no lookaside is read: "));
  write_file("registries.d/default.yaml", "default-docker:\n  lookaside: https://h.io/\n");
  expect_refused(GPG("gpg-signer.pub.gpg", ""), GPG_APP, "there is none over");
  cr_expect(trail_has("the lookaside https://h.io/ is not read when a container starts"));
}
