/* SPDX-License-Identifier: Apache-2.0 */
/* Records and mounts that real engines wrote. */
#include "common/file.h"
#include "image/bolt.h"
#include "image/mountinfo.h"

#include "store.h"

#define SAMPLES "tests/samples/"
/* The image, its diff ids and the containers that the samples are of. */
#define ID "83e57893f50526eef3ae8e401e6cdc34571d916df3be2cb031abe98248539e5e"
#define DOCKER_ID "6349c028943fa27f46f7fcd91e52e2512f163e635c857124ad866c032cf15388"
#define LAYER "cbd64a33289395a6a5480d7bc787272994b438cff62ff2166d2026d58d82dbb4"
static const char *const diff_ids[] = {
    "56e7cf3e4ff14c5ff31786419e8ebbe4ce7e9fceeabd187bb51f1583bb670cdc",
    "b498e066985b53c9d470b780213c15fc97e00c07bcd90130adcf21b015e4dfa5",
    "6e72904f999931d5d2277204e9beab023b699bbd49ddd9ffc73e5ecf4fd32dec"};
static const char *const layer_ids[] = {
    "56e7cf3e4ff14c5ff31786419e8ebbe4ce7e9fceeabd187bb51f1583bb670cdc",
    "5df20bf6fbaa8358192e942f1d672bbb9ea715d3e2c727d3d34e9556b2a52d31",
    "08b3e3aa635c5b8636d64099bd7e3638308b9cc1961245fdd30ed891855bd363"};

TestSuite(image_samples, .init = make_folder, .fini = forget_variables, .timeout = 20);

static void copy(const char *sample, const char *path)
{
  make_folders(path, false);
  cleanup_free char *real = expand(path);
  cleanup_free char *command = xasprintf("cp " SAMPLES "%s '%s'", sample, real);
  cr_assert_eq(system(command), 0);
}

/* docker/001: overlay's options as the captured ones, in the test's folder. */
static void put_docker(void)
{
  struct digest chain = {.text = ""};
  set('I', DOCKER_ID);
  copy("docker/state-config.v2.json", "~/docker/containers/$I/config.v2.json");
  copy("docker/state-repositories.json", "~/docker/image/overlay2/repositories.json");
  copy("docker/state-imagedb-83e57893.json", "~/docker/image/overlay2/imagedb/content/sha256/" ID);
  for (size_t i = 0; i < ARRAY_LENGTH(diff_ids); i++) {
    struct digest diff_id;
    set('P', chain.text);
    digest_from_hex(diff_ids[i], &diff_id);
    image_chain_add(&chain, &diff_id);
    set('C', digest_hex(&chain));
    set('D', diff_id.text);
    put("~/docker/image/overlay2/layerdb/sha256/$C/diff", "$D");
    put("~/docker/image/overlay2/layerdb/sha256/$C/cache-id", digest_hex(&diff_id));
    if (i > 0)
      put("~/docker/image/overlay2/layerdb/sha256/$C/parent", "$P");
    cleanup_free char *path = xasprintf("~/docker/overlay2/%s/diff", diff_ids[i]);
    put_folder(path);
  }
  put("~/docker/image/overlay2/layerdb/mounts/$I/parent", chain.text);
  put("~/docker/image/overlay2/layerdb/mounts/$I/mount-id", LAYER);
  put("~/docker/image/overlay2/layerdb/mounts/$I/init-id", LAYER "-init");
  put_folder("~/docker/overlay2/" LAYER "/merged");
  put_folder("~/docker/overlay2/" LAYER "/diff");
  put_folder("~/docker/overlay2/" LAYER "-init/diff");
}

static void put_mount(const char *home, const char *init, const char *const *layers)
{
  set('H', home);
  set('N', init);
  cleanup_free char *line =
      xasprintf("49 42 0:39 / $H/" LAYER "/merged rw - overlay overlay rw,"
                "lowerdir=$N$H/%s/diff:$H/%s/diff:$H/%s/diff,upperdir=$H/" LAYER "/diff\n",
                layers[2], layers[1], layers[0]);
  put("~/mountinfo", line);
}

Test(image_samples, what_docker_wrote_is_understood)
{
  cleanup_image struct image image;
  struct error err;
  put_docker();
  put_mount("~/docker/overlay2", "~/docker/overlay2/" LAYER "-init/diff:", diff_ids);
  cr_assert_eq(ask("~", "~/docker/overlay2/" LAYER "/merged", &image, &err), 0, "%s", err.text);
  cr_expect_str_eq(image.id.text, "sha256:" ID);
  cr_expect_str_eq(image.name, "127.0.0.1:5055/team/app:1");
  cr_expect_eq(image.layer_count, 3);
  cr_assert_eq(image.manifest_count, 2, "of the index and of the manifest");
  cr_expect(text_starts(image.manifests[0].text, "sha256:17beba60"));
  cr_expect(text_starts(image.manifests[1].text, "sha256:dd370a40"));
}

Test(image_samples, what_podman_wrote_is_understood)
{
  cleanup_image struct image image;
  struct error err;
  set('I', "p2");
  copy("podman/state-containers.json", "~/storage/overlay-containers/containers.json");
  copy("podman/state-images.json", "~/storage/overlay-images/images.json");
  copy("podman/state-layers.json", "~/storage/overlay-layers/layers.json");
  copy("docker/state-imagedb-83e57893.json",
       "~/storage/overlay-images/" ID "/"
       "=c2hhMjU2OjgzZTU3ODkzZjUwNTI2ZWVmM2FlOGU0MDFlNmNkYzM0NTcxZDkxNmRmM2JlMmNiMDMx"
       "YWJlOTgyNDg1MzllNWU=");
  put_folder("~/storage/overlay/" LAYER "/merged");
  put_folder("~/storage/overlay/" LAYER "/diff");
  for (size_t i = 0; i < ARRAY_LENGTH(layer_ids); i++) {
    cleanup_free char *path = xasprintf("~/storage/overlay/%s/diff", layer_ids[i]);
    put_folder(path);
  }
  put_mount("~/storage/overlay", "", layer_ids);
  cr_assert_eq(ask("~", "~/storage/overlay/" LAYER "/merged", &image, &err), 0, "%s", err.text);
  cr_expect_str_eq(image.id.text, "sha256:" ID);
  cr_expect_str_eq(image.name, "127.0.0.1:5055/team/app:1");
  cr_expect_eq(image.layer_count, 3);
  cr_assert_eq(image.manifest_count, 2);
  cr_expect(text_starts(image.manifests[0].text, "sha256:dd370a40"));
}

Test(image_samples, what_the_kernel_wrote_is_understood)
{
  static const struct {
    const char *sample, *point;
    size_t lowers;
    const char *first, *upper;
  } cases[] = {
      {"docker/001", "/var/lib/docker/overlay2/7b1d39", 4, "/var/lib/docker/overlay2/l/IRGHX3",
       "/var/lib/docker/overlay2/7b1d39"},
      {"podman/012", "/var/lib/containers/storage/overlay/f6f594", 79, "l/4M4L7DAQ", "f6f594"},
      {"podman/015", "/var/lib/containers/storage/overlay/41289e", 3,
       "/var/lib/containers/storage/overlay/41289e", "/var/lib/containers/storage/overlay/41289e"},
      {"ctr/009", "/run/containerd/io.containerd.runtime.v2.task/default/m1/rootfs", 79, "95/fs",
       "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/96/fs"},
      {"cri/001", "/run/containerd/io.containerd.runtime.v2.task/k8s.io/d2803b", 1, "/var/lib/",
       "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/97/fs"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    struct error err = {.text = ""};
    cleanup_mount struct mount mount;
    cleanup_free char *path = xasprintf(SAMPLES "%s-create.mountinfo", cases[i].sample);
    char point[512];
    FILE *file = fopen(path, "re");
    cr_assert_not_null(file, "%s: %m", path);
    cr_assert_eq(fscanf(file, "%*s %*s %*s %*s %511s", point), 1);
    fclose(file);
    cr_assert(text_starts(point, cases[i].point), "%s", point);
    cr_assert_eq(mountinfo_find(path, point, &mount, &err), 0, "%s", err.text);
    cr_expect_eq(mount.lower_count, cases[i].lowers, "%s: %zu", path, mount.lower_count);
    cr_expect(text_starts(mount.lowers[0], cases[i].first), "%s", mount.lowers[0]);
    cr_expect(text_starts(mount.upper, cases[i].upper), "%s", mount.upper);
  }
}

/* --- containerd's databases: three containers made, the second taken away again -----------------
 */

#define TOP "sha256:497dbc0a9c600ae4ed3839f8c75c1cd2826b3d099649bf1854cd3bddb202174d"

static int list_names(const struct bolt_bucket *bucket, void *data, struct error *err)
{
  (void)err;
  fprintf(data, "%s ", bucket->name);
  return 0;
}

struct listing {
  const char *const *path;
  FILE *names;
};

static int list(const struct bolt_bucket *root, void *data, struct error *err)
{
  const struct listing *listing = data;
  struct bolt_bucket bucket = *root;
  for (const char *const *key = listing->path; *key != NULL; key++) {
    const struct bolt_bucket parent = bucket;
    if (bolt_bucket(&parent, *key, &bucket, err) < 0)
      return -1;
  }
  return bolt_each_bucket(&bucket, list_names, listing->names, err);
}

static void expect_buckets(const char *sample, const char *const *path, const char *expected)
{
  struct error err = {.text = ""};
  char *names = NULL;
  size_t size;
  cleanup_free char *whole = xasprintf(SAMPLES "containerd/%s", sample);
  cleanup_close int fd = open(whole, FILE_OPEN_FLAGS);
  struct listing listing = {.path = path, .names = xmemstream(&names, &size)};
  cr_assert_geq(fd, 0, "%s: %m", whole);
  cr_expect_eq(bolt_view(fd, whole, list, &listing, &err), 0, "%s", err.text);
  xmemstream_close(listing.names);
  cr_expect_str_eq(names, expected);
  free(names);
}

Test(image_samples, what_containerd_wrote_is_understood)
{
  static const char *const spaces[] = {"v1", NULL};
  static const char *const containers[] = {"v1", "default", "containers", NULL};
  static const char *const images[] = {"v1", "default", "images", NULL};
  static const char *const snapshots[] = {"v1", "snapshots", NULL};
  expect_buckets("meta.db", spaces, "default second ");
  expect_buckets("meta.db", containers, "c1 c3 ");
  expect_buckets("meta.db", images, "docker.io/cht/other:2 docker.io/cht/test:1 ");
  expect_buckets("metadata.db", snapshots,
                 "default/2/" TOP " default/3/c1 default/5/c3 second/2/" TOP " ");
}
