/* SPDX-License-Identifier: Apache-2.0 */
/* Which image a container of containerd is: its databases, forged. */
#include "bolt_forge.h"
#include "store.h"

/*
 * An image of two layers in namespace `default`: $1 and $2 are their diff ids, $A and $B the chain
 * ids, $X and $Y the blobs, $C the image's id, $D its manifest; $I is the container, with snapshot
 * 9 above 8 and 7.
 */
#define ROOT "~/containerd/io.containerd."
#define SNAPSHOTS ROOT "snapshotter.v1.overlayfs/snapshots/"
#define BLOBS ROOT "content.v1.content/blobs/sha256/"
#define BUNDLE "~/run/default/$I"
#define CONFIG "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$1\",\"sha256:$2\"]}}"
#define OTHER "{\"os\":\"x\",\"rootfs\":{\"diff_ids\":[\"sha256:$1\",\"sha256:$2\"]}}"
#define LAYER(hex) "{\"digest\":\"sha256:" hex "\",\"size\":1}"
#define MANIFEST_(config, layers)                                \
  "{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:" config \
  "\",\"size\":1},\"layers\":[" layers "]}"
#define MANIFEST MANIFEST_("$C", LAYER("$X") "," LAYER("$Y"))
#define OTHER_MANIFEST MANIFEST_("$O", LAYER("$X") "," LAYER("$Y"))
#define INDEX_(manifests) "{\"schemaVersion\":2,\"manifests\":[" manifests "]}"
#define MOUNT(lowers, number)                                               \
  "33 22 0:99 / " BUNDLE "/rootfs rw - overlay overlay rw,lowerdir=" lowers \
  ",upperdir=" SNAPSHOTS number "/fs,workdir=" SNAPSHOTS number "/work\n"
#define LOWERS SNAPSHOTS "8/fs:" SNAPSHOTS "7/fs"

/* meta.db; a test changes lines, or takes one away (NULL). */
static const char *meta[] = {
    "v1|default|containers|c1|image=docker.io/team/app:1",
    "v1|default|containers|c1|snapshotter=overlayfs",
    "v1|default|containers|c1|snapshotKey=c1",
    "v1|default|images|docker.io/team/app:1|target|digest=sha256:$D",
    "v1|default|snapshots|overlayfs|sha256:$A|name=default/1/sha256:$A",
    "v1|default|snapshots|overlayfs|sha256:$B|name=default/2/sha256:$B",
    "v1|default|snapshots|overlayfs|sha256:$B|parent=sha256:$A",
    "v1|default|snapshots|overlayfs|c1|name=default/3/c1",
    "v1|default|snapshots|overlayfs|c1|parent=sha256:$B",
    "v1|second|containers|c1|image=x",
    NULL, /* for more */
};
enum { IMAGE, SNAPSHOTTER, KEY, TARGET, NAME_A, NAME_B, PARENT_B, NAME_OWN, PARENT_OWN, SECOND };

/* The snapshotter's metadata.db. */
static const char *numbers[] = {
    "v1|snapshots|default/1/sha256:$A|id=#7",
    "v1|snapshots|default/1/sha256:$A|kind=\003",
    "v1|snapshots|default/2/sha256:$B|id=#8",
    "v1|snapshots|default/2/sha256:$B|kind=\003",
    "v1|snapshots|default/2/sha256:$B|parent=default/1/sha256:$A",
    "v1|snapshots|default/3/c1|id=#9",
    "v1|snapshots|default/3/c1|kind=\002",
    "v1|snapshots|default/3/c1|parent=default/2/sha256:$B",
};
enum { ID_A, KIND_A, ID_B, KIND_B, BELOW_B, ID_OWN, KIND_OWN, BELOW_OWN };

static void put_database(const char *path, const char *const *lines, size_t count)
{
  char *expanded[32] = {NULL};
  size_t used = 0;
  for (size_t i = 0; i < count; i++)
    if (lines[i] != NULL)
      expanded[used++] = expand(lines[i]);
  struct forged bytes = forge_database((const char *const *)expanded, used);
  cleanup_free char *real = expand(path);
  put(path, "");
  FILE *file = fopen(real, "we");
  cr_assert_eq(fwrite(bytes.bytes, 1, bytes.length, file), bytes.length);
  fclose(file);
  free(bytes.bytes);
  for (size_t i = 0; i < used; i++)
    free(expanded[i]);
}

static void put_databases(void)
{
  put_database(ROOT "metadata.v1.bolt/meta.db", meta, ARRAY_LENGTH(meta));
  put_database(ROOT "snapshotter.v1.overlayfs/metadata.db", numbers, ARRAY_LENGTH(numbers));
}

static void put_blob(char letter, const char *content)
{
  const char path[] = {'$', letter, '\0'};
  cleanup_free char *whole = xasprintf(BLOBS "%s", path);
  set_digest(letter, content);
  put(whole, content);
}

static void start(void)
{
  make_folder();
  set('1', HEX("1"));
  set('2', HEX("2"));
  set('A', "$1");
  set_digest('B', "sha256:$1 sha256:$2");
  set('I', "c1");
  put_blob('X', "layer one");
  put_blob('Y', "layer two");
  put_blob('C', CONFIG);
  put_blob('D', MANIFEST);
  put_databases();
  put_folder(SNAPSHOTS "7/fs");
  put_folder(SNAPSHOTS "8/fs");
  put_folder(SNAPSHOTS "9/fs");
  put_folder(BUNDLE "/rootfs");
  put("~/mountinfo", MOUNT(LOWERS, "9"));
}

TestSuite(image_containerd, .init = start, .fini = forget_variables, .timeout = 20);

static int ask_containerd(struct image *image, struct error *err)
{
  return ask(BUNDLE, "rootfs", image, err);
}

static void expect_found(void)
{
  expect_image(ask_containerd, "docker.io/team/app:1", "docker.io/team/app:1");
}

static void expect_refused(const char *message)
{
  expect_no_image(ask_containerd, message);
}

Test(image_containerd, a_container_leads_to_its_image_and_its_layers)
{
  cleanup_image struct image image;
  struct error err;
  cr_assert_eq(ask_containerd(&image, &err), 0, "%s", err.text);
  cr_expect_eq(image.engine, IMAGE_CONTAINERD);
  expect_text(image.root, "~/containerd");
  expect_text(image.recorded, "docker.io/team/app:1");
  expect_text(image.name, "docker.io/team/app:1");
  expect_text(image.id.text, "sha256:$C");
  cr_assert_eq(image.manifest_count, 1);
  expect_text(image.manifests[0].text, "sha256:$D");
  cr_assert_eq(image.layer_count, 2);
  expect_text(image.layers[0].folder, SNAPSHOTS "7/fs");
  expect_text(image.layers[0].record, BLOBS "$X");
  expect_text(image.layers[0].blob.text, "sha256:$X");
  expect_text(image.layers[1].folder, SNAPSHOTS "8/fs");
  cr_expect_eq(image.layers[1].kind, LAYER_BLOB);
  expect_text(image.upper, SNAPSHOTS "9/fs");
}

Test(image_containerd, relative_lower_folders_count_from_the_snapshots)
{
  put("~/mountinfo", MOUNT("8/fs:7/fs", "9"));
  expect_found();
}

Test(image_containerd, layers_may_be_discarded_after_unpacking)
{
  cleanup_image struct image image;
  struct error err;
  drop(BLOBS "$X");
  cr_assert_eq(ask_containerd(&image, &err), 0, "%s", err.text);
  cr_expect_null(image.layers[0].record);
  expect_text(image.layers[0].blob.text, "sha256:$X");
}

Test(image_containerd, of_an_index_the_manifest_of_these_layers_is_taken)
{
  cleanup_image struct image image;
  struct error err;
  put_blob('Z', "{\"rootfs\":{\"diff_ids\":[\"sha256:$1\"]}}");
  put_blob('M', MANIFEST_("$Z", LAYER("$X")));
  set('D', "$D");
  put_blob('N', INDEX_("{\"digest\":\"sha256:$M\",\"size\":1},{\"digest\":\"sha256:" HEX(
                    "9") "\",\"size\":1},{\"digest\":\"sha256:$D\",\"size\":1}"));
  meta[TARGET] = "v1|default|images|docker.io/team/app:1|target|digest=sha256:$N";
  put_databases();
  cr_assert_eq(ask_containerd(&image, &err), 0, "%s", err.text);
  expect_text(image.id.text, "sha256:$C");
  cr_assert_eq(image.manifest_count, 2);
  expect_text(image.manifests[0].text, "sha256:$N");
  expect_text(image.manifests[1].text, "sha256:$D");
}

Test(image_containerd, of_an_index_two_images_of_the_same_layers_are_ambiguous)
{
  put_blob('O', OTHER);
  put_blob('P', OTHER_MANIFEST);
  put_blob('N',
           INDEX_("{\"digest\":\"sha256:$P\",\"size\":1},{\"digest\":\"sha256:$D\",\"size\":1}"));
  meta[TARGET] = "v1|default|images|docker.io/team/app:1|target|digest=sha256:$N";
  put_databases();
  expect_refused("is ambiguous: sha256:$O and sha256:$C");
}

Test(image_containerd, a_name_that_leads_elsewhere_meanwhile_is_refused)
{
  put_blob('Z', "{\"rootfs\":{\"diff_ids\":[\"sha256:$1\"]}}");
  put_blob('D', MANIFEST_("$Z", LAYER("$X")));
  put_databases();
  expect_refused("leads to sha256:$D, which has no image of the layers that the container has: the "
                 "name was given to another one since");
}

Test(image_containerd, blobs_that_are_not_what_their_names_say_are_refused)
{
  put(BLOBS "$C", OTHER);
  expect_refused("its digest is ");
  drop(BLOBS "$C");
  expect_refused("which has no image of the layers");
  put(BLOBS "$D", OTHER);
  expect_refused("its digest is ");
  drop(BLOBS "$D");
  expect_refused("does not exist");
}

Test(image_containerd, a_manifest_with_other_layers_than_its_config_is_refused)
{
  put_blob('D', MANIFEST_("$C", LAYER("$X")));
  put_databases();
  expect_refused("its manifest has 1 layers, its config 2");
}

Test(image_containerd, records_that_contradict_each_other_are_refused)
{
  static const struct {
    const char **line;
    const char *text, *message;
  } cases[] = {
      {&meta[IMAGE], "v1|default|containers|c1|image=", "container 'c1' has no image"},
      {&meta[IMAGE], "v1|default|containers|c1|image=other", "'images' has no 'other'"},
      {&meta[IMAGE], NULL, "'c1' has no 'image'"},
      {&meta[SNAPSHOTTER], "v1|default|containers|c1|snapshotter=stargz",
       "of snapshotter 'stargz'"},
      {&meta[KEY], "v1|default|containers|c1|snapshotKey=c2", "'overlayfs' has no 'c2'"},
      {&meta[KEY], "v1|default|containers|c1|snapshotKey=sha256:$B", "is not of the kind"},
      {&meta[TARGET], "v1|default|images|docker.io/team/app:1|target|digest=md5:1", "no sha256"},
      {&meta[PARENT_OWN], "v1|default|snapshots|overlayfs|c1|parent=sha256:$A",
       "lies above 'default/2/sha256:$B', but containerd's database says 'default/1/sha256:$A'"},
      {&meta[PARENT_OWN], "v1|default|snapshots|overlayfs|c1|parent=c1",
       "more than 501 snapshots are below each other"},
      {&meta[PARENT_OWN], NULL, "but containerd's database says ''"},
      {&meta[PARENT_B], NULL, "but containerd's database says ''"},
      {&meta[NAME_A], "v1|default|snapshots|overlayfs|sha256:$A|name=default/1/other",
       "lies above 'default/1/sha256:$A', but containerd's database says 'default/1/other'"},
      {&meta[NAME_OWN], "v1|default|snapshots|overlayfs|c1|name=default/3/other",
       "'snapshots' has no 'default/3/other'"},
      {&numbers[ID_OWN], "v1|snapshots|default/3/c1|id=#10", "has snapshot 10, but 9 is mounted"},
      {&numbers[ID_A], "v1|snapshots|default/1/sha256:$A|id=#5",
       "cannot compare the mounted layer"},
      {&numbers[ID_A], "v1|snapshots|default/1/sha256:$A|id=#8", "is mounted where containerd's"},
      {&numbers[KIND_OWN], "v1|snapshots|default/3/c1|kind=\001", "is not of the kind"},
      {&numbers[KIND_B], "v1|snapshots|default/2/sha256:$B|kind=\002", "is not of the kind"},
      {&numbers[BELOW_OWN], "v1|snapshots|default/3/c1|parent=default/1/sha256:$A",
       "but containerd's database says 'default/2/sha256:$B'"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    const char *kept = *cases[i].line;
    *cases[i].line = cases[i].text;
    put_databases();
    expect_refused(cases[i].message);
    *cases[i].line = kept;
  }
  put_databases();
  expect_found();
}

Test(image_containerd, snapshots_that_are_no_chain_ids_are_refused)
{
  meta[NAME_B] = "v1|default|snapshots|overlayfs|mine|name=default/2/sha256:$B";
  meta[PARENT_B] = "v1|default|snapshots|overlayfs|mine|parent=sha256:$A";
  meta[PARENT_OWN] = "v1|default|snapshots|overlayfs|c1|parent=mine";
  put_databases();
  expect_refused("snapshot 'mine' is no chain id");
  meta[NAME_A] = "v1|default|snapshots|overlayfs|sha256:$2|name=default/1/sha256:$A";
  meta[NAME_B] = "v1|default|snapshots|overlayfs|sha256:$B|name=default/2/sha256:$B";
  meta[PARENT_B] = "v1|default|snapshots|overlayfs|sha256:$B|parent=sha256:$2";
  meta[PARENT_OWN] = "v1|default|snapshots|overlayfs|c1|parent=sha256:$B";
  put_databases();
  expect_refused("snapshot 'sha256:$2' is not that of layer sha256:$1 of the image");
}

Test(image_containerd, bundles_say_namespace_and_id)
{
  cleanup_image struct image image;
  struct error err;
  put_folder("~/run/default/other");
  cr_assert_eq(ask("~/run/default/other", BUNDLE "/rootfs", &image, &err), -1);
  expect_complaint(&err, "is no bundle of containerd's: it does not end in NAMESPACE/c1");
  put_folder("~/run/third/c1");
  cr_assert_eq(ask("~/run/third/c1", BUNDLE "/rootfs", &image, &err), -1);
  expect_complaint(&err, "'v1' has no 'third'");
  /* In another namespace another container may have the same id. */
  put_folder("~/run/second/c1");
  cr_assert_eq(ask("~/run/second/c1", BUNDLE "/rootfs", &image, &err), -1);
  expect_complaint(&err, "'c1' has no 'snapshotter'");
  put_folder("~/run/moby/c1");
  cr_assert_eq(ask("~/run/moby/c1", BUNDLE "/rootfs", &image, &err), -1);
  expect_complaint(&err, "of docker's containerd image store, which cannot be verified");
}

Test(image_containerd, other_snapshotters_and_views_are_refused)
{
  put_folder("~/containerd/io.containerd.snapshotter.v1.stargz/snapshots/9/fs");
  put("~/mountinfo", "33 22 0:99 / " BUNDLE "/rootfs rw - overlay overlay rw,lowerdir=a,"
                     "upperdir=~/containerd/io.containerd.snapshotter.v1.stargz/snapshots/9/fs\n");
  expect_refused("is of containerd's snapshotter stargz: only overlayfs can be verified");
  put_folder("~/containerd-stargz-grpc/snapshotter/snapshots/9/fs");
  put("~/mountinfo", "33 22 0:99 / " BUNDLE "/rootfs rw - overlay overlay rw,lowerdir=a,"
                     "upperdir=~/containerd-stargz-grpc/snapshotter/snapshots/9/fs\n");
  expect_refused("of a snapshotter that fetches files when they are read");
  put("~/mountinfo",
      "33 22 0:99 / " BUNDLE "/rootfs ro - overlay overlay ro,lowerdir=" LOWERS "\n");
  expect_refused("has no upperdir (a read-only snapshot)");
}

Test(image_containerd, a_damaged_database_is_refused)
{
  put(ROOT "metadata.v1.bolt/meta.db", "nonsense");
  expect_refused("meta.db: not a bolt database, or damaged");
  drop(ROOT "metadata.v1.bolt/meta.db");
  expect_refused("meta.db does not exist");
}

/* --- by name -----------------------------------------------------------------------------------
 */

static int by_name(const char *typed, struct image *image, struct error *err)
{
  cleanup_free char *root = expand("~/containerd"), *name = expand(typed);
  *err = (struct error){.text = ""};
  return image_by_name(IMAGE_CONTAINERD, root, name, image, err);
}

Test(image_containerd, an_image_is_found_by_its_name_in_any_namespace)
{
  static const char *const names[] = {"docker.io/team/app:1", "team/app:1",
                                      "default/docker.io/team/app:1", "sha256:$D"};
  for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
    cleanup_image struct image image;
    struct error err;
    cr_assert_eq(by_name(names[i], &image, &err), 0, "%s", err.text);
    expect_text(image.id.text, "sha256:$C");
    expect_text(image.name, "docker.io/team/app:1");
    cr_assert_eq(image.layer_count, 2);
    expect_text(image.layers[1].folder, SNAPSHOTS "8/fs");
  }
  cleanup_image struct image image;
  struct error err;
  cr_expect_eq(by_name("none", &image, &err), -1);
  cr_expect_eq(errno, ENOENT);
}

Test(image_containerd, a_name_for_two_images_needs_its_namespace)
{
  cleanup_image struct image image;
  struct error err;
  put_blob('O', OTHER);
  put_blob('P', OTHER_MANIFEST);
  meta[SECOND] = "v1|second|images|docker.io/team/app:1|target|digest=sha256:$P";
  put_databases();
  cr_assert_eq(by_name("team/app:1", &image, &err), -1);
  expect_complaint(&err,
                   "in namespace 'default' and 'docker.io/team/app:1' in 'second' are not the "
                   "same image; NAMESPACE/NAME says which");
  cr_assert_eq(by_name("second/docker.io/team/app:1", &image, &err), 0, "%s", err.text);
  expect_text(image.id.text, "sha256:$O");
  cr_expect_null(image.layers[0].folder, "it is not unpacked there");
}
