/* SPDX-License-Identifier: Apache-2.0 */
/* Which image a container of podman, CRI-O or buildah is: containers/storage. */
#include "store.h"

/*
 * An image of two layers: $1 and $2 are their diff ids, $A and $B the layers' own ids, which need
 * not be chain ids; $C is the image's id, $I the container, $M its layer. $D is the digest of the
 * manifest.
 */
#define PLACE "33 22 0:99 / ~/storage/overlay/$M/merged rw,relatime - overlay overlay rw,"
#define MOUNT                                                       \
  PLACE "lowerdir=~/storage/overlay/l/TWO:~/storage/overlay/l/ONE," \
        "upperdir=~/storage/overlay/$M/diff,workdir=~/storage/overlay/$M/work\n"
#define CONFIG "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$1\",\"sha256:$2\"]}}"
#define MANIFEST "{\"schemaVersion\":2,\"layers\":[]}"

#define CONTAINERS "~/storage/overlay-containers/containers.json"
#define IMAGES "~/storage/overlay-images/images.json"
#define LAYERS "~/storage/overlay-layers/layers.json"

#define CONTAINER_(image, layer, name)                        \
  "{\"id\":\"$I\",\"image\":\"" image "\",\"layer\":\"" layer \
  "\",\"metadata\":\"{\\\"image-name\\\":\\\"" name "\\\"}\"}"
#define CONTAINER CONTAINER_("$C", "$M", "localhost/app:1")
#define IMAGE                                                                                  \
  "{\"id\":\"$C\",\"digest\":\"sha256:$D\",\"names\":[\"localhost/app:1\",\"quay.io/app:2\"]," \
  "\"layer\":\"$B\",\"big-data-names\":[\"sha256:$C\",\"manifest\",\"manifest-sha256:$D\","    \
  "\"manifest-sha256:" HEX("e") "\"]}"
#define LAYER(id, parent, diff) \
  "{\"id\":\"" id "\",\"parent\":\"" parent "\",\"diff-digest\":\"" diff "\"}"
#define OWN_LAYER "{\"id\":\"$M\",\"parent\":\"$B\"}"
#define LAYER_ONE "{\"id\":\"$A\",\"diff-digest\":\"sha256:$1\"}"
#define LAYER_TWO LAYER("$B", "$A", "sha256:$2")

static void put_big_data(const char *name, const char *content)
{
  cleanup_free char *key = expand(name);
  cleanup_free char *command = xasprintf("printf %%s '%s' | base64 --wrap=0 | tr -d '\\n'", key);
  char base64[256] = "=";
  FILE *pipe = popen(command, "re");
  cr_assert_not_null(pipe);
  cr_assert_not_null(fgets(base64 + 1, sizeof(base64) - 1, pipe));
  pclose(pipe);
  cleanup_free char *path = xasprintf("~/storage/overlay-images/$C/%s", base64);
  put(path, content);
}

static void start(void)
{
  make_folder();
  set('1', HEX("1"));
  set('2', HEX("2"));
  set('A', HEX("a"));
  set('B', HEX("b"));
  set('I', HEX("c"));
  set('M', HEX("d"));
  set_digest('C', CONFIG);
  set_digest('D', MANIFEST);
  put(CONTAINERS, "[" CONTAINER "]");
  put(IMAGES, "[" IMAGE "]");
  put(LAYERS, "[" LAYER_ONE "," LAYER_TWO "," OWN_LAYER "]");
  put_big_data("sha256:$C", CONFIG);
  put_big_data("manifest-sha256:$D", MANIFEST);
  put("~/storage/overlay-layers/$A.tar-split.gz", "");
  put_folder("~/storage/overlay/$A/diff");
  put_folder("~/storage/overlay/$B/diff");
  put_folder("~/storage/overlay/$M/diff");
  put_folder("~/storage/overlay/$M/merged");
  put_link("~/storage/overlay/l/ONE", "../$A/diff");
  put_link("~/storage/overlay/l/TWO", "../$B/diff");
  put("~/mountinfo", MOUNT);
}

TestSuite(image_storage, .init = start, .fini = forget_variables, .timeout = 20);

static int ask_storage(struct image *image, struct error *err)
{
  return ask("~", "~/storage/overlay/$M/merged", image, err);
}

static void expect_found(const char *recorded, const char *name)
{
  expect_image(ask_storage, recorded, name);
}

static void expect_refused(const char *message)
{
  expect_no_image(ask_storage, message);
}

Test(image_storage, a_container_leads_to_its_image_and_its_layers)
{
  cleanup_image struct image image;
  struct error err;
  cr_assert_eq(ask_storage(&image, &err), 0, "%s", err.text);
  cr_expect_eq(image.engine, IMAGE_STORAGE);
  expect_text(image.root, "~/storage");
  expect_text(image.name, "localhost/app:1");
  expect_text(image.id.text, "sha256:$C");
  cr_assert_eq(image.manifest_count, 2);
  expect_text(image.manifests[0].text, "sha256:$D");
  expect_text(image.manifests[1].text, "sha256:" HEX("e"));
  cr_assert_eq(image.layer_count, 2);
  expect_text(image.layers[0].diff_id.text, "sha256:$1");
  expect_text(image.layers[0].folder, "~/storage/overlay/$A/diff");
  expect_text(image.layers[0].record, "~/storage/overlay-layers/$A.tar-split.gz");
  expect_text(image.layers[1].folder, "~/storage/overlay/$B/diff");
  cr_expect_null(image.layers[1].record);
  expect_text(image.upper, "~/storage/overlay/$M/diff");
  cr_expect_null(image.init);
}

Test(image_storage, containers_of_rm_stand_in_a_file_of_their_own)
{
  put("~/storage/overlay-containers/volatile-containers.json", "[" CONTAINER "]");
  put("~/storage/overlay-layers/volatile-layers.json", "[" OWN_LAYER "]");
  put(CONTAINERS, "[]");
  put(LAYERS, "[" LAYER_ONE "," LAYER_TWO "]");
  expect_found("localhost/app:1", "localhost/app:1");
}

Test(image_storage, the_layer_says_whose_it_is_wherever_it_is_mounted)
{
  /* buildah: another id, and the mount bound to a folder of its own */
  set('I', "buildah-buildah1");
  put_folder("~/tmp/mnt/rootfs");
  put("~/mountinfo", "33 22 0:99 / ~/tmp/mnt/rootfs rw - overlay overlay rw,"
                     "lowerdir=l/TWO:l/ONE,upperdir=$M/diff,workdir=$M/work\n");
  cleanup_image struct image image;
  struct error err;
  cr_assert_eq(ask("~", "~/tmp/mnt/rootfs", &image, &err), 0, "%s", err.text);
  expect_text(image.id.text, "sha256:$C");
  /* Two data roots could be meant. */
  put_folder("~/docker/overlay2/$M/diff");
  image_free(&image);
  cr_assert_eq(ask("~", "~/tmp/mnt/rootfs", &image, &err), -1);
  expect_complaint(&err, "which is below none, or several");
}

Test(image_storage, layers_with_other_owners_are_those_they_were_made_of)
{
  put("~/mountinfo", PLACE "lowerdir=~/storage/overlay/$M/mapped/0/l/TWO:"
                           "~/storage/overlay/$M/mapped/0/l/ONE,"
                           "upperdir=~/storage/overlay/$M/diff\n");
  expect_found("localhost/app:1", "localhost/app:1");
  put("~/mountinfo", PLACE "lowerdir=~/storage/overlay/$M/mapped/0/../l/TWO:"
                           "~/storage/overlay/$M/mapped/0/l/ONE,"
                           "upperdir=~/storage/overlay/$M/diff\n");
  expect_refused("cannot compare the mounted layer");
}

Test(image_storage, without_a_name_it_goes_by_its_id)
{
  put(CONTAINERS, "[{\"id\":\"$I\",\"image\":\"$C\",\"layer\":\"$M\"}]");
  expect_found("", "NULL");
  put(CONTAINERS, "[{\"id\":\"$I\",\"image\":\"$C\",\"layer\":\"$M\",\"metadata\":\"buildah\"}]");
  expect_found("", "NULL");
  put(CONTAINERS, "[" CONTAINER_("$C", "$M", "$C") "]");
  expect_found("$C", "NULL");
}

/* CRI-O notes more of a container than podman (cri-o: internal/storage/runtime.go,
   RuntimeContainerMetadata); a pod's sandbox is a container of the pause image. */
#define CRI_O(name, more)                                                                          \
  "[{\"id\":\"$I\",\"names\":[\"k8s_c_p_ns_u_0\"],\"image\":\"$C\",\"layer\":\"$M\",\"metadata\":" \
  "\"{\\\"pod-name\\\":\\\"k8s_p_ns_u_0\\\",\\\"pod-id\\\":\\\"$A\\\",\\\"image-name\\\":"         \
  "\\\"" name "\\\",\\\"image-id\\\":\\\"$C\\\",\\\"name\\\":\\\"k8s_c_p_ns_u_0\\\","              \
  "\\\"metadata-name\\\":\\\"c\\\",\\\"created-at\\\":1790000000" more                             \
  "}\",\"created\":\"2026-11-23T21:59:57Z\",\"flags\":{\"MountLabel\":\"\",\"ProcessLabel\":\"\"}" \
  "}]"

Test(image_storage, containers_and_sandboxes_of_cri_o)
{
  put(CONTAINERS, CRI_O("localhost/app:1", ""));
  expect_found("localhost/app:1", "localhost/app:1");
  put(CONTAINERS, CRI_O("registry.k8s.io/pause:3.9",
                        ",\\\"pod\\\":true,\\\"uid\\\":\\\"u\\\",\\\"namespace\\\":\\\"ns\\\""));
  expect_found("registry.k8s.io/pause:3.9", "registry.k8s.io/pause:3.9");
  put(CONTAINERS, CRI_O("quay.io/app@sha256:$D", ",\\\"privileged\\\":true"));
  expect_found("quay.io/app@sha256:$D", "quay.io/app@sha256:$D");
  put(CONTAINERS, CRI_O("$C", "")); /* a kubelet asks by the id that the pull has answered */
  expect_found("$C", "NULL");
  put(CONTAINERS, CRI_O("sha256:$C", ""));
  expect_found("sha256:$C", "NULL");
}

Test(image_storage, an_image_without_layers_has_an_empty_folder_below)
{
  set('E', "$C");
  set_digest('C', "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null}}");
  put(CONTAINERS, "[" CONTAINER "]");
  put(IMAGES, "[{\"id\":\"$C\"}]");
  put(LAYERS, "[{\"id\":\"$M\"}]");
  put_big_data("sha256:$C", "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null}}");
  put_folder("~/storage/overlay/$M/empty");
  put("~/mountinfo", PLACE "lowerdir=~/storage/overlay/$M/empty,"
                           "upperdir=~/storage/overlay/$M/diff\n");
  expect_found("localhost/app:1", "localhost/app:1");
  put("~/mountinfo", PLACE "lowerdir=~/storage/overlay/$A/diff,"
                           "upperdir=~/storage/overlay/$M/diff\n");
  expect_refused("is mounted where containers-storage's records have the layer");
}

Test(image_storage, records_that_contradict_each_other_are_refused)
{
  static const struct {
    const char *file, *content, *message;
  } cases[] = {
      {CONTAINERS, "[]", "has no container whose layer is '$M', which is mounted"},
      {CONTAINERS, "[" CONTAINER "," CONTAINER "]", "/1 is the second of layer '$M'"},
      {CONTAINERS, "[" CONTAINER_("", "$M", "") "]", "container '$I' has no image (--rootfs"},
      {CONTAINERS, "[" CONTAINER_("app", "$M", "") "]", "is of image 'app', which is no digest"},
      {CONTAINERS, "[" CONTAINER_("$A", "$M", "") "]", "images.json has no image '$A'"},
      {CONTAINERS,
       "[{\"id\":\"other\",\"image\":\"$C\",\"layer\":\"$M\"},"
       "{\"id\":\"$I\",\"image\":\"\",\"layer\":\"$A\"}]",
       "container '$I' has another layer than '$M', which is mounted"},
      {CONTAINERS, "{}", "is an object, not an array"},
      {CONTAINERS, "[", "containers.json:1:"},
      {CONTAINERS, "[{\"image\":\"$C\",\"layer\":\"$M\",\"metadata\":\"{\"}]",
       "a container's metadata:1:"},
      {IMAGES, "[" IMAGE "," IMAGE "]", "/1 is the second of id '$C'"},
      {LAYERS, "[" LAYER_ONE "," LAYER_TWO "]", "has no layer '$M', which is mounted"},
      {LAYERS, "[" LAYER_ONE "," OWN_LAYER "]",
       "has no layer '$B'; layers of other stores cannot be verified"},
      {LAYERS, "[" LAYER_ONE "," LAYER_ONE "," LAYER_TWO "," OWN_LAYER "]",
       "/1 is the second of id '$A'"},
      {LAYERS, "[" LAYER_ONE "," LAYER("$B", "$A", "sha256:$1") "," OWN_LAYER "]",
       "layer '$B' is of 'sha256:$1', but the image's config says 'sha256:$2'"},
      {LAYERS, "[" LAYER_ONE "," LAYER("$B", "$A", "") "," OWN_LAYER "]", "has no diff-digest"},
      {LAYERS, "[" LAYER_ONE "," LAYER("$B", "../x", "sha256:$2") "," OWN_LAYER "]",
       "has a parent that is no id: '../x'"},
      {LAYERS, "[" LAYER("$A", "$B", "sha256:$1") "," LAYER_TWO "," OWN_LAYER "]",
       "layer '$B' lies below those of the image's config"},
      {LAYERS, "[" LAYER_ONE "," LAYER("$B", "", "sha256:$2") "," OWN_LAYER "]",
       "the image's config has 2 layers, but the lowest 1 are not"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    cleanup_free char *real = expand(cases[i].file), *kept = xasprintf("%s.kept", real);
    cr_assert_eq(rename(real, kept), 0);
    put(cases[i].file, cases[i].content);
    expect_refused(cases[i].message);
    cr_assert_eq(rename(kept, real), 0);
  }
  expect_found("localhost/app:1", "localhost/app:1");
}

Test(image_storage, a_config_that_is_not_the_image_is_refused)
{
  put_big_data("sha256:$C", "{\"rootfs\":{\"diff_ids\":[]}}");
  expect_refused("its digest is ");
  drop("~/storage/overlay-images/$C");
  expect_refused("the image's config cannot be read");
}

Test(image_storage, folders_of_no_storage_are_refused_by_name)
{
  static const char *const cases[][2] = {
      {"~/bare", "is not an engine's, but a folder (--rootfs)"},
      {"~/storage/vfs/dir/1", "it is of the storage driver vfs"},
      {"~/storage/btrfs/subvolumes/1", "it is of the storage driver btrfs"}};
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    cleanup_image struct image image;
    struct error err;
    put_folder(cases[i][0]);
    cr_assert_eq(ask("~", cases[i][0], &image, &err), -1);
    expect_complaint(&err, cases[i][1]);
  }
}

Test(image_storage, an_image_is_found_by_its_names_and_its_id)
{
  set('S', "$C");
  variables['S'][12] = '\0';
  static const char *const names[][2] = {{"app:1", "localhost/app:1"},
                                         {"localhost/app:1", "localhost/app:1"},
                                         {"quay.io/app:2", "quay.io/app:2"},
                                         {"sha256:$D", "NULL"},
                                         {"sha256:$C", "NULL"},
                                         {"$S", "NULL"}};
  cleanup_free char *root = expand("~/storage");
  for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
    cleanup_image struct image image;
    struct error err = {.text = ""};
    cleanup_free char *name = expand(names[i][0]);
    cr_assert_eq(image_by_name(IMAGE_STORAGE, root, name, &image, &err), 0, "%s", err.text);
    expect_text(image.id.text, "sha256:$C");
    expect_text(image.name, names[i][1]);
    cr_expect_eq(image.layer_count, 2);
  }
  cleanup_image struct image image;
  struct error err = {.text = ""};
  cr_expect_eq(image_by_name(IMAGE_STORAGE, root, "none", &image, &err), -1);
  cr_expect_eq(errno, ENOENT, "%m");
  put(IMAGES, "[" IMAGE "," IMAGE "]");
  cr_expect_eq(image_by_name(IMAGE_STORAGE, root, "app:1", &image, &err), -1);
  expect_complaint(&err, "several images are called 'app:1'");
}

static void expect_blob(const struct image *image, const char *digest, const char *expected)
{
  struct error err = {.text = ""};
  cleanup_free char *text = expand(digest), *bytes = NULL;
  struct digest parsed;
  size_t length;
  cr_assert(digest_parse(text, &parsed));
  if (image_blob(image, &parsed, 4096, &bytes, &length, &err) < 0)
    bytes = xasprintf("%s: %s", errno == ENOENT ? "ENOENT" : "wrong", err.text);
  cleanup_free char *real = expand(expected);
  cr_expect(text_starts(bytes, real), "%s", bytes);
}

Test(image_storage, manifests_are_kept_and_are_what_their_digests_say)
{
  cleanup_image struct image image;
  struct error err;
  cr_assert_eq(ask_storage(&image, &err), 0, "%s", err.text);
  expect_blob(&image, "sha256:$C", CONFIG);
  expect_blob(&image, "sha256:$D", MANIFEST);
  expect_blob(&image, "sha256:" HEX("e"), "ENOENT");
  put_big_data("manifest-sha256:" HEX("e"), MANIFEST);
  expect_blob(&image, "sha256:" HEX("e"), "wrong");
}

Test(image_storage, the_manifest_may_lie_there_without_its_digest_in_its_name)
{
  cleanup_image struct image image;
  struct error err;
  cr_assert_eq(ask_storage(&image, &err), 0, "%s", err.text);
  drop("~/storage/overlay-images/$C");
  put("~/storage/overlay-images/$C/manifest", MANIFEST);
  expect_blob(&image, "sha256:$D", MANIFEST);
}
