/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions on a config.json: where all of them match, so does any of them; and asking changes
 * nothing.
 *
 * Input: a JSON array of the conditions and the spec.
 *
 * Covers: core/spec/when.c core/spec/when_match.c core/spec/binds.c core/spec/origin.c
 */
#include "fuzz.h"

#include "common/json.h"
#include "spec/origin.h"
#include "spec/when.h"

static const char *const bundles[] = {
    "/run/containerd/io.containerd.runtime.v2.task/moby/id",
    "/run/containerd/io.containerd.runtime.v2.task/k8s.io/id",
    "/var/lib/containers/storage/overlay-containers/id/userdata",
    "/b",
};

/* -1: an error; else whether it matches. */
static int ask(enum when_mode mode, enum when_words words, const struct value *conditions,
               const struct value *spec, const char *bundle)
{
  struct error err = {.text = ""};
  bool match = false;
  static const struct cht_image image = {
      .size = sizeof(image), .id = "sha256:0", .name = "docker.io/library/app:1", .accepted = true};
  const struct when_container container = {
      .spec = spec, .bundle = bundle, .image = bundle[1] == 'b' ? NULL : &image};
  cleanup_when struct when *when = when_new(mode);
  if (when_add_object(when, conditions, words, &err) < 0) {
    must(text_starts(err.text, "when"));
    return -1;
  }
  if (when_match(when, &container, &match, &err) < 0) {
    must(err.text[0] != '\0');
    return -1;
  }
  must(!match || !when_is_empty(when));
  return match;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  cleanup_json struct json_object *tree = NULL;
  if (json_parse((const char *)bytes, length, "fuzz", &tree, &err) < 0 ||
      !json_object_is_type(tree, json_type_array) || json_object_array_length(tree) != 2)
    return 0;
  struct document when = {.name = "when", .tree = json_object_array_get_idx(tree, 0)};
  struct document config = {.name = "config.json", .tree = json_object_array_get_idx(tree, 1)};
  const struct value conditions = document_root(&when), spec = document_root(&config);
  if (!json_object_is_type(config.tree, json_type_object))
    return 0;
  for (size_t i = 0; i < ARRAY_LENGTH(bundles); i++) {
    for (int words = WHEN_OCI_HOOKS; words <= WHEN_OURS; words++) {
      int all = ask(WHEN_ALL, (enum when_words)words, &conditions, &spec, bundles[i]);
      int any = ask(WHEN_ANY, (enum when_words)words, &conditions, &spec, bundles[i]);
      must(all != 1 || any == 1);
    }
    must(origin_name(origin_of(&spec, bundles[i]))[0] != '\0');
    origin_is_sandbox(&spec, bundles[i]);
  }
  return 0;
}
