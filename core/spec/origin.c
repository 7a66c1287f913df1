/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/origin.h"

#include <limits.h>
#include <regex.h>

/* containerd's shims: STATE/io.containerd.runtime.v2.task/NAMESPACE/ID */
#define SHIM "/io\\.containerd\\.runtime\\.v[0-9]\\.[a-z]+/"

/* The first that matches counts. */
static const struct {
  const char *bundle; /* a POSIX extended regular expression for any part of it */
  enum origin origin;
} places[] = {
    {SHIM "moby/[^/]+/*$", ORIGIN_DOCKER},
    {SHIM "k8s\\.io/[^/]+/*$", ORIGIN_CRI},
    {SHIM "[^/]+/[^/]+/*$", ORIGIN_CONTAINERD},
    {"/[a-z]+-containers/[^/]+/userdata/*$", ORIGIN_PODMAN}, /* containers/storage: or CRI-O */
    {"/buildah[0-9]+/*$", ORIGIN_BUILDAH},
};

/* The annotation that says "sandbox". */
static const char *const sandbox_keys[] = {
    [ORIGIN_CRI] = "io.kubernetes.cri.container-type",
    [ORIGIN_CRIO] = "io.kubernetes.cri-o.ContainerType",
    [ORIGIN_PODMAN] = "io.kubernetes.cri-o.ContainerType",
    [ORIGIN_BUILDAH] = NULL,
};

static bool finds(const char *pattern, const char *text)
{
  regex_t regex;
  if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
    return false;
  bool found = regexec(&regex, text, 0, NULL, 0) == 0;
  regfree(&regex);
  return found;
}

static bool annotated(const struct value *spec, const char *key, const char *wanted)
{
  struct value annotations, value;
  return value_find(spec, "annotations", &annotations) &&
         json_object_is_type(annotations.json, json_type_object) &&
         value_find(&annotations, key, &value) &&
         json_object_is_type(value.json, json_type_string) &&
         text_equal(json_object_get_string(value.json), wanted);
}

enum origin origin_of(const struct value *spec, const char *bundle)
{
  size_t i = 0;
  if (strlen(bundle) >= PATH_MAX)
    return ORIGIN_UNKNOWN; /* no folder has such a path, and no pattern is tried on it */
  while (i < ARRAY_LENGTH(places) && !finds(places[i].bundle, bundle))
    i++;
  enum origin origin = i < ARRAY_LENGTH(places) ? places[i].origin : ORIGIN_UNKNOWN;
  if (origin == ORIGIN_PODMAN && annotated(spec, "io.container.manager", "cri-o"))
    return ORIGIN_CRIO;
  return origin;
}

const char *origin_name(enum origin origin)
{
  static const char *const names[] = {
      [ORIGIN_UNKNOWN] = "unknown", [ORIGIN_DOCKER] = "docker", [ORIGIN_CONTAINERD] = "containerd",
      [ORIGIN_CRI] = "cri",         [ORIGIN_CRIO] = "crio",     [ORIGIN_PODMAN] = "podman",
      [ORIGIN_BUILDAH] = "buildah",
  };
  return names[origin];
}

bool origin_is_sandbox(const struct value *spec, const char *bundle)
{
  const char *key = sandbox_keys[origin_of(spec, bundle)];
  return key != NULL && annotated(spec, key, "sandbox");
}
