/* SPDX-License-Identifier: Apache-2.0 */
/* The trust store: what is put in is found again, by all that leads to it, until it is removed. */
#include "policy/store.h"

#include "folder.h"
#include "image/hash.h"
#include "policy/signature.h"
#include "samples.h"

TestSuite(trust_store, .init = make_folder, .fini = remove_folder);

#define CONFIG "sha256:83e57893f50526eef3ae8e401e6cdc34571d916df3be2cb031abe98248539e5e"
#define MANIFEST "sha256:dd370a40c5ccdc981eff95b149430668d84810b5471828e8890da2be32eec052"

static struct digest digest_of(const char *text)
{
  struct digest digest;
  cr_assert(digest_parse(text, &digest));
  return digest;
}

static void create(struct store **store)
{
  struct error err = {.text = ""};
  cleanup_free char *path = path_of("var/lib/trust");
  cr_assert_eq(store_create(path, store, &err), 0, "%s", err.text);
  cr_expect_str_eq(store_path(*store), path);
}

static void add_sample(struct store *store, const char *name, struct digest *digest)
{
  size_t length;
  struct error err = {.text = ""};
  cleanup_free char *bytes = read_sample(name, &length);
  cr_assert_eq(store_add_manifest(store, bytes, length, digest, &err), 0, "%s", err.text);
}

typedef int lookup(const struct store *store, const struct digest *digest, struct digest_list *list,
                   struct error *err);

/* NULL is none. */
static void expect_found(const struct store *store, lookup *look, const char *from, const char *to)
{
  cleanup_digest_list struct digest_list list = {.items = NULL};
  struct error err = {.text = ""};
  struct digest digest = digest_of(from);
  cr_assert_eq(look(store, &digest, &list, &err), 0, "%s", err.text);
  cr_assert_eq(list.count, to != NULL ? 1 : 0);
  if (to != NULL)
    cr_expect_str_eq(list.items[0].text, to);
}

static size_t count_all(const struct store *store)
{
  cleanup_digest_list struct digest_list list = {.items = NULL};
  struct error err = {.text = ""};
  cr_assert_eq(store_list(store, &list, &err), 0, "%s", err.text);
  return list.count;
}

static size_t count_signatures(const struct store *store, const char *digest)
{
  cleanup_signature_blobs struct signature_blobs blobs = {.items = NULL};
  struct error err = {.text = ""};
  struct digest over = digest_of(digest);
  cr_assert_eq(store_signatures(store, &over, &blobs, &err), 0, "%s", err.text);
  return blobs.count;
}

static void add_signature(struct store *store, const char *digest, const char *sample)
{
  size_t length;
  struct error err = {.text = ""};
  struct digest over = digest_of(digest);
  cleanup_free char *bytes = read_sample(sample, &length);
  cr_assert_eq(store_add_signature(store, &over, bytes, length, &err), 0, "%s", err.text);
}

Test(trust_store, manifests_are_found_by_config_and_indexes_by_manifest)
{
  cleanup_store struct store *store = NULL;
  struct digest manifest, index;
  create(&store);
  expect_found(store, store_manifests_of, CONFIG, NULL);
  add_sample(store, "image/index.json", &index); /* in either order */
  add_sample(store, "image/manifest.json", &manifest);
  cr_expect_str_eq(manifest.text, MANIFEST);
  expect_found(store, store_manifests_of, CONFIG, MANIFEST);
  expect_found(store, store_indexes_of, MANIFEST, index.text);
  expect_found(store, store_indexes_of, index.text, NULL);
  cr_expect_eq(count_all(store), 2);

  size_t length, expected_length;
  cleanup_free char *bytes = NULL, *expected = read_sample("image/manifest.json", &expected_length);
  struct error err = {.text = ""};
  cr_assert_eq(store_manifest(store, &manifest, &bytes, &length, &err), 0, "%s", err.text);
  cr_expect_eq(length, expected_length);
  cr_expect_eq(memcmp(bytes, expected, length), 0);
}

Test(trust_store, adding_again_changes_nothing)
{
  cleanup_store struct store *store = NULL;
  struct digest manifest;
  create(&store);
  for (int i = 0; i < 2; i++) {
    add_sample(store, "image/manifest.json", &manifest);
    add_signature(store, MANIFEST, "gpg-simple/signature-1");
    add_signature(store, MANIFEST, "cosign-bundle-v03/bundle.json");
  }
  cr_expect_eq(count_all(store), 1);
  cr_expect_eq(count_signatures(store, MANIFEST), 2);
}

Test(trust_store, what_is_removed_is_gone_with_all_that_leads_to_it)
{
  cleanup_store struct store *store = NULL;
  struct digest manifest, index;
  struct error err = {.text = ""};
  create(&store);
  add_sample(store, "image/manifest.json", &manifest);
  add_sample(store, "image/index.json", &index);
  add_signature(store, MANIFEST, "gpg-simple/signature-1");
  cr_assert_eq(store_remove(store, &manifest, &err), 0, "%s", err.text);
  cr_expect_eq(store_remove(store, &manifest, &err), -1);
  cr_expect_eq(errno, ENOENT);
  expect_found(store, store_manifests_of, CONFIG, NULL);
  cr_expect_eq(count_signatures(store, MANIFEST), 0);
  expect_found(store, store_indexes_of, MANIFEST, index.text);
  cr_assert_eq(store_remove(store, &index, &err), 0, "%s", err.text);
  expect_found(store, store_indexes_of, MANIFEST, NULL);
  cr_expect_eq(count_all(store), 0);
}

Test(trust_store, one_signature_of_several_is_removed)
{
  cleanup_store struct store *store = NULL;
  struct digest over = digest_of(MANIFEST), own;
  struct error err = {.text = ""};
  size_t length;
  cleanup_free char *bytes = read_sample("gpg-simple/signature-1", &length);
  hash_bytes(bytes, length, &own);
  create(&store);
  add_signature(store, MANIFEST, "gpg-simple/signature-1"); /* its manifest need not be there */
  add_signature(store, MANIFEST, "cosign-bundle-v03/bundle.json");
  cr_assert_eq(store_remove_signature(store, &over, &own, &err), 0, "%s", err.text);
  cr_expect_eq(count_signatures(store, MANIFEST), 1);
  cr_expect_eq(store_remove_signature(store, &over, &own, &err), -1);
  cr_expect_eq(errno, ENOENT);
}

/* --- refused -------------------------------------------------------------------------------- */

Test(trust_store, what_is_no_manifest_or_signature_is_not_added)
{
  cleanup_store struct store *store = NULL;
  struct digest digest, over = digest_of(MANIFEST);
  struct error err = {.text = ""};
  create(&store);
  cr_expect_eq(store_add_manifest(store, "{}", 2, &digest, &err), -1);
  expect_in(err.text, "has no \"schemaVersion\"");
  cr_expect_eq(store_add_signature(store, &over, "x", 1, &err), -1);
  expect_in(err.text, "is neither an OpenPGP message nor a sigstore signature");
  cr_expect_eq(count_all(store), 0);
}

Test(trust_store, a_manifest_that_was_changed_is_not_given_out)
{
  cleanup_store struct store *store = NULL;
  struct digest manifest;
  struct error err = {.text = ""};
  char *bytes = NULL;
  size_t length;
  create(&store);
  add_sample(store, "image/manifest.json", &manifest);
  shell("echo >>%s/sha256/%s/manifest", store_path(store), digest_hex(&manifest));
  cr_expect_eq(store_manifest(store, &manifest, &bytes, &length, &err), -1);
  cr_expect_eq(errno, EIO);
  expect_in(err.text, "its digest is sha256:");
  cr_expect_null(bytes);
}

Test(trust_store, a_file_that_is_none_is_not_waited_for)
{
  cleanup_store struct store *store = NULL;
  struct digest manifest;
  struct error err = {.text = ""};
  char *bytes = NULL;
  size_t length;
  create(&store);
  add_sample(store, "image/manifest.json", &manifest);
  cleanup_free char *path =
      xasprintf("%s/sha256/%s/manifest", store_path(store), digest_hex(&manifest));
  shell("rm %s && mkfifo %s", path, path);
  cr_expect_eq(store_manifest(store, &manifest, &bytes, &length, &err), -1);
  expect_in(err.text, "is not a regular file");
  shell("rm %s && ln -s /etc/passwd %s", path, path);
  cr_expect_eq(store_manifest(store, &manifest, &bytes, &length, &err), -1);
  expect_in(err.text, "cannot open ");
}

Test(trust_store, it_is_roots_alone)
{
  struct store *store = NULL;
  struct error err = {.text = ""};
  cleanup_free char *path = path_of("trust");
  cr_expect_eq(store_open(path, &store, &err), -1);
  cr_expect_eq(errno, ENOENT);
  cr_expect_eq(store_create("trust", &store, &err), -1);
  expect_in(err.text, "is not an absolute path");
  cr_assert_eq(store_create(path, &store, &err), 0, "%s", err.text);
  store_close(store);
  cr_assert_eq(chmod(path, 0777), 0);
  cr_expect_eq(store_open(path, &store, &err), -1);
  cr_expect_null(store);
  expect_in(err.text, "is writable by others (mode 0777): chmod go-w");
}

Test(trust_store, what_a_crash_leaves_does_no_harm)
{
  cleanup_store struct store *store = NULL;
  struct digest manifest;
  struct error err = {.text = ""};
  create(&store);
  cleanup_free char *config = xasprintf("%s/by-config/%s", store_path(store), &CONFIG[7]);
  cleanup_free char *folder_path = xasprintf("%s/sha256/%s", store_path(store), &MANIFEST[7]);
  shell("mkdir -p %s %s && : >%s/%s && echo half >%s/.new && : >%s/.new", config, folder_path,
        config, &MANIFEST[7], folder_path, config);
  add_sample(store, "image/manifest.json", &manifest);
  expect_found(store, store_manifests_of, CONFIG, MANIFEST);
  cr_expect_eq(store_remove(store, &manifest, &err), 0, "%s", err.text);
}

Test(trust_store, signatures_over_one_digest_are_bounded)
{
  cleanup_store struct store *store = NULL;
  struct digest over = digest_of(MANIFEST);
  struct error err = {.text = ""};
  int result = 0;
  size_t count = 0;
  create(&store);
  for (; result == 0 && count <= SIGNATURES_MAX; count++) {
    cleanup_free char *proof = xasprintf("proof %zu", count);
    size_t length;
    cleanup_free char *made = signature_make("{}", 2, proof, strlen(proof), &length);
    result = store_add_signature(store, &over, made, length, &err);
  }
  cr_expect_eq(result, -1);
  cr_expect_eq(count, SIGNATURES_MAX + 1);
  expect_in(err.text, "has 64 signatures over");
  cr_expect_eq(count_signatures(store, MANIFEST), SIGNATURES_MAX);
}
