/* SPDX-License-Identifier: Apache-2.0 */
/* Which image a container of docker is, and what docker's records may not say. */
#include "image/place.h"
#include "store.h"

/*
 * An image of two layers: $1 and $2 are their diff ids, $A and $B the chain ids, $C the image's id;
 * $I is the container, $M its mount.
 */
#define MOUNT "33 22 0:99 / ~/docker/overlay2/$M/merged rw,relatime shared:2 - overlay overlay rw,"
#define LOWERS "lowerdir=~/docker/overlay2/l/INIT:~/docker/overlay2/l/TWO:~/docker/overlay2/l/ONE,"
#define UPPER "upperdir=~/docker/overlay2/$M/diff,workdir=~/docker/overlay2/$M/work\n"
#define CONFIG "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$1\",\"sha256:$2\"]}}"
#define RECORD_(id, driver, image, name, more)                      \
  "{\"ID\":\"" id "\",\"Driver\":\"" driver "\",\"Image\":\"" image \
  "\",\"Config\":{\"Image\":\"" name "\"}" more "}"
#define RECORD(name) RECORD_("$I", "overlay2", "sha256:$C", name, "")
#define RECORD_FILE "~/docker/containers/$I/config.v2.json"
#define LAYERDB "~/docker/image/overlay2/layerdb/"
#define REPOSITORIES "~/docker/image/overlay2/repositories.json"

static void put_layers(void)
{
  put("~/docker/image/overlay2/imagedb/content/sha256/$C", CONFIG);
  put(LAYERDB "sha256/$A/diff", "sha256:$1");
  put(LAYERDB "sha256/$A/cache-id", HEX("a"));
  put(LAYERDB "sha256/$A/tar-split.json.gz", "");
  put(LAYERDB "sha256/$B/diff", "sha256:$2");
  put(LAYERDB "sha256/$B/cache-id", HEX("b"));
  put(LAYERDB "sha256/$B/parent", "sha256:$A");
  put_folder("~/docker/overlay2/" HEX("a") "/diff");
  put_folder("~/docker/overlay2/" HEX("b") "/diff");
  put_link("~/docker/overlay2/l/ONE", "../" HEX("a") "/diff");
  put_link("~/docker/overlay2/l/TWO", "../" HEX("b") "/diff");
}

static void put_container(void)
{
  put(RECORD_FILE, RECORD("team/app:1"));
  put(LAYERDB "mounts/$I/mount-id", "$M");
  put(LAYERDB "mounts/$I/init-id", "$M-init");
  put(LAYERDB "mounts/$I/parent", "sha256:$B");
  put_folder("~/docker/overlay2/$M/diff");
  put_folder("~/docker/overlay2/$M/merged");
  put_folder("~/docker/overlay2/$M-init/diff");
  put_link("~/docker/overlay2/l/INIT", "../$M-init/diff");
  put("~/mountinfo", MOUNT LOWERS UPPER);
}

static void start(void)
{
  make_folder();
  set('1', HEX("1"));
  set('2', HEX("2"));
  set('A', "$1");
  set_digest('B', "sha256:$1 sha256:$2");
  set_digest('C', CONFIG);
  set('I', HEX("c"));
  set('M', HEX("d"));
  put_layers();
  put_container();
  put(REPOSITORIES, "{\"Repositories\":{\"team/app\":{\"team/app:1\":\"sha256:$C\","
                    "\"team/app@sha256:" HEX("e") "\":\"sha256:$C\"},"
                                                  "\"team/other\":{\"team/other@sha256:" HEX(
                                                      "f") "\":\"sha256:$A\"}}}");
}

TestSuite(image_docker, .init = start, .fini = forget_variables, .timeout = 20);

static int ask_docker(struct image *image, struct error *err)
{
  return ask("~", "~/docker/overlay2/$M/merged", image, err);
}

static void expect_found(const char *recorded, const char *name)
{
  expect_image(ask_docker, recorded, name);
}

static void expect_refused(const char *message)
{
  expect_no_image(ask_docker, message);
}

Test(image_docker, a_container_leads_to_its_image_and_its_layers)
{
  cleanup_image struct image image;
  struct error err;
  cr_assert_eq(ask_docker(&image, &err), 0, "%s", err.text);
  cr_expect_eq(image.engine, IMAGE_DOCKER);
  expect_text(image.root, "~/docker");
  expect_text(image.recorded, "team/app:1");
  expect_text(image.name, "docker.io/team/app:1");
  expect_text(image.id.text, "sha256:$C");
  cr_assert_eq(image.manifest_count, 1);
  expect_text(image.manifests[0].text, "sha256:" HEX("e"));
  cr_assert_eq(image.layer_count, 2);
  expect_text(image.layers[0].diff_id.text, "sha256:$1");
  expect_text(image.layers[0].folder, "~/docker/overlay2/" HEX("a") "/diff");
  expect_text(image.layers[0].record, LAYERDB "sha256/$A/tar-split.json.gz");
  expect_text(image.layers[1].folder, "~/docker/overlay2/" HEX("b") "/diff");
  cr_expect_null(image.layers[1].record, "docker has kept none");
  expect_text(image.rootfs, "~/docker/overlay2/$M/merged");
  expect_text(image.upper, "~/docker/overlay2/$M/diff");
  expect_text(image.init, "~/docker/overlay2/$M-init/diff");
}

Test(image_docker, the_name_is_the_one_that_was_typed)
{
  put(RECORD_FILE, RECORD("app"));
  expect_found("app", "docker.io/library/app:latest");
  put(RECORD_FILE, RECORD("127.0.0.1:5055/app:2"));
  expect_found("127.0.0.1:5055/app:2", "127.0.0.1:5055/app:2");
  put(RECORD_FILE, RECORD("team/app@sha256:" HEX("e")));
  expect_found("team/app@sha256:" HEX("e"), "docker.io/team/app@sha256:" HEX("e"));
}

Test(image_docker, an_id_is_no_name)
{
  put(RECORD_FILE, RECORD("$C"));
  expect_found("$C", "NULL");
  put(RECORD_FILE, RECORD("sha256:$C"));
  expect_found("sha256:$C", "NULL");
  set('S', "$C");
  variables['S'][12] = '\0';
  put(RECORD_FILE, RECORD("$S"));
  expect_found("$S", "NULL");
  /* The same digits can be a name, which docker looks for first. */
  put(REPOSITORIES, "{\"Repositories\":{\"$S\":{\"$S:latest\":\"sha256:$C\"}}}");
  expect_found("$S", "docker.io/library/$S:latest");
}

Test(image_docker, an_engine_without_names_has_none)
{
  drop(REPOSITORIES);
  expect_found("team/app:1", "docker.io/team/app:1");
}

Test(image_docker, relative_paths_of_many_layers_count_from_the_layers_folder)
{
  put("~/mountinfo", MOUNT "lowerdir=l/INIT:l/TWO:l/ONE,upperdir=$M/diff,workdir=$M/work\n");
  expect_found("team/app:1", "docker.io/team/app:1");
}

Test(image_docker, lower_folders_may_be_options_of_their_own)
{
  put("~/mountinfo", MOUNT "lowerdir+=~/docker/overlay2/l/INIT,lowerdir+=~/docker/overlay2/l/TWO,"
                           "lowerdir+=~/docker/overlay2/l/ONE," UPPER);
  expect_found("team/app:1", "docker.io/team/app:1");
}

Test(image_docker, a_remapped_root_lies_in_a_believed_one)
{
  cleanup_free char *move =
      expand("mv ~/docker ~/x && mkdir ~/docker && mv ~/x ~/docker/1000.1000");
  cr_assert_eq(system(move), 0);
  put("~/mountinfo", "33 22 0:99 / ~/docker/1000.1000/overlay2/$M/merged rw - overlay overlay rw,"
                     "lowerdir=l/INIT:l/TWO:l/ONE,upperdir=$M/diff,workdir=$M/work\n");
  cleanup_image struct image image;
  struct error err;
  cr_assert_eq(ask("~", "~/docker/1000.1000/overlay2/$M/merged", &image, &err), 0, "%s", err.text);
  expect_text(image.root, "~/docker/1000.1000");
  cr_expect_eq(image.first_uid, 1000);
  cr_expect_eq(image.first_gid, 1000);
}

Test(image_docker, only_two_numbers_name_a_remapped_root)
{
  uint32_t uid, gid;
  static const char *const others[] = {
      "/d/docker", "/d/1000", "/d/1000.",        "/d/.1000",         "/d/1000.1000.1", "/d/-1.1",
      "/d/+1.1",   "/d/ 1.1", "/d/4294967295.1", "/d/99999999999.1", "/d/1.0x1000",    ""};
  cr_expect(placed_is_remapped("/d/165536.0", &uid, &gid));
  cr_expect_eq(uid, 165536);
  cr_expect_eq(gid, 0);
  for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
    cr_expect_not(placed_is_remapped(others[i], &uid, &gid), "%s", others[i]);
}

Test(image_docker, records_that_contradict_each_other_are_refused)
{
  static const struct {
    const char *file, *content, *message;
  } cases[] = {
      {RECORD_FILE, RECORD_("$M", "overlay2", "sha256:$C", "a", ""), "/ID is '$M', not '$I'"},
      {RECORD_FILE, RECORD_("$I", "btrfs", "sha256:$C", "a", ""), "only overlay2 can be verified"},
      {RECORD_FILE, RECORD_("$I", "overlay2", "team/app:1", "a", ""), "/Image is no image's id"},
      {RECORD_FILE, RECORD_("$I", "overlay2", "sha256:$C", "a", ",\"ImageManifest\":{}"),
       "is of docker's containerd image store"},
      {RECORD_FILE, "{}", "has no \"ID\""},
      {RECORD_FILE, "{\"ID\":\"$I\"", "config.v2.json:1:"},
      {RECORD_FILE, RECORD_("$I", "overlay2", "sha256:$A", "a", ""), "does not exist"},
      {"~/docker/image/overlay2/imagedb/content/sha256/$C", "{}", "its digest is "},
      {LAYERDB "mounts/$I/mount-id", HEX("9"), "says '" HEX("9") "', but '$M' is mounted"},
      {LAYERDB "mounts/$I/mount-id", "../../x", "does not hold 64 hexadecimal digits"},
      {LAYERDB "mounts/$I/init-id", HEX("9") "-init", "which is not of '$M'"},
      {LAYERDB "mounts/$I/init-id", "$M", "does not hold 64 hexadecimal digits"},
      {LAYERDB "mounts/$I/parent", "sha256:$A",
       "says 'sha256:$A', but the image's layers make 'sha256:$B'"},
      {LAYERDB "sha256/$B/diff", "sha256:$1", "but the image's config 'sha256:$2'"},
      {LAYERDB "sha256/$B/parent", "sha256:$2", "says 'sha256:$2', but the image's layers make"},
      {LAYERDB "sha256/$A/parent", "sha256:$2", "says 'sha256:$2', but the image's layers make ''"},
      {LAYERDB "sha256/$B/cache-id", "..", "does not hold an id of digits"},
      {LAYERDB "sha256/$B/cache-id", "", "does not hold an id of digits"},
      {LAYERDB "sha256/$B/cache-id", HEX("a") "a", "does not hold an id of digits"},
      {LAYERDB "sha256/$B/cache-id", HEX("a"), "is mounted where docker's records have the layer"},
      {REPOSITORIES, "[]", "is an array, not an object"},
      {REPOSITORIES, "{\"Repositories\":{\"a\":{\"a:1\":\"x\"}}}", "is no digest"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    cleanup_free char *real = expand(cases[i].file);
    cleanup_free char *kept = xasprintf("%s.kept", real);
    bool existed = rename(real, kept) == 0;
    put(cases[i].file, cases[i].content);
    expect_refused(cases[i].message);
    cr_assert_eq(existed ? rename(kept, real) : unlink(real), 0);
  }
  expect_found("team/app:1", "docker.io/team/app:1");
}

Test(image_docker, missing_records_are_refused)
{
  static const char *const files[] = {RECORD_FILE,
                                      LAYERDB "mounts/$I/mount-id",
                                      LAYERDB "mounts/$I/init-id",
                                      LAYERDB "sha256/$A/diff",
                                      LAYERDB "sha256/$A/cache-id",
                                      "~/docker/image/overlay2/imagedb/content/sha256/$C"};
  for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
    cleanup_free char *real = expand(files[i]), *kept = xasprintf("%s.kept", real);
    cr_assert_eq(rename(real, kept), 0, "%s: %m", real);
    expect_refused("does not exist");
    cr_assert_eq(rename(kept, real), 0);
  }
}

Test(image_docker, records_that_others_could_have_written_are_refused)
{
  cleanup_free char *record = expand(RECORD_FILE), *layers = expand("~/docker/overlay2");
  cr_assert_eq(chmod(record, 0666), 0);
  expect_refused("is writable by others");
  cr_assert_eq(chmod(record, 0600), 0);
  cr_assert_eq(chmod(layers, 0777), 0);
  expect_refused("is writable by others");
}

Test(image_docker, mounts_that_are_not_what_the_records_say_are_refused)
{
  put_folder("~/docker/overlay2/" HEX("9") "/diff");
  static const char *const cases[][2] = {
      {"", "nothing is mounted at ~/docker/overlay2/$M/merged"},
      {"33 22 0:99 / ~/docker/overlay2/$M/merged rw - ext4 /dev/vda rw\n", "only overlay"},
      {"33 22 0:99 / ~/docker/overlay2/$M/merged rw - fuse.fuse-overlayfs x rw\n",
       "is mounted by fuse.fuse-overlayfs"},
      {"33 22 0:99 /bin ~/docker/overlay2/$M/merged rw - overlay overlay rw," LOWERS UPPER,
       "is folder /bin of an overlay"},
      {MOUNT LOWERS "x\n", "has no upperdir"},
      {MOUNT "lowerdir=l/INIT:l/TWO,upperdir=$M/diff\n",
       "2 layers are mounted, but docker's records have 3"},
      {MOUNT "lowerdir=l/TWO:l/INIT:l/ONE,upperdir=$M/diff\n", "is mounted where docker's records"},
      {MOUNT "lowerdir=l/INIT:l/NONE:l/ONE,upperdir=$M/diff\n", "cannot compare the mounted layer"},
      {MOUNT "lowerdir=l/INIT:l/TWO::l/ONE,upperdir=$M/diff\n", "data-only folders"},
      {MOUNT LOWERS "upperdir=~/docker/overlay2/" HEX("9") "/diff\n", "' is mounted"},
      {MOUNT LOWERS UPPER "34 22 0:98 / ~/docker/overlay2/$M/merged rw - tmpfs tmpfs rw\n",
       "several file systems are mounted there"},
      {MOUNT LOWERS "upperdir=~/docker/overlay2\n", "no known engine or storage"},
      {MOUNT LOWERS "upperdir=nowhere/diff\n", "which is below none, or several"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    put("~/mountinfo", cases[i][0]);
    expect_refused(cases[i][1]);
  }
  /* Listed twice, as propagated to a place below another mount, it is still the same. */
  put("~/mountinfo", MOUNT LOWERS UPPER MOUNT LOWERS UPPER);
  expect_found("team/app:1", "docker.io/team/app:1");
}

Test(image_docker, a_root_that_is_not_listed_is_not_believed)
{
  cleanup_free char *move = expand("mv ~/docker ~/other");
  cr_assert_eq(system(move), 0);
  put("~/mountinfo", "33 22 0:99 / ~/other/overlay2/$M/merged rw - overlay overlay rw,"
                     "lowerdir=l/INIT:l/TWO:l/ONE,upperdir=$M/diff,workdir=$M/work\n");
  cleanup_image struct image image;
  struct error err;
  cr_assert_eq(ask("~", "~/other/overlay2/$M/merged", &image, &err), -1);
  expect_complaint(&err, "~/other, of docker, is not among the engines' data roots");
}

Test(image_docker, an_image_without_layers_has_only_the_init_layer_mounted)
{
  set_digest('C', "{\"rootfs\":{\"type\":\"layers\"  ,\"diff_ids\":null}}");
  put("~/docker/image/overlay2/imagedb/content/sha256/$C",
      "{\"rootfs\":{\"type\":\"layers\"  ,\"diff_ids\":null}}");
  put(RECORD_FILE, RECORD("team/app:1"));
  put("~/mountinfo", MOUNT "lowerdir=l/INIT,upperdir=$M/diff,workdir=$M/work\n");
  expect_refused("says 'sha256:$B', but the image's layers make ''");
  drop(LAYERDB "mounts/$I/parent");
  expect_found("team/app:1", "docker.io/team/app:1");
}

Test(image_docker, a_container_id_is_no_path)
{
  set('I', "../" HEX("c"));
  expect_refused("is none of docker's");
}

Test(image_docker, an_image_is_found_by_its_names_and_its_id)
{
  set('S', "$C");
  variables['S'][12] = '\0';
  static const char *const names[][2] = {{"team/app:1", "docker.io/team/app:1"},
                                         {"docker.io/team/app:1", "docker.io/team/app:1"},
                                         {"$C", "NULL"},
                                         {"sha256:$C", "NULL"},
                                         {"$S", "NULL"}};
  cleanup_free char *root = expand("~/docker");
  for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
    cleanup_image struct image image;
    struct error err = {.text = ""};
    cleanup_free char *name = expand(names[i][0]);
    cr_assert_eq(image_by_name(IMAGE_DOCKER, root, name, &image, &err), 0, "%s", err.text);
    expect_text(image.id.text, "sha256:$C");
    expect_text(image.name, names[i][1]);
    cr_expect_eq(image.layer_count, 2);
    cr_expect_eq(image.manifest_count, 1);
    cr_expect_null(image.rootfs);
  }
}

Test(image_docker, what_is_not_there_is_ENOENT)
{
  cleanup_image struct image image;
  struct error err = {.text = ""};
  struct digest digest;
  char *bytes;
  size_t length;
  cleanup_free char *root = expand("~/docker");
  cr_assert_eq(image_by_name(IMAGE_DOCKER, root, "team/none:1", &image, &err), -1);
  cr_expect_eq(errno, ENOENT, "%m");
  expect_complaint(&err, "~/docker, of docker, has no image 'team/none:1'");

  /* A record that is damaged is no image that is not there. */
  drop(LAYERDB "sha256/$A/cache-id");
  cr_assert_eq(image_by_name(IMAGE_DOCKER, root, "team/app:1", &image, &err), -1);
  cr_expect_neq(errno, ENOENT);
  put(LAYERDB "sha256/$A/cache-id", HEX("a"));

  cr_assert_eq(ask_docker(&image, &err), 0, "%s", err.text);
  cr_assert_eq(image_blob(&image, &image.id, 4096, &bytes, &length, &err), 0, "%s", err.text);
  expect_text(bytes, CONFIG);
  free(bytes);
  cr_assert(digest_parse("sha256:" HEX("e"), &digest));
  cr_assert_eq(image_blob(&image, &digest, 4096, &bytes, &length, &err), -1);
  cr_expect_eq(errno, ENOENT, "%m");
  expect_complaint(&err, "docker keeps no manifests");
}
