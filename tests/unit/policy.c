/* SPDX-License-Identifier: Apache-2.0 */
/* containers-policy.json(5): which are refused and why, and which scope decides about an image. */
#include "policy/policy.h"

#include "folder.h"
#include "samples.h"

TestSuite(policy, .init = make_folder, .fini = remove_folder);

#define REJECT "[{\"type\":\"reject\"}]"
#define DEFAULT "\"default\":" REJECT
#define HEX "dd370a40c5ccdc981eff95b149430668d84810b5471828e8890da2be32eec052"

static struct policy *parse(const char *text)
{
  struct policy *policy = NULL;
  struct error err = {.text = ""};
  cr_assert_eq(policy_parse(text, strlen(text), "p.json", &policy, &err), 0, "%s: %s", err.text,
               text);
  return policy;
}

static void expect_refused(const char *text, const char *why)
{
  struct policy *policy = NULL;
  struct error err = {.text = ""};
  cr_expect_eq(policy_parse(text, strlen(text), "p.json", &policy, &err), -1, "accepted: %s", text);
  cr_expect_null(policy);
  expect_in(err.text, why);
  policy_free(policy);
}

/* --- refused -------------------------------------------------------------------------------- */

Test(policy, what_is_no_policy_is_refused)
{
  expect_refused("", "p.json:1:1: ");
  expect_refused("[]", "p.json:1:1: the document is an array, not an object");
  expect_refused("{}", "p.json:1:1: the document has no \"default\": write \"default\"");
  expect_refused("{\"default\":[]}", "p.json:1:2: /default is empty: write");
  expect_refused("{" DEFAULT "} x", "p.json:1:33: ");
  expect_refused("{" DEFAULT ",}", "p.json:1:");
  expect_refused("{ // why\n" DEFAULT "}", "p.json:1:3: ");
  expect_refused("{" DEFAULT "," DEFAULT "}", "twice");
  expect_refused("{" DEFAULT ",\n\"trasports\":{}}",
                 "p.json:2:1: /trasports is not known here; there may be: default transports");
  expect_refused("{\"default\":{}}", "/default is an object, not an array");
  expect_refused("{\"default\":[1]}", "/default/0 is a whole number, not an object");
  expect_refused("{\"default\":[{}]}", "/default/0 has no \"type\"");
  expect_refused("{" DEFAULT ",\"transports\":[]}", "/transports is an array, not an object");
  expect_refused("{" DEFAULT ",\"transports\":{\"docker\":[]}}", "/transports/docker is an array");
  expect_refused("{" DEFAULT ",\"transports\":{\"docker\":{\"\":[]}}}",
                 "/transports/docker/ is empty");
}

static void expect_requirement_refused(const char *requirement, const char *why)
{
  cleanup_free char *text = xasprintf("{\"default\":[%s]}", requirement);
  expect_refused(text, why);
}

Test(policy, requirements_that_are_not_known_are_refused)
{
  expect_requirement_refused("{\"type\":\"accept\"}",
                             "/default/0/type is not known here; there are: reject "
                             "insecureAcceptAnything sigstoreSigned signedBy");
  expect_requirement_refused("{\"type\":\"signedBaseLayer\",\"baseLayerIdentity\":{}}",
                             "is not known here");
  expect_requirement_refused("{\"type\":\"reject\",\"why\":1}", "/default/0/why is not known here");
  expect_requirement_refused("{\"type\":\"insecureAcceptAnything\",\"keyPath\":\"/k\"}",
                             "/default/0/keyPath is not known here");
}

#define SIGSTORE(rest) "{\"type\":\"sigstoreSigned\"" rest "}"
#define GPG(rest) "{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\"" rest "}"

Test(policy, what_needs_a_network_is_refused_and_not_left_out)
{
  const char *why = "cannot be checked here, and to leave it out would be to weaken the policy";
  expect_requirement_refused(SIGSTORE(",\"fulcio\":{}"), why);
  expect_requirement_refused(SIGSTORE(",\"pki\":{}"), why);
  expect_requirement_refused(SIGSTORE(",\"keyPath\":\"/k\",\"rekorPublicKeyPath\":\"/r\""), why);
  expect_requirement_refused(SIGSTORE(",\"keyPath\":\"/k\",\"rekorPublicKeyPaths\":[]"), why);
  expect_requirement_refused(SIGSTORE(",\"keyPath\":\"/k\",\"rekorPublicKeyData\":\"\""), why);
  expect_requirement_refused(SIGSTORE(",\"keyPath\":\"/k\",\"rekorPublicKeyDatas\":[]"), why);
}

Test(policy, keys_come_from_one_place)
{
  expect_requirement_refused(SIGSTORE(""), "/default/0 has no key: give it a keyPath");
  expect_requirement_refused(GPG(""), "/default/0 has no key: give it a keyPath");
  expect_requirement_refused(SIGSTORE(",\"keyPath\":\"/k\",\"keyData\":\"AAAA\""),
                             "/default/0/keyData is one too many");
  expect_requirement_refused(GPG(",\"keyPath\":\"/k\",\"keyPaths\":[\"/l\"]"),
                             "/default/0/keyPaths is one too many");
  expect_requirement_refused(GPG(",\"keyDatas\":[\"AAAA\"]"), "/default/0/keyDatas is not known");
  expect_requirement_refused(SIGSTORE(",\"keyPaths\":[]"), "/default/0/keyPaths is empty");
  expect_requirement_refused(SIGSTORE(",\"keyDatas\":[]"), "/default/0/keyDatas is empty");
  expect_requirement_refused(SIGSTORE(",\"keyPath\":\"k.pub\""),
                             "/default/0/keyPath is not an absolute path");
  expect_requirement_refused(SIGSTORE(",\"keyPath\":\"\""), "is not an absolute path");
  expect_requirement_refused(SIGSTORE(",\"keyPaths\":[\"/k\",1]"), "/default/0/keyPaths/1 is");
  expect_requirement_refused(SIGSTORE(",\"keyData\":\"?\""), "/default/0/keyData is not base64");
  expect_requirement_refused("{\"type\":\"signedBy\",\"keyPath\":\"/k\"}", "has no \"keyType\"");
  expect_requirement_refused(
      "{\"type\":\"signedBy\",\"keyType\":\"X509Certificates\",\"keyPath\":\"/k\"}",
      "/default/0/keyType is not \"GPGKeys\"");
}

static void expect_identity_refused(const char *identity, const char *why)
{
  cleanup_free char *text =
      xasprintf(SIGSTORE(",\"keyPath\":\"/k\",\"signedIdentity\":%s"), identity);
  expect_requirement_refused(text, why);
}

Test(policy, identities_that_are_none_are_refused)
{
  expect_identity_refused("null", "/default/0/signedIdentity is null, not an object");
  expect_identity_refused("{}", "/default/0/signedIdentity has no \"type\"");
  expect_identity_refused("{\"type\":\"matchAny\"}",
                          "/default/0/signedIdentity/type is not known here; there are: "
                          "matchRepoDigestOrExact matchExact");
  expect_identity_refused("{\"type\":\"matchExact\",\"prefix\":\"a\"}", "/prefix is not known");
  expect_identity_refused("{\"type\":\"exactReference\"}", "has no \"dockerReference\"");
  expect_identity_refused("{\"type\":\"exactReference\",\"dockerReference\":\"a\"}",
                          "/dockerReference has neither a tag nor a digest");
  expect_identity_refused("{\"type\":\"exactReference\",\"dockerReference\":\"A:1\"}",
                          "/dockerReference cannot be used: 'A:1' is no name of an image");
  expect_identity_refused("{\"type\":\"exactRepository\",\"dockerRepository\":\"a:1\"}",
                          "/dockerRepository has a tag or a digest");
  expect_identity_refused("{\"type\":\"remapIdentity\",\"prefix\":\"h.io\"}",
                          "has no \"signedPrefix\"");
  expect_identity_refused(
      "{\"type\":\"remapIdentity\",\"prefix\":\"team\",\"signedPrefix\":\"h.io\"}",
      "/prefix is neither host[:port] nor host[:port]/path");
  expect_identity_refused(
      "{\"type\":\"remapIdentity\",\"prefix\":\"h.io\",\"signedPrefix\":\"h.io/a:1\"}",
      "/signedPrefix is neither");
}

static void expect_scope_refused(const char *scope, const char *why)
{
  cleanup_free char *text =
      xasprintf("{" DEFAULT ",\"transports\":{\"docker\":{\"%s\":" REJECT "}}}", scope);
  expect_refused(text, why);
}

Test(policy, scopes_that_no_image_falls_under_are_refused)
{
  expect_scope_refused("busybox", "/transports/docker/busybox names no registry");
  expect_scope_refused("library/busybox", "names no registry");
  expect_scope_refused("docker.io/library/", "without '/' at the end");
  expect_scope_refused("docker.io/Library", "is no name of a repository or image");
  expect_scope_refused("index.docker.io/library/busybox", "its images are docker.io's");
  expect_scope_refused("h.io/a:1@sha256:" HEX, "has a tag and a digest");
  expect_scope_refused("h.io/a@sha256:12", "is no name");
  expect_scope_refused("*.h.io:5000", "has a port");
  expect_scope_refused("h*.io", "names no registry");
  expect_scope_refused("*.*.io", "is no domain");
  expect_scope_refused("*", "names no registry");
  expect_scope_refused("docker://h.io/a", "names no registry");
}

Test(policy, other_transports_may_be_there_as_a_whole)
{
  policy_free(parse("{" DEFAULT ",\"transports\":{\"docker-daemon\":{\"\":" REJECT "},"
                    "\"containers-storage\":{\"\":" REJECT "},\"dir\":{\"\":" REJECT "}}}"));
  expect_refused("{" DEFAULT ",\"transports\":{\"dir\":{\"/srv\":" REJECT "}}}",
                 "/transports/dir/~1srv is a scope that decides nothing here");
  expect_refused("{" DEFAULT ",\"transports\":{\"dir\":{\"\":[{\"type\":\"x\"}]}}}",
                 "is not known here");
}

/* --- files ---------------------------------------------------------------------------------- */

Test(policy, a_file_that_others_may_write_is_refused)
{
  struct policy *policy = NULL;
  struct error err = {.text = ""};
  cleanup_free char *path = path_of("policy.json");
  cr_expect_eq(policy_read(path, &policy, &err), -1);
  cr_expect_eq(errno, ENOENT);
  expect_in(err.text, "does not exist");
  write_file("policy.json", "{" DEFAULT "}");
  cr_assert_eq(policy_read(path, &policy, &err), 0, "%s", err.text);
  cr_expect_str_eq(policy_name(policy), path);
  policy_free(policy);
  cr_assert_eq(chmod(path, 0666), 0);
  cr_expect_eq(policy_read(path, &policy, &err), -1);
  expect_in(err.text, "is writable by others (mode 0666): chmod go-w");
}

static void expect_keys(const char *requirement, const char *why)
{
  cleanup_free char *whole = with_folder(requirement);
  cleanup_free char *text = xasprintf("{\"default\":[%s]}", whole);
  cleanup_policy struct policy *policy = parse(text);
  struct error err = {.text = ""};
  cr_expect_eq(policy_check_keys(policy, &err), why == NULL ? 0 : -1, "%s", err.text);
  if (why != NULL)
    expect_in(err.text, why);
}

Test(policy, keys_are_checked_when_they_are_needed_or_asked_for)
{
  cleanup_free char *folder_path = path_of("");
  shell("cp " SAMPLES "cosign-simple/cosign.pub " SAMPLES "gpg-simple/gpg-signer.pub.gpg " SAMPLES
        "gpg-simple/gpg-signer.pub.asc %s",
        folder_path);
  expect_keys(SIGSTORE(",\"keyPath\":\"@/cosign.pub\""), NULL);
  expect_keys(SIGSTORE(",\"keyPaths\":[\"@/cosign.pub\",\"@/none.pub\"]"),
              "(p.json:1:13) cannot be used: ");
  expect_keys(GPG(",\"keyPaths\":[\"@/gpg-signer.pub.gpg\",\"@/gpg-signer.pub.asc\"]"), NULL);
  expect_keys(GPG(",\"keyPath\":\"@/none\""), "/none does not exist");
  expect_keys(GPG(",\"keyPath\":\"@/cosign.pub\""), "is no OpenPGP public key");
  expect_keys(SIGSTORE(",\"keyPath\":\"@/gpg-signer.pub.asc\""), "is not one public key in PEM");
  expect_keys(SIGSTORE(",\"keyData\":\"AAAA\""), "p.json:1:38 is not one public key in PEM");
  expect_keys(GPG(",\"keyData\":\"AAAA\""), " is no OpenPGP public key");
  shell("chmod 0666 %s/cosign.pub", folder_path);
  expect_keys(SIGSTORE(",\"keyPath\":\"@/cosign.pub\""), "is writable by others (mode 0666)");
}

/* --- scopes --------------------------------------------------------------------------------- */

static const char scopes[] =
    "{" DEFAULT ",\"transports\":{\"docker\":{"
    "\"127.0.0.1:5055/gp\":" REJECT ",\"127.0.0.1:5055/gpg/app:1\":" REJECT
    ",\"127.0.0.1:5055/gpg/app@sha256:" HEX "\":" REJECT ",\"127.0.0.1:5055/gpg/app\":" REJECT
    ",\"127.0.0.1:5055/gpg\":" REJECT ",\"127.0.0.1:5055\":" REJECT ",\"*.example.com\":" REJECT
    ",\"*.com\":" REJECT ",\"reg.example.com\":" REJECT ",\"docker.io/library/busybox\":" REJECT
    "}}}";

static void expect_scope(const char *policy_text, const char *name, const char *scope)
{
  cleanup_policy struct policy *policy = parse(policy_text);
  cleanup_reference struct reference reference = {.repository = NULL};
  struct error err = {.text = ""};
  if (name != NULL)
    cr_assert_eq(reference_parse(name, &reference, &err), 0, "%s", err.text);
  const struct requirements *found = policy_find(policy, name != NULL ? &reference : NULL);
  cr_expect_str_eq(found->scope, scope, "%s: %s, not %s", name != NULL ? name : "(none)",
                   found->scope, scope);
}

/* As a name of an image it would be docker.io/library/…, and too long. */
Test(policy, a_long_namespace_is_a_scope)
{
  struct error err;
  cleanup_policy struct policy *policy = NULL;
  cleanup_free char *text =
      xasprintf("{" DEFAULT ",\"transports\":{\"docker\":{\"docker.io/%0240d\":" REJECT "}}}", 0);
  cr_expect_eq(policy_parse(text, strlen(text), "p.json", &policy, &err), 0, "%s", err.text);
}

Test(policy, the_most_specific_scope_alone_decides)
{
  expect_scope(scopes, "127.0.0.1:5055/gpg/app:1", "docker 127.0.0.1:5055/gpg/app:1");
  expect_scope(scopes, "127.0.0.1:5055/gpg/app:2", "docker 127.0.0.1:5055/gpg/app");
  expect_scope(scopes, "127.0.0.1:5055/gpg/app@sha256:" HEX,
               "docker 127.0.0.1:5055/gpg/app@sha256:" HEX);
  expect_scope(scopes, "127.0.0.1:5055/gpg/app:1@sha256:" HEX,
               "docker 127.0.0.1:5055/gpg/app@sha256:" HEX);
  expect_scope(scopes, "127.0.0.1:5055/gpg/other:1", "docker 127.0.0.1:5055/gpg");
  expect_scope(scopes, "127.0.0.1:5055/gpgs/app:1", "docker 127.0.0.1:5055");
  expect_scope(scopes, "127.0.0.1:5056/gpg/app:1", "default");
  expect_scope(scopes, "reg.example.com/a", "docker reg.example.com");
  expect_scope(scopes, "reg.example.com:5000/a", "docker *.example.com");
  expect_scope(scopes, "a.b.example.com/a", "docker *.example.com");
  expect_scope(scopes, "example.com/a", "docker *.com");
  expect_scope(scopes, "busybox", "docker docker.io/library/busybox");
  expect_scope(scopes, "index.docker.io/busybox:1", "docker docker.io/library/busybox");
  expect_scope(scopes, "busybox2", "default");
  expect_scope(scopes, NULL, "default");
}

Test(policy, the_whole_transport_comes_before_the_default)
{
  const char *text = "{" DEFAULT ",\"transports\":{\"docker\":{\"\":" REJECT "}}}";
  expect_scope(text, "busybox", "docker");
  expect_scope(text, NULL, "docker");
  expect_scope("{" DEFAULT ",\"transports\":{\"docker-daemon\":{\"\":" REJECT "}}}", "busybox",
               "default");
}

Test(policy, a_name_without_tag_is_the_latest)
{
  const char *text =
      "{" DEFAULT ",\"transports\":{\"docker\":{\"docker.io/library/a:latest\":" REJECT "}}}";
  expect_scope(text, "a", "docker docker.io/library/a:latest");
  expect_scope(text, "a:latest", "docker docker.io/library/a:latest");
  expect_scope(text, "a:1", "default");
}
